"""Several at once: one action for the chosen applications of a list; and lists kept under a name."""

from urllib.parse import urlencode

from flask import request, url_for
from flask.wrappers import Response
from flask_login import login_required

from blueprints.actor import actor
from blueprints.addresses import go
from blueprints.desk import filtering
from blueprints.desk.routes import BulkForm, NameForm, blueprint, listed
from blueprints.page import notice, page
from engine.errors import NotFound, Refusal
from engine.wording import _
from operations import bulk, saved_filters, staff
from operations.bulk import Action


@blueprint.post("")
@login_required
def act() -> Response:
    """audience: clerks. One action for the chosen applications, each for itself; says what was done and what was not."""
    form = BulkForm()
    if form.validate_on_submit():
        action = Action(form.action.data)
        try:
            done = bulk.each(actor(), action, request.form.getlist("chosen"), form.reason.data or "")
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return page("desk/bulk.html", results=done, back=filtering.here(), title=form.titles[action])
    return listed(form, NameForm())


@blueprint.post("/filters")
@login_required
def save_filter() -> Response:
    """audience: clerks. Keep the list of this address under a name."""
    form = NameForm()
    if request.values.get("desk") not in staff.desks_of(actor()):
        raise NotFound
    if form.validate_on_submit():
        try:
            saved_filters.save(actor(), form.name.data, urlencode(filtering.address()))
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            notice("success", _("Kept as “%(name)s”.", name=form.name.data.strip()))
            return go(url_for(".queue", **filtering.address()))
    return listed(BulkForm(formdata=None), form)


@blueprint.post("/filters/<int:number>/removal")
@login_required
def remove_filter(number: int) -> Response:
    """audience: clerks who keep it. Forget a list that was kept."""
    saved_filters.remove(actor(), number)
    notice("success", _("Removed. The applications themselves stay where they are."))
    return go(url_for(".queue"))
