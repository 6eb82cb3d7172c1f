"""A person's appointment: when and where, the slip and the calendar file; move it, cancel it, wait for an earlier time."""

from typing import Any

from flask import Blueprint, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask.wrappers import Response

from blueprints.actor import actor, applicant_required
from blueprints.addresses import go
from blueprints.applications.views import offer_again
from blueprints.appointments.commands import commands
from blueprints.choosing import Chooser, offer
from blueprints.forms import Form, form_for
from blueprints.page import notice, page
from engine.errors import Conflict, NotFound, Refusal
from engine.wording import Text, _
from operations import appointments, bookings, own_papers
from operations.applications import Opened
from operations.now import now

blueprint = Blueprint("appointments", __name__, cli_group="centres")
blueprint.cli.help = "مراكز الخدمة · Centres that expect people."
commands(blueprint)

STATES: dict[str, tuple[Text, str]] = {
    "booked": (_("You are expected"), "waiting"),
    "here": (_("You have checked in"), "progress"),
    "called": (_("You are called"), "progress"),
    "served": (_("You have been here"), "good"),
    "missed": (_("You were called and did not come"), "bad"),
    "cancelled": (_("Cancelled"), "neutral"),
}


@blueprint.get("/applications/<reference>/appointment")
@applicant_required
def own(reference: str) -> Response:
    """audience: its applicant. When, where, the serial number, the square code, and what may be done about it."""
    opened, made = appointments.of(actor(), reference)
    return page("appointments/own.html", form=Form(formdata=None), **_shown(opened, made))


def _shown(opened: Opened, made: Any) -> dict[str, Any]:
    field = bookings.visit_of(opened.service)
    coming = made.state in ("booked", "here", "called")
    offered = made.offered if made.offered and made.offered_until > now() else None
    state, kind = STATES[made.state]
    return {
        "opened": opened,
        "title": opened.row.frozen["title"],
        "made": made,
        "state": _("This time has passed") if made.state == "booked" and made.at < now() else state,
        "kind": kind,
        "coming": coming,
        "square": appointments.square(made, screen=True) if coming else None,
        "brings": field.brings if field else (),
        "may_move": appointments.may_move(opened, made),
        "may_cancel": appointments.may_cancel(opened, made),
        "offered": offered,
        "waits": made.waits_since is not None,
        "paper": own_papers.of(actor(), appointments.slip_name(made)) if coming else None,
        "board": url_for("appointments.board", code=made.centre.code),
    }


@blueprint.route("/applications/<reference>/appointment/time", methods=["GET", "POST"])
@applicant_required
def move(reference: str) -> Response:
    """audience: its applicant. Choose another time or centre, or again after it was cancelled or missed."""
    opened, made = appointments.of(actor(), reference)
    field = bookings.visit_of(opened.service)
    if field is None or not appointments.may_move(opened, made):
        raise Conflict(appointments.OVER)
    chosen = offer(field, opened.answers.get(field.name))
    form = form_for([field], {field.name: Chooser(chosen)})(data={})
    if form.validate_on_submit():
        try:
            appointments.move(actor(), reference, request.form.get(field.name, ""))
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            notice("success", _("You are expected at the new time. We tell you by mail and SMS, too."))
            return go(url_for(".own", reference=reference))
    if form.errors:
        offer_again(form, {field.name: offer(field, opened.answers.get(field.name))})
    return page(
        "appointments/move.html",
        422 if form.errors else 200,
        form=form,
        name=field.name,
        nothing=field.none,
        **_shown(opened, made),
    )


@blueprint.route("/applications/<reference>/appointment/cancellation", methods=["GET", "POST"])
@applicant_required
def cancel(reference: str) -> Response:
    """audience: its applicant. Do not come; the application stays."""
    opened, made = appointments.of(actor(), reference)
    form = Form()
    if form.validate_on_submit():
        appointments.cancel(actor(), reference)
        notice("success", _("Cancelled. Your application stays: choose another time whenever you like."))
        return go(url_for(".own", reference=reference))
    return page("appointments/cancel.html", form=form, **_shown(opened, made))


@blueprint.post("/applications/<reference>/appointment/<any(wait, stay, accept):what>")
@applicant_required
def earlier(reference: str, what: str) -> Response:
    """audience: its applicant. Wait for an earlier time, or no more, or take the one that is held."""
    if what == "accept":
        appointments.accept(actor(), reference)
        notice("success", _("You are expected at the earlier time."))
    else:
        appointments.wait(actor(), reference, on=what == "wait")
        said = _("We tell you when an earlier time becomes free.") if what == "wait" else _("Your appointment stands as it is.")
        notice("success", said)
    return go(url_for(".own", reference=reference))


@blueprint.get("/applications/<reference>/appointment/calendar.ics")
@applicant_required
def calendar(reference: str) -> Response:
    """audience: its applicant. The appointment for their own calendar."""
    response = Response(appointments.as_calendar(actor(), reference), mimetype="text/calendar")
    response.headers["Content-Disposition"] = f"attachment; filename={reference}.ics"
    return response


@blueprint.route("/applications/<reference>/appointment/slip", methods=["GET", "POST"])
@applicant_required
def slip(reference: str) -> ResponseReturnValue:
    """audience: its applicant. Have the slip drawn; then fetch it."""
    _opened, made = appointments.of(actor(), reference)
    if request.method == "POST":
        appointments.slip(actor(), reference)
        return go(url_for(".own", reference=reference, _anchor="slip"))
    paper = own_papers.of(actor(), appointments.slip_name(made))
    if paper is None:
        raise NotFound
    row, file = own_papers.fetch(actor(), paper.id)
    return send_file(file, mimetype="application/pdf", as_attachment=True, download_name=f"{row.name}.pdf", max_age=0)
