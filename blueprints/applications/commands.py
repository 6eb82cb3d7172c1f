"""`flask applications index [--after KEY]`"""

import click

from blueprints.applications.routes import blueprint
from operations import finding, tracking

blueprint.cli.help = "المعاملات · Applications."


@blueprint.cli.command("index")
@click.option("--after", default=0, help="من حيث توقف تشغيل سابق · go on where an earlier run was broken off")
def index(after: int) -> None:
    """فهرسة معاملات قديمة ليجدها البحث · Make old applications findable; running it again is harmless."""
    made = 0
    for last, count in finding.index(after):
        made += count
        click.echo(f"… {last} ({made:,})")
    for last, _count in tracking.index(after):
        click.echo(f"… {last}")
    click.echo(f"✓ فُهرست {made:,} · {made:,} were not findable before")
