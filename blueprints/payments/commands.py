"""`flask payments waiting`, `flask payments approve-refund KEY --by EMAIL`"""

import click

from blueprints.payments.routes import blueprint
from engine.errors import NotAllowed, NotFound, Refusal
from operations import accounts, reconciliation, refunds

blueprint.cli.help = "المدفوعات · Payments."


@blueprint.cli.command("waiting")
def waiting() -> None:
    """ما ينتظر شخصًا · What waits for a person: refunds to approve, deliveries that did not fit, money held apart."""
    found = reconciliation.waiting()
    for refund in found.refunds:
        click.echo(f"refund {refund.state:10} {refund.amount.plain():>12}  {refund.key}  {refund.reason}")
    for item in found.items:
        click.echo(f"look at {item.kind:24} {item.created_at:%Y-%m-%d %H:%M}  {item.key}")
    click.echo(f"held apart {found.held.plain():>12}")


@blueprint.cli.command("approve-refund")
@click.argument("key")
@click.option("--by", "email", required=True, help="بريد أمين الصندوق · the cashier's e-mail")
def approve_refund(key: str, email: str) -> None:
    """الموافقة على إعادة مبلغ · Approve a refund; the queue then sends it. Who asked for it cannot approve it."""
    try:
        refund = refunds.approve(accounts.staff(email), key)
    except (NotFound, NotAllowed):
        raise click.ClickException("no such refund for this person · لا توجد إعادة كهذه لهذا الشخص") from None
    except Refusal as refusal:
        raise click.ClickException(str(refusal)) from None
    click.echo(f"{refund.key} {refund.amount.plain()} {refund.state}")
