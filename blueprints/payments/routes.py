"""Leave for the bank, return from it, wait for its word. What a page says is read from our own tables only."""

from flask import Blueprint, make_response, request, url_for
from flask.wrappers import Response
from flask_login import login_required

from blueprints.actor import actor
from blueprints.addresses import go
from blueprints.forms import Form
from blueprints.page import page, part
from blueprints.payments import views
from engine.errors import Refusal
from gateways.payments import Redirect
from operations import payments

blueprint = Blueprint("payments", __name__, cli_group="payments")


@blueprint.post("/applications/<reference>/payments")
@login_required
def leave(reference: str) -> Response:
    """audience: its applicant. Open the attempt; a second press takes up the same one."""
    return go(url_for(".checkout", uuid=payments.begin(actor(), reference)))


@blueprint.route("/payments", methods=["GET", "POST"])
@login_required
def together() -> Response:
    """audience: signed in. One's bills that wait, to choose from; one card payment for all that are chosen."""
    form, bills = views.Chosen(), payments.waiting(actor())
    form.offer(bills)
    if form.validate_on_submit():
        chosen = [(actor(), reference) for reference in form.application.data]
        try:
            return go(url_for(".checkout", uuid=payments.begin_together(actor(), chosen)))
        except Refusal as refusal:
            form.refuse(refusal)
    return page("payments/together.html", 422 if form.errors else 200, form=form, total=views.total(bills))


@blueprint.get("/payments/<uuid>/checkout")
@login_required
def checkout(uuid: str) -> Response:
    """audience: its payer. The form that leads to the bank; scripts send it at once."""
    onwards = payments.checkout(actor(), uuid)
    if onwards is None:
        return go(url_for(".wait", uuid=uuid))
    if isinstance(onwards, Redirect):
        return go(onwards.url)
    return page("payments/checkout.html", onwards=onwards, **views.standing(payments.standing(actor(), uuid)))


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
    if standing.receipt and not standing.apart:
        return _go(url_for("applications.overview", reference=standing.application.reference))
    if request.headers.get("X-Quiet") == "1":
        return part("payments/_wait.html", form=Form(), **views.standing(standing))
    return page("payments/wait.html", form=Form(), **views.standing(standing))


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
