"""`flask figures rebuild`"""

import click
from flask import Blueprint

from operations import figures


def commands(blueprint: Blueprint) -> None:
    """Hang them on the blueprint."""

    @blueprint.cli.command("rebuild")
    def rebuild() -> None:
        """حساب الإحصاءات من جديد · Make the figures again from the decisions they sum up."""
        click.echo(f"{figures.rebuild()} rows")
