"""At the office: the customer says the code, or shows their card."""

from flask import url_for
from flask.typing import ResponseReturnValue
from flask.wrappers import Response
from flask_login import login_required

from blueprints.actor import actor, address
from blueprints.addresses import go
from blueprints.identity import card_page
from blueprints.offices.forms import CodeForm
from blueprints.offices.routes import blueprint
from blueprints.page import notice, page
from engine.errors import Refusal, Unavailable
from engine.wording import _
from operations import delegations

AGREED = _("The customer has agreed. You may act for them from now on.")


@blueprint.route("/office/requests/<int:delegation>", methods=["GET", "POST"])
@login_required
def enter_code(delegation: int) -> Response:
    """audience: operators of its office. Type the code that the customer tells."""
    row, form = delegations.asked(actor(), delegation), CodeForm()
    if form.validate_on_submit():
        try:
            delegations.by_code(actor(), delegation, form.code.data, address=address())
        except Refusal as refusal:
            if not refusal.field:
                raise
            form.refuse(refusal)
        else:
            notice("success", AGREED)
            return go(url_for(".customers"))
    return page("offices/code.html", 422 if form.errors else 200, form=form, row=row, services=delegations.services_of(row))


@blueprint.route("/office/requests/<int:delegation>/card", methods=["GET", "POST"])
@login_required
def enter_card(delegation: int) -> ResponseReturnValue:
    """audience: operators of its office. The customer agrees with the ID card in this computer's reader."""
    row, form, refusal = delegations.asked(actor(), delegation), card_page.TokenForm(), None
    if form.validate_on_submit():
        try:
            delegations.by_card(actor(), delegation, card_page.secret(), form.token.data or "", address=address())
        except Unavailable:
            raise
        except Refusal as refused:
            refusal = refused
        else:
            notice("success", AGREED)
            return go(url_for(".customers"))
    return card_page.show(
        form,
        template="offices/card.html",
        challenge=url_for(".ask_card", delegation=delegation),
        refusal=refusal,
        anothers=refusal is not None and refusal.message == delegations.OTHERS_CARD,
        row=row,
        services=delegations.services_of(row),
    )


@blueprint.post("/office/requests/<int:delegation>/card/challenge")
@login_required
def ask_card(delegation: int) -> Response:
    """audience: operators of its office. What the card is to sign."""
    return card_page.hand_over(delegations.card_challenge(actor(), delegation))
