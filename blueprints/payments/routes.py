"""Leave for the bank, return from it, wait for its word. What a page says is read from our own tables only."""

from flask import Blueprint, make_response, request, url_for
from flask.wrappers import Response
from flask_login import login_required

from blueprints.actor import actor
from blueprints.addresses import go
from blueprints.forms import Form
from blueprints.page import page, part
from gateways.payments import Redirect
from operations import payments

blueprint = Blueprint("payments", __name__, cli_group="payments")


@blueprint.post("/applications/<reference>/payments")
@login_required
def leave(reference: str) -> Response:
    """audience: its applicant. Open the attempt; a second press takes up the same one."""
    return go(url_for(".checkout", uuid=payments.begin(actor(), reference)))


@blueprint.get("/payments/<uuid>/checkout")
@login_required
def checkout(uuid: str) -> Response:
    """audience: its payer. The form that leads to the bank; scripts send it at once."""
    onwards = payments.checkout(actor(), uuid)
    if onwards is None:
        return go(url_for(".wait", uuid=uuid))
    if isinstance(onwards, Redirect):
        return go(onwards.url)
    return page("payments/checkout.html", onwards=onwards, standing=payments.standing(actor(), uuid))


@blueprint.post("/payments/return/<provider>")
def returned(provider: str) -> Response:
    """audience: the bank, through the person's browser (signature verified). Cross-site, without our cookie."""
    uuid = payments.receive(provider, "browser", dict(request.headers), request.get_data(cache=False))
    if uuid is None:
        return go(url_for("payments.unclear"))
    return go(url_for("payments.wait", uuid=uuid))


@blueprint.post("/payments/notifications/<provider>")
def notified(provider: str) -> Response:
    """audience: the bank's server (signature verified)."""
    uuid = payments.receive(provider, "merchant", dict(request.headers), request.get_data(cache=False))
    return make_response("", 200 if uuid else 400)


@blueprint.get("/payments/unclear")
def unclear() -> Response:
    """audience: anyone. The bank's answer could not be read: nothing is lost, and where to look."""
    return page("payments/unclear.html")


@blueprint.get("/payments/<uuid>")
@login_required
def wait(uuid: str) -> Response:
    """audience: its payer. What became of the payment; refreshes itself while the bank has not said."""
    standing = payments.standing(actor(), uuid)
    if standing.receipt and not standing.pending:
        return _go(url_for("applications.overview", reference=standing.application.reference))
    if request.headers.get("X-Quiet") == "1":
        return part("payments/_wait.html", standing=standing, form=Form())
    return page("payments/wait.html", standing=standing, form=Form())


@blueprint.post("/payments/<uuid>/check")
@login_required
def ask(uuid: str) -> Response:
    """audience: its payer. Ask the bank now instead of waiting for it."""
    payments.ask_now(actor(), uuid)
    return go(url_for(".wait", uuid=uuid))


def _go(target: str) -> Response:
    if request.headers.get("X-Quiet") == "1":
        response = make_response("", 200)
        response.headers["HX-Redirect"] = target
        return response
    return go(target)
