"""`flask retention show`, `flask retention run [--dry-run]`"""

from dataclasses import fields

import click

from blueprints.operating.commands import blueprint
from engine.catalogue import catalogue
from engine.clock import business_day
from operations import retention
from operations.rendering import translate


@blueprint.cli.group("retention")
def group() -> None:
    """مدد الحفظ · How long applications are kept, and forgetting them."""


@group.command("show")
def show() -> None:
    """المدد بالأيام ومصدرها لكل خدمة · The periods of each service in days, and who decided them."""
    for code in catalogue.services:
        kept = retention.retention_of(code)
        periods = (f"{field.name} {getattr(kept, field.name)}" for field in fields(kept) if field.name != "source")
        click.echo(f"{code:34} {', '.join(periods)}  ({kept.source})")


@group.command("run")
@click.option("--dry-run", is_flag=True, help="ماذا سيُمحى، دون محو شيء · say what would go, and let nothing go")
def run(dry_run: bool) -> None:
    """محو ما انقضت مدة حفظه؛ والعامل يفعل ذلك كل يوم · Forget what is due; the worker does so every day."""
    found = retention.due()
    for due in found:
        words = f"{translate(due.title, 'ar')} · {translate(due.title, 'en')}"
        click.echo(f"{due.service:34} {due.count:>9,}  {words} ({due.days} d, {business_day(due.oldest)} …)")
    if not found:
        click.echo("لا شيء · nothing is due")
    if dry_run:
        return
    done = 0
    while some := retention.run():
        done += some
        click.echo(f"… {done:,}")
    click.echo(f"✓ {done:,}")
