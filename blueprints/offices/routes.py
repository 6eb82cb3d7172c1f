"""An office's customers: the list, asking for leave, ending it."""

from flask import Blueprint, request, url_for
from flask.wrappers import Response
from flask_login import login_required

from blueprints.actor import actor, address
from blueprints.addresses import go
from blueprints.forms import Form
from blueprints.offices.forms import AskForm
from blueprints.page import notice, page
from engine.errors import Refusal
from engine.wording import _
from operations import delegations, offices
from operations.identifiers import IdentifierType
from operations.now import today

blueprint = Blueprint("offices", __name__, cli_group="offices")


@blueprint.get("/office")
@login_required
def customers() -> Response:
    """audience: operators. The office's customers, and what was asked and is not answered yet."""
    works, text = offices.of(actor()), request.args.get("q", "").strip()[:100]
    found, onwards = delegations.customers(actor(), text, request.args.get("before", type=int))
    return page(
        "offices/customers.html",
        works=works,
        asked=text,
        customers=[{"row": row, "services": delegations.services_of(row)} for row in found],
        onwards=url_for(".customers", q=text or None, before=onwards) if onwards else None,
        waiting=[] if text else delegations.waiting(actor()),
        form=Form(),
    )


@blueprint.route("/office/customers/new", methods=["GET", "POST"])
@login_required
def ask() -> Response:
    """audience: operators. Ask a customer for leave to act for them; the answer is the same whether or not we know them."""
    works, form = offices.of(actor()), AskForm(today())
    if form.validate_on_submit():
        try:
            row = delegations.ask(
                actor(),
                IdentifierType(form.kind.data),
                form.who.data,
                form.services.data or [],
                form.day,
                address=address(),
            )
        except Refusal as refusal:
            if not refusal.field:
                raise
            form.refuse(refusal)
        else:
            return go(url_for(".enter_code", delegation=row.id))
    return page("offices/ask.html", 422 if form.errors else 200, works=works, form=form)


@blueprint.post("/office/customers/<int:delegation>/end")
@login_required
def give_up(delegation: int) -> Response:
    """audience: operators of its office. Give a delegation up, or withdraw a request."""
    offices.of(actor())
    delegations.end(actor(), delegation, address=address())
    notice("success", _("Ended. Nobody of your office acts for them any more."))
    return go(url_for(".customers"))
