"""Lists of one's own: an employer brings all workers at once; for nobody else, through nobody else."""

from flask import Blueprint, request, url_for
from flask.wrappers import Response
from flask_login import login_required

from blueprints.actor import actor
from blueprints.addresses import go
from blueprints.lists import views
from blueprints.page import page, part
from operations import batches

blueprint = Blueprint("lists", __name__)
LIMITS = {"lists.overview": "60/minute"}


@blueprint.route("/lists", methods=["GET", "POST"])
@login_required
def overview() -> Response:
    """audience: signed in, for themselves. One's own lists; bring another one."""
    known, form = batches.all_of(actor(), own=True), views.bring_form()
    if form.validate_on_submit() and (brought := views.brought(form, own=True)):
        return go(url_for(".look", uuid=brought.uuid))
    lines = [views.listed(batch, url_for(".look", uuid=batch.uuid)) for batch in known]
    return page("lists/lists.html", 422 if form.errors else 200, form=form, lines=lines)


@blueprint.get("/lists/example/<code>.csv")
@login_required
def example(code: str) -> Response:
    """audience: signed in, for themselves. The headings of a list for that service, to fill in."""
    batches.all_of(actor(), own=True)
    return views.example(code, own=True)


@blueprint.get("/lists/<uuid>")
@login_required
def look(uuid: str) -> Response:
    """audience: its owner. What each row would cost or why not; later what became of it."""
    shown = views.shown(batches.of(actor(), uuid, own=True), "lists")
    if request.headers.get("X-Quiet") == "1":
        return part("lists/_list.html", **shown)
    return page("lists/list.html", **shown)


@blueprint.post("/lists/<uuid>/confirmation")
@login_required
def confirm(uuid: str) -> Response:
    """audience: its owner, proven. File every row that can be; a second press changes nothing."""
    batches.confirm(actor(), uuid, own=True)
    return go(url_for(".look", uuid=uuid))


@blueprint.post("/lists/<uuid>/payment")
@login_required
def pay(uuid: str) -> Response:
    """audience: its owner. One payment for all of it that waits for money."""
    return go(url_for("payments.checkout", uuid=batches.pay(actor(), uuid, own=True)))


@blueprint.get("/lists/<uuid>/results.csv")
@login_required
def results(uuid: str) -> Response:
    """audience: its owner. What became of each row, for a spreadsheet."""
    return views.results(batches.of(actor(), uuid, own=True))
