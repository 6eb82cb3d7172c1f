"""The customer's side: who may act for me, who asks to, and ending it."""

from typing import Any

from flask import url_for
from flask.wrappers import Response
from flask_login import login_required

from blueprints.actor import actor, address
from blueprints.addresses import go
from blueprints.forms import Form
from blueprints.offices.routes import blueprint
from blueprints.page import notice, page
from engine.wording import _
from operations import delegations


@blueprint.get("/account/delegations")
@login_required
def mine() -> Response:
    """audience: signed in. Who may act for the person, and who asks to."""
    shown: list[dict[str, Any]] = [
        {"row": row, "services": delegations.services_of(row)} for row in delegations.of_customer(actor())
    ]
    given = [one for one in shown if one["row"].consented_at]
    return page("offices/mine.html", form=Form(), given=given, asked=[one for one in shown if one not in given])


@blueprint.route("/account/delegations/<int:delegation>", methods=["GET", "POST"])
@login_required
def agree(delegation: int) -> Response:
    """audience: its customer. What an office asks for, in plain words; agree or decline."""
    row, form = delegations.offered(actor(), delegation), Form()
    if form.validate_on_submit():
        delegations.agree(actor(), delegation, address=address())
        notice("success", _("Agreed. You can end it here at any time."))
        return go(url_for(".mine"))
    return page("offices/agree.html", row=row, services=delegations.services_of(row), form=form)


@blueprint.post("/account/delegations/<int:delegation>/end")
@login_required
def revoke(delegation: int) -> Response:
    """audience: its customer. Revoke a delegation, or decline what was asked."""
    delegations.end(actor(), delegation, address=address())
    notice("success", _("Ended. From this moment on nobody there can act for you."))
    return go(url_for(".mine"))
