"""`flask centres import FILE.csv`"""

from pathlib import Path

import click
from flask import Blueprint

from operations import centres


def commands(blueprint: Blueprint) -> None:
    """Hang them on the blueprint."""

    @blueprint.cli.command("import")
    @click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
    def bring_in(file: Path) -> None:
        """قائمة أولى بمراكز الخدمة (CSV) · A first list of centres. What is known stays as its supervisor made it."""
        try:
            new, known = centres.bring_in(file)
        except (ValueError, KeyError) as problem:
            raise click.ClickException(str(problem)) from None
        click.echo(f"{new} new, {known} known")
