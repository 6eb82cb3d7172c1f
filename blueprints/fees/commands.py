"""`flask fees import FILE.csv`, `flask fees show`, `flask fees document`"""

import datetime as dt
from pathlib import Path

import click
from flask import Blueprint

from blueprints.fees import document
from engine.fees import Kind, Rule
from operations import fees
from operations.now import today

ROOT = Path(__file__).parent.parent.parent
FIRST_SCHEDULE, FEES_PAGE = ROOT / "migrations" / "fees.csv", ROOT / "docs" / "fees.md"

blueprint = Blueprint("fees", __name__, cli_group="fees")
blueprint.cli.help = "جدول الرسوم · The fee schedule."


@blueprint.cli.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_schedule(file: Path) -> None:
    """استيراد نسخة من جدول الرسوم (CSV) · Bring in versions of fees. Standing versions are never edited."""
    try:
        added, known = fees.import_schedule(file)
    except ValueError as problem:
        raise click.ClickException(str(problem)) from None
    click.echo(f"{added} added, {known} already there")


@blueprint.cli.command("show")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="اليوم · the day; today when left out")
def show(day: dt.datetime | None) -> None:
    """عرض الرسوم السارية ومصادرها · The fees that stand on a day, with their sources."""
    on = day.date() if day else today()
    for rule in sorted(fees.schedule().rules, key=lambda rule: (rule.code, rule.variant)):
        if rule.covers(on):
            click.echo(f"{rule.code:34} {rule.variant or '-':10} {_price(rule):>20}  {_standing(rule):12} {rule.source}")


@blueprint.cli.command("document")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), default=FEES_PAGE)
def write_page(file: Path) -> None:
    """كتابة صفحة الرسوم ومصادرها · Write the page of all fees with their sources (docs/fees.md)."""
    file.write_text(document.page(fees.written(FIRST_SCHEDULE)), encoding="utf-8")
    click.echo(str(file))


def _price(rule: Rule) -> str:
    if not rule.priced:
        return "unset"
    if rule.kind in (Kind.SHARE, Kind.MULTIPLE):
        return f"{rule.rate} ‰ {rule.of}".strip()
    amount = rule.amount.plain() if rule.amount else "0.000"
    return f"{amount} {LATE[rule.kind].format(rule.threshold)}" if rule.kind in LATE else amount


LATE = {Kind.LATE: "once >{}d", Kind.LATE_MONTHS: "/month >{}d"}
"""How often a fine is due, and after how many days of grace."""


def _standing(rule: Rule) -> str:
    return "confirmed" if rule.confirmed else "unconfirmed"
