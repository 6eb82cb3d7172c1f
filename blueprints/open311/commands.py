"""`flask open311 add|revoke|list`"""

import click

from blueprints.open311.routes import blueprint
from engine.errors import Conflict, NotFound
from operations import api_keys
from operations.rendering import both

blueprint.cli.help = "مفاتيح البرامج التي تقدم البلاغات · Keys of programs that file complaints (Open311)."


@blueprint.cli.command("add")
@click.argument("name")
def add(name: str) -> None:
    """مفتاح جديد، يظهر مرة واحدة · A new key; it is shown this once."""
    try:
        key = api_keys.add(name)
    except Conflict as conflict:
        words = both(conflict.message)
        raise click.ClickException(f"{words['en']} · {words['ar']}") from None
    click.echo(f"✓ {name}\n{key}")


@blueprint.cli.command("revoke")
@click.argument("name")
def revoke(name: str) -> None:
    """إلغاء مفتاح · Take a key away."""
    try:
        api_keys.revoke(name)
    except NotFound:
        raise click.ClickException(f"لا مفتاح بهذا الاسم · no key of that name: {name}") from None
    click.echo(f"✓ {name}")


@blueprint.cli.command("list")
def list_them() -> None:
    """المفاتيح كلها · All keys, also those taken away."""
    for known in api_keys.all_of_them():
        ended = f" — {known.revoked_at:%Y-%m-%d}" if known.revoked_at else ""
        click.echo(f"{known.name}: {known.created_at:%Y-%m-%d}{ended}")
