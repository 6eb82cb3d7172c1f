"""`flask registers import FILE.csv`"""

from pathlib import Path

import click
from flask import Blueprint

from operations import registers

blueprint = Blueprint("registers", __name__, cli_group="registers")
blueprint.cli.help = "سجلات الجهات · Registers of the authorities."


@blueprint.cli.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_extract(file: Path) -> None:
    """استيراد مستخرج سجل (CSV) · Bring in a register's extract.

    The headings tell which register it is. Rows that cannot be read are listed and change nothing; running it again is harmless.
    """
    try:
        report = registers.import_extract(file)
    except ValueError as problem:
        raise click.ClickException(str(problem)) from None
    click.echo(
        f"{report.register}: {report.added} added, {report.changed} changed, {report.unchanged} unchanged, "
        f"{report.kept} kept as the portal left them, {len(report.rejected)} rejected"
    )
    for line, why in report.rejected:
        click.echo(f"  line {line}: {why}", err=True)
