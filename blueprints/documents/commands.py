"""`flask documents check TEXT`: what the square code of a document vouches for, read without a network."""

import click

from blueprints.documents.routes import blueprint
from operations import documents

blueprint.cli.help = "الوثائق · Documents."


@blueprint.cli.command("check")
@click.argument("text")
def check(text: str) -> None:
    """التحقق من نص الرمز المربّع دون شبكة · Check the text of a square code (…/verify/CODE#…) against our seal, without a network.

    Whether the document was since replaced or revoked only its verification page tells.
    """
    payload = documents.vouched(text)
    if payload is None:
        raise click.ClickException("not sealed by this portal · لم يختمه هذا النظام")
    click.echo(f"{payload.kind} {payload.serial} {payload.code} issued {payload.issued} expires {payload.expires or '-'}")
