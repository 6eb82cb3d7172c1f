"""Who comes to a centre: checked in by square code or number, called at a counter; and the board that everybody sees."""

from typing import Any

from flask import request, url_for
from flask.wrappers import Response
from flask_login import login_required
from wtforms import StringField

from blueprints.actor import actor
from blueprints.addresses import go
from blueprints.appointments.routes import STATES, blueprint
from blueprints.forms import Form, required
from blueprints.page import notice, page
from engine.catalogue import catalogue
from engine.errors import Refusal
from engine.wording import _
from operations import arrivals, centres
from operations.staff import Duty


class SerialForm(Form):
    serial = StringField(
        _("Serial number"),
        description=_("As it stands on the slip, such as A-014."),
        validators=[required(_("Type the number on their slip."))],
        render_kw={"dir": "ltr", "autocomplete": "off", "maxlength": 10, "inputmode": "numeric"},
    )


@blueprint.get("/centres")
@login_required
def choose() -> Response:
    """audience: clerks. The centres of one's desks and their counters: where does one sit today?"""
    desks = centres.desks_of(actor(), Duty.CLERK)
    listed = [(catalogue.desks[desk], [_choice(centre) for centre in centres.of_desk(desk)]) for desk in desks]
    return page("appointments/choose.html", desks=listed)


def _choice(centre: Any) -> dict[str, Any]:
    counters = [(number, url_for(".counter", code=centre.code, number=number)) for number in range(1, centre.counters + 1)]
    return {"centre": centre, "counters": counters, "board": url_for(".board", code=centre.code)}


@blueprint.route("/centres/<code>/counters/<int:number>", methods=["GET", "POST"])
@login_required
def counter(code: str, number: int) -> Response:
    """audience: clerks of its desk. Whom one has called, who waits; a number typed checks its person in."""
    form = SerialForm()
    arrivals.screen(actor(), code, number)  # theirs at all
    if form.validate_on_submit():
        try:
            made = arrivals.check_in_by_serial(actor(), code, form.serial.data)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            notice("success", _("%(serial)s is checked in.", serial=made.serial))
            return go(url_for(".counter", code=code, number=number))
    seen = arrivals.screen(actor(), code, number)
    return page(
        "appointments/counter.html", 422 if form.errors else 200, form=form, seen=seen, board=url_for(".board", code=code)
    )


@blueprint.post("/centres/<code>/counters/<int:number>/next")
@login_required
def call_next(code: str, number: int) -> Response:
    """audience: clerks of its desk. Call who is next to this counter."""
    if arrivals.call_next(actor(), code, number) is None:
        notice("information", _("Nobody waits now."))
    return go(url_for(".counter", code=code, number=number))


@blueprint.post("/centres/<code>/counters/<int:number>/<any(served, missed):what>")
@login_required
def finish(code: str, number: int, what: str) -> Response:
    """audience: clerks of its desk. They were served: their application opens; or they did not come."""
    serial = request.form.get("serial", "")
    reference = arrivals.finish(actor(), code, number, serial, came=what == "served")
    if what == "served":
        notice("success", _("%(serial)s was served. Decide the application here.", serial=serial))
        return go(url_for("desk.application", reference=reference))
    notice("information", _("%(serial)s did not come. They may choose another time.", serial=serial))
    return go(url_for(".counter", code=code, number=number))


@blueprint.route("/arrivals/<int:number>/<token>", methods=["GET", "POST"])
@login_required
def arrive(number: int, token: str) -> Response:
    """audience: clerks of its desk. Where a slip's square code leads: whose it is, and a button that checks them in."""
    made, form = arrivals.by_code(actor(), number, token), Form()
    if form.validate_on_submit():
        try:
            arrivals.check_in(actor(), number, token)
        except Refusal as refusal:
            form.form_errors.append(refusal.message)
        else:
            notice("success", _("%(serial)s is checked in.", serial=made.serial))
            return go(url_for(".arrive", number=number, token=token))
    row, kind = made.application, STATES[made.state][1]
    return page(
        "appointments/arrive.html",
        422 if form.errors else 200,
        form=form,
        made=made,
        arrived=made.state in ("here", "called", "served"),
        kind=kind,
        applicant=row.frozen["applicant"],
        title=row.frozen["title"],
        counters=url_for(".choose"),
    )


@blueprint.get("/centres/<code>/board")
def board(code: str) -> Response:
    """audience: anyone. Which number is at which counter now; no names. It looks again by itself."""
    return page("appointments/board.html", board=arrivals.board(code), again=url_for(".board", code=code))
