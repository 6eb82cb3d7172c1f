"""The pages of payouts. Who may see and mark which, operations/payouts decides."""

from typing import TYPE_CHECKING

from flask import Blueprint, make_response, url_for
from flask.wrappers import Response
from flask_login import login_required
from wtforms import StringField

from blueprints.actor import actor
from blueprints.addresses import go
from blueprints.forms import Form, folded
from blueprints.language import locale
from blueprints.page import notice, page
from engine import sheet
from engine.errors import Refusal
from engine.wording import _
from operations import payouts, rendering
from operations.now import now

if TYPE_CHECKING:
    from models import Payout

blueprint = Blueprint("payouts", __name__, url_prefix="/payouts")


class PaidForm(Form):
    reference = StringField(
        _("The bank's number of the transfer"),
        filters=[folded],
        description=_("It stands on the bank's confirmation, once for each transfer."),
        render_kw={"dir": "ltr", "autocomplete": "off", "maxlength": payouts.LONGEST_REFERENCE},
    )


@blueprint.get("")
@login_required
def listed() -> Response:
    """audience: cashiers. What is still to be transferred, oldest first, and what was."""
    return page(
        "payouts/list.html",
        waiting=payouts.waiting(actor()),
        total=payouts.total(actor()),
        paid=payouts.paid(actor()),
        most=payouts.SHOWN,
    )


@blueprint.route("/<int:number>", methods=["GET", "POST"])
@login_required
def pay(number: int) -> Response:
    """audience: cashiers of its authority, but who decided it. Write down that the bank has made the transfer."""
    form, payout = PaidForm(), payouts.one(actor(), number)
    if form.validate_on_submit():
        try:
            payouts.mark_paid(actor(), number, form.reference.data or "")
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            notice("success", _("Marked as paid. Its owner is told."))
            return go(url_for(".listed"))
    return page("payouts/pay.html", 422 if form.errors else 200, form=form, payout=payout, iban=payouts.masked(payout.iban))


@blueprint.get("/pending.csv")
@login_required
def pending() -> Response:
    """audience: cashiers. All that waits, for the bank, with whole account numbers. Recorded."""
    headings = (_("Application"), _("Name"), _("IBAN"), _("Amount"), _("Permit number"))
    rows = [[str(rendering.shown(heading, locale())) for heading in headings]]
    rows += [_transfer(row) for row in payouts.for_the_bank(actor())]
    response = make_response(sheet.write(rows))
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="payouts-{now():%Y-%m-%d}.csv"'
    return response


def _transfer(row: "Payout") -> list[str]:
    name = str(rendering.shown(row.payee, locale()))
    return [row.application.reference, name, row.iban, row.amount.plain(), row.subject.partition(":")[2]]
