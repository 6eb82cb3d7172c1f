"""The two links of a reminder, and the page of one's account where reminders are turned on and off."""

from flask import Blueprint, request, url_for
from flask.wrappers import Response
from flask_login import login_required

from blueprints.actor import actor
from blueprints.addresses import go
from blueprints.forms import Form
from blueprints.page import notice, page
from engine.catalogue import catalogue
from engine.wording import _
from operations import reminders

blueprint = Blueprint("reminders", __name__)


@blueprint.get("/reminders/<code>/<number>")
@login_required
def renew(code: str, number: str) -> Response:
    """audience: its owner. What ends when, and the button that begins its renewal with what is known."""
    record, start = reminders.renewal(actor(), code, number)
    register = record.register
    return page(
        "reminders/renew.html",
        what=register.reminds and register.reminds.what,
        record=record,
        until=register.last_day(record.data),
        service=catalogue.services[start.service],
        answers=start.answers,
    )


@blueprint.route("/reminders/<code>/stop/<token>", methods=["GET", "POST"])
def stop(code: str, token: str) -> Response:
    """audience: whoever holds the link of the mail. Stop these reminders, without signing in."""
    register, form, stopped = reminders.stoppable(code, token), Form(), False
    if form.validate_on_submit():
        reminders.stop(code, token)
        stopped = True
    return page("reminders/stop.html", form=form, what=register.reminds and register.reminds.what, stopped=stopped)


@blueprint.route("/account/reminders", methods=["GET", "POST"])
@login_required
def mine() -> Response:
    """audience: signed in. Which reminders one gets."""
    form = Form()
    if form.validate_on_submit():
        on = request.form.get("on") == "1"
        reminders.choose(actor(), request.form.get("register", ""), on=on)
        notice("success", _("You will be reminded.") if on else _("You will not be reminded any more."))
        return go(url_for(".mine"))
    return page("reminders/mine.html", choices=reminders.choices(actor()))
