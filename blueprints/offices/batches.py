"""Lists of an office: bring one, look at what it would cost, confirm it once, pay it at once, see what became of each row."""

from flask import Blueprint, request, url_for
from flask.wrappers import Response
from flask_login import login_required

from blueprints.actor import actor
from blueprints.addresses import go
from blueprints.lists import views
from blueprints.page import page, part
from operations import batches, offices

blueprint = Blueprint("batches", __name__)
LIMITS = {"batches.overview": "60/minute"}


@blueprint.route("/office/batches", methods=["GET", "POST"])
@login_required
def overview() -> Response:
    """audience: operators. The office's lists; bring another one."""
    known, form = batches.all_of(actor()), views.bring_form()
    if form.validate_on_submit() and (brought := views.brought(form, own=False)):
        return go(url_for(".look", uuid=brought.uuid))
    lines = [views.listed(batch, url_for(".look", uuid=batch.uuid)) for batch in known]
    return page("offices/batches.html", 422 if form.errors else 200, form=form, works=offices.of(actor()), lines=lines)


@blueprint.get("/office/batches/example/<code>.csv")
@login_required
def example(code: str) -> Response:
    """audience: operators. The headings of a list for that service, to fill in."""
    batches.all_of(actor())
    return views.example(code, own=False)


@blueprint.get("/office/batches/<uuid>")
@login_required
def look(uuid: str) -> Response:
    """audience: operators of its office. What each row would cost or why not; later what became of it."""
    shown = views.shown(batches.of(actor(), uuid), "batches")
    if request.headers.get("X-Quiet") == "1":
        return part("lists/_list.html", **shown)
    return page("lists/list.html", **shown)


@blueprint.post("/office/batches/<uuid>/confirmation")
@login_required
def confirm(uuid: str) -> Response:
    """audience: operators of its office, proven. File every row that can be; a second press changes nothing."""
    batches.confirm(actor(), uuid)
    return go(url_for(".look", uuid=uuid))


@blueprint.post("/office/batches/<uuid>/payment")
@login_required
def pay(uuid: str) -> Response:
    """audience: operators of its office. One payment for all of it that waits for money."""
    return go(url_for("payments.checkout", uuid=batches.pay(actor(), uuid)))


@blueprint.get("/office/batches/<uuid>/results.csv")
@login_required
def results(uuid: str) -> Response:
    """audience: operators of its office. What became of each row, for a spreadsheet."""
    return views.results(batches.of(actor(), uuid))
