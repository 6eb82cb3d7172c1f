"""After the answer: having it examined again, and saying what one thinks of it."""

from flask import url_for
from flask.wrappers import Response
from wtforms import RadioField, TextAreaField
from wtforms.validators import Length

from blueprints.actor import actor, applicant_required
from blueprints.addresses import go
from blueprints.applications.routes import blueprint
from blueprints.forms import Form, required
from blueprints.page import notice, page
from engine.errors import Conflict, NotFound, Refusal
from engine.wording import Text, _
from operations import applications, reopening, satisfaction

POINTS: tuple[tuple[str, Text], ...] = (
    ("5", _("Very satisfied")),
    ("4", _("Satisfied")),
    ("3", _("Neither")),
    ("2", _("Dissatisfied")),
    ("1", _("Very dissatisfied")),
)


class ReopeningForm(Form):
    reason = TextAreaField(
        _("What is still not settled?"),
        description=_("The section reads it, and answers anew."),
        validators=[required(_("Say what is still not settled.")), Length(max=reopening.LONGEST)],
        render_kw={"rows": 5, "maxlength": reopening.LONGEST},
    )


class SatisfactionForm(Form):
    points = RadioField(
        _("How satisfied are you with the answer?"), choices=POINTS, validators=[required(_("Choose from one to five."))]
    )
    words = TextAreaField(
        _("Anything you want to add?"),
        validators=[Length(max=satisfaction.LONGEST)],
        render_kw={"rows": 3, "maxlength": satisfaction.LONGEST},
    )


@blueprint.route("/applications/<reference>/reopening", methods=["GET", "POST"])
@applicant_required
def contest(reference: str) -> Response:
    """audience: its applicant. Have an answer examined again, within the days that the service gives."""
    opened = applications.of(actor(), reference)
    last = reopening.until(opened.row)
    if last is None:
        raise Conflict(_("This can no longer be examined again here. If it is still so, begin a new application."))
    form = ReopeningForm()
    if form.validate_on_submit():
        try:
            reopening.ask(actor(), reference, form.reason.data)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            notice("success", _("It is with the section again. You find its new answer here."))
            return go(url_for(".overview", reference=reference))
    return page("applications/reopening.html", 422 if form.errors else 200, opened=opened, form=form, last=last)


@blueprint.route("/applications/<reference>/satisfaction", methods=["GET", "POST"])
@applicant_required
def rate(reference: str) -> Response:
    """audience: its applicant. Say once what one thinks of an answer."""
    opened = applications.of(actor(), reference)
    if satisfaction.answer_of(opened.row) is None:
        raise NotFound
    form = SatisfactionForm()
    if form.validate_on_submit():
        try:
            satisfaction.rate(actor(), reference, int(form.points.data), form.words.data or "")
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            notice("success", _("Thank you. The section and its supervisors see it."))
            return go(url_for(".overview", reference=reference))
    return page("applications/satisfaction.html", 422 if form.errors else 200, opened=opened, form=form)
