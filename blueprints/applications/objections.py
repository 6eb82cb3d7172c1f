"""Objecting to one of the records that an application found: choose which, then write the request."""

from flask import request
from flask.wrappers import Response
from flask_login import login_required
from wtforms import RadioField

from blueprints.actor import actor
from blueprints.addresses import go
from blueprints.applications import views
from blueprints.applications.routes import blueprint, onwards
from blueprints.forms import Form, required
from blueprints.page import page
from engine.wording import _
from operations import applications, objections


class Which(Form):
    number = RadioField(
        _("Which one do you object to?"), validators=[required(_("Choose the one you object to."))], validate_choice=False
    )


@blueprint.route("/applications/<reference>/objections", methods=["GET", "POST"])
@login_required
def objections_to(reference: str) -> Response:
    """audience: its applicant. Which record they object to; the request is then written like any other."""
    form, may = Which(), objections.open_to(actor(), reference)
    form.number.choices = [(record.number, views.choice(record)) for record in may.records]
    if len(may.records) == 1 and request.method == "GET":
        form.number.data = may.records[0].number
    if form.validate_on_submit():
        return go(onwards(objections.begin(actor(), reference, form.number.data)))
    return page(
        "applications/objections.html",
        422 if form.errors else 200,
        form=form,
        back=onwards(applications.of(actor(), reference)),
    )
