"""Who works for the office, for its head."""

from flask import url_for
from flask.wrappers import Response
from flask_login import login_required

from blueprints.accounts.forms import refusals_in
from blueprints.actor import actor
from blueprints.addresses import go
from blueprints.offices.forms import OperatorForm
from blueprints.offices.routes import blueprint
from blueprints.page import notice, page
from engine.wording import _
from operations import offices


@blueprint.route("/office/operators", methods=["GET", "POST"])
@login_required
def operators() -> Response:
    """audience: heads of an office. Who works there; add somebody by the e-mail of their account."""
    works, form = offices.of(actor()), OperatorForm()
    rows = offices.operators(actor())
    if form.validate_on_submit():
        with refusals_in(form):
            offices.add(actor(), form.email.data)
            notice("success", _("Added. They find the office in their menu."))
            return go(url_for(".operators"))
    return page("offices/operators.html", 422 if form.errors else 200, works=works, rows=rows, form=form)


@blueprint.post("/office/operators/<int:operator>/end")
@login_required
def end_operator(operator: int) -> Response:
    """audience: heads of an office. Somebody of the office works there no more."""
    offices.end(actor(), operator)
    notice("success", _("Ended. They act for nobody of your customers any more."))
    return go(url_for(".operators"))
