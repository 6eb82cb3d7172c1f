"""`flask registers import FILE.csv`"""

import sys
from pathlib import Path

import click
from flask import Blueprint

from engine.errors import Conflict
from operations import register_imports
from operations.rendering import both

blueprint = Blueprint("registers", __name__, cli_group="registers")
blueprint.cli.help = "سجلات الجهات · Registers of the authorities."


@blueprint.cli.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_extract(file: Path) -> None:
    """استيراد مستخرج سجل (CSV) · Bring in a register's extract.

    The headings tell which register it is. Rows that cannot be read are listed and change nothing; running it again is harmless, and goes
    on where it was stopped.
    """
    try:
        report = register_imports.import_extract(file, _tell)
    except Conflict as conflict:
        words = both(conflict.message)
        raise click.ClickException(f"{words['en']} · {words['ar']}") from None
    except ValueError as problem:
        raise click.ClickException(str(problem)) from None
    click.echo(
        f"{report.register}: {report.added} added, {report.changed} changed, {report.unchanged} unchanged, "
        f"{report.kept} kept as the portal left them, {report.rejections} rejected"
    )
    for line, why in report.rejected:
        click.echo(f"  line {line}: {why['en']}", err=True)


def _tell(percent: int) -> None:
    """How far it is, for who looks at a terminal."""
    if percent < 100 and sys.stderr.isatty():
        click.echo(f"\r{percent} %", err=True, nl=False)
