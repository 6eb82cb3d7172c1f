"""Second opinions: asking another section, and answering as one."""

from typing import Any

from flask import url_for
from flask.wrappers import Response
from flask_login import login_required
from wtforms import RadioField, TextAreaField
from wtforms.validators import InputRequired, Length

from blueprints.actor import actor
from blueprints.addresses import go
from blueprints.desk import views, words
from blueprints.desk.routes import LONGEST, blueprint
from blueprints.forms import Form, required
from blueprints.page import notice, page
from engine.errors import NotFound, Refusal
from engine.wording import Text, _
from operations import dossiers, opinions, staff
from operations.dossiers import Dossier, Opinion
from operations.opinions import Stance

HINTS: dict[Stance, Text] = {
    Stance.AGREEMENT: _("Nothing stands against it."),
    Stance.OBJECTION: _("Something stands against it: say what."),
    Stance.REMARK: _("Something to bear in mind."),
}


class AnswerForm(Form):
    stance = RadioField(
        _("What does your section say?"),
        choices=[(stance.value, {"title": words.STANCES[stance][0], "hint": hint}) for stance, hint in HINTS.items()],
        validators=[InputRequired(_("Choose one."))],
    )
    text = TextAreaField(
        _("In words"),
        description=_("Colleagues read it; the applicant does not."),
        validators=[Length(max=LONGEST)],
        render_kw={"rows": 5, "maxlength": LONGEST},
    )


@blueprint.route("/<reference>/opinions", methods=["GET", "POST"])
@login_required
def ask(reference: str) -> Response:
    """audience: clerks of its desk. Ask another section what it thinks."""
    dossier = dossiers.of(actor(), reference)
    views.must_hold(dossier)
    form = _asking(dossier)()
    if form.validate_on_submit():
        try:
            opinions.ask(actor(), reference, form.desk.data, form.question.data)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            notice("success", _("Asked. The application stays with you; the answer appears on its page."))
            return go(url_for(".application", reference=reference, _anchor="opinions"))
    return page("desk/ask.html", 422 if form.errors else 200, form=form, **views.head(dossier))


@blueprint.route("/<reference>/opinions/<int:number>", methods=["GET", "POST"])
@login_required
def answer(reference: str, number: int) -> Response:
    """audience: clerks of the section that was asked. Say what the section thinks."""
    dossier = dossiers.of(actor(), reference)
    opinion = _asked(dossier, number)
    form = AnswerForm()
    if form.validate_on_submit():
        try:
            opinions.answer(actor(), reference, number, Stance(form.stance.data), form.text.data or "")
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            notice("success", _("Answered. Thank you: your colleague reads it with the application."))
            return go(url_for(".queue", desk=opinion.desk, show="asked"))
    shown = views.opinion(opinion)
    return page("desk/answer.html", 422 if form.errors else 200, form=form, opinion=shown, **views.head(dossier))


def _asking(dossier: Dossier) -> type[Form]:
    fields: dict[str, Any] = {
        "desk": RadioField(
            _("Whom do you ask?"),
            choices=list(opinions.sections(dossier.row).items()),
            validators=[InputRequired(_("Choose whom to ask."))],
        ),
        "question": TextAreaField(
            _("Your question"),
            description=_("That section may read the application until it has answered."),
            validators=[required(_("Write what you want to know.")), Length(max=LONGEST)],
            render_kw={"rows": 5, "maxlength": LONGEST},
        ),
    }
    return type("QuestionForm", (Form,), fields)


def _asked(dossier: Dossier, number: int) -> Opinion:
    """The open question to a section of this clerk. Raises NotFound."""
    found = next((opinion for opinion in dossier.opinions if opinion.id == number), None)
    if found is None or not staff.works_at(actor(), found.desk):
        raise NotFound
    return found
