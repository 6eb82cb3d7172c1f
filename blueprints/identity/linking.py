"""Linking one's ID card to the account one is signed in to."""

from flask import url_for
from flask.typing import ResponseReturnValue
from flask.wrappers import Response
from flask_login import login_required

from blueprints.actor import actor, address
from blueprints.addresses import go
from blueprints.identity import card_page
from blueprints.identity.routes import blueprint
from blueprints.page import notice
from engine.errors import Refusal, Unavailable
from engine.wording import _
from operations import linking


@blueprint.route("/link", methods=["GET", "POST"])
@login_required
def link_card() -> ResponseReturnValue:
    """audience: signed in. Show the card once; from then on it signs in."""
    linking.allow(actor())
    form, refusal = card_page.TokenForm(), None
    if form.validate_on_submit():
        try:
            linking.by_card(actor(), card_page.secret(), form.token.data or "", address=address())
        except Unavailable:
            raise
        except Refusal as refused:
            refusal = refused
        else:
            notice("success", _("Your ID card is linked. From now on it signs you in."))
            return go(url_for("accounts.mine"))
    return card_page.show(
        form, challenge=url_for(".link_challenge"), refusal=refusal, anothers=_anothers(refusal), purpose="link"
    )


def _anothers(refusal: Refusal | None) -> bool:
    return refusal is not None and refusal.message == linking.ANOTHERS


@blueprint.post("/link/challenge")
@login_required
def link_challenge() -> Response:
    """audience: signed in. What the card is to sign."""
    return card_page.hand_over(linking.challenge(actor()))
