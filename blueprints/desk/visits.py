"""Site visits: planning, moving, cancelling, reporting; and the photos of a report."""

import datetime as dt

from flask import request, send_file, url_for
from flask.wrappers import Response
from flask_login import login_required
from wtforms import MultipleFileField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from blueprints.actor import actor
from blueprints.addresses import go
from blueprints.desk import views, words
from blueprints.desk.routes import LONGEST, SANDBOX, blueprint
from blueprints.forms import Form, folded, required
from blueprints.page import notice, page
from engine.clock import MUSCAT, in_muscat
from engine.errors import Refusal
from engine.fields import Day
from engine.wording import Text, _
from operations import dossiers, visits
from operations.answers import Uploaded
from operations.dossiers import Dossier
from operations.visits import Finding, Plan


def _reason(hint: Text) -> TextAreaField:
    return TextAreaField(
        _("The reason"),
        description=hint,
        validators=[required(_("Say why: the applicant reads it.")), Length(max=LONGEST)],
        render_kw={"rows": 3, "maxlength": LONGEST},
    )


class PlanForm(Form):
    day = StringField(_("Day"), filters=[folded], validators=[required(_("Choose the day."))], render_kw={"type": "date"})
    time = StringField(_("Time"), filters=[folded], validators=[required(_("Choose the time."))], render_kw={"type": "time"})
    place = StringField(
        _("Place"),
        description=_("As one finds it: plot, street, building."),
        validators=[required(_("Say where the visit takes place.")), Length(max=200)],
    )
    visitor = StringField(
        _("Who comes"),
        description=_("The applicant reads the name, and knows whom to let in."),
        validators=[required(_("Say who comes.")), Length(max=100)],
    )


class MoveForm(PlanForm):
    reason = _reason(_("The applicant reads it with the new time."))


class CancelForm(Form):
    reason = _reason(_("The applicant reads it word for word."))


class ReportForm(Form):
    finding = RadioField(
        _("What came out?"),
        choices=[(finding.value, words.FINDINGS[finding][0]) for finding in Finding],
        validators=[InputRequired(_("Choose one."))],
    )
    text = TextAreaField(
        _("Report"),
        description=_("Colleagues read it; the applicant does not."),
        validators=[required(_("Write what you found.")), Length(max=LONGEST)],
        render_kw={"rows": 8, "maxlength": LONGEST},
    )
    photos = MultipleFileField(
        _("Photos"), description=_("JPEG or PNG, up to 10 MB each, at most ten. You may go on without one.")
    )


@blueprint.route("/<reference>/visit", methods=["GET", "POST"])
@login_required
def visit(reference: str) -> Response:
    """audience: clerks of its desk. Plan a site visit, or move the one that is planned."""
    dossier = _held(reference)
    planned = visits.planned(dossier.row)
    form = MoveForm(data=_typed(planned)) if planned else PlanForm(data={"visitor": actor().name})
    if form.validate_on_submit():
        try:
            if isinstance(form, MoveForm):
                visits.move(actor(), reference, _plan(form), form.reason.data)
            else:
                visits.plan(actor(), reference, _plan(form))
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return _done(reference, _("The applicant is told when somebody comes."))
    title = _("Move the site visit") if planned else _("Plan a site visit")
    return _shown(dossier, form, title, _("Move it") if planned else _("Plan it"))


@blueprint.route("/<reference>/visit/cancellation", methods=["GET", "POST"])
@login_required
def cancel_visit(reference: str) -> Response:
    """audience: clerks of its desk. Cancel the site visit that is planned."""
    dossier, form = _held(reference), CancelForm()
    if form.validate_on_submit():
        try:
            visits.cancel(actor(), reference, form.reason.data)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return _done(reference, _("Cancelled. The applicant is told why."))
    return _shown(dossier, form, _("Cancel the site visit"), _("Cancel the visit"))


@blueprint.route("/<reference>/visit/report", methods=["GET", "POST"])
@login_required
def report_visit(reference: str) -> Response:
    """audience: clerks of its desk. File what the visit found, with photos."""
    dossier, form = _held(reference), ReportForm()
    if form.validate_on_submit():
        photos = [Uploaded(file.filename, file.stream) for file in request.files.getlist("photos") if file.filename]
        try:
            visits.report(actor(), reference, Finding(form.finding.data), form.text.data, photos)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return _done(reference, _("The report is filed with the application."))
    return _shown(dossier, form, _("Report on the site visit"), _("File the report"))


@blueprint.get("/<reference>/visits/<int:number>/photos/<int:photo>")
@login_required
def photo(reference: str, number: int, photo: int) -> Response:
    """audience: clerks who may read its visits. A photo of a report: to be kept, never shown inside our own pages."""
    name, media_type, stream = visits.photo(actor(), dossiers.readable(actor(), reference), number, photo)
    response = send_file(stream, mimetype=media_type, as_attachment=True, download_name=name, max_age=0)
    response.headers["Content-Security-Policy"] = SANDBOX
    return response


def _held(reference: str) -> Dossier:
    dossier = dossiers.of(actor(), reference)
    views.must_hold(dossier)
    return dossier


def _typed(planned: visits.Visit) -> dict[str, str]:
    at = in_muscat(planned.at)
    return {"day": at.date().isoformat(), "time": f"{at:%H:%M}", "place": planned.place, "visitor": planned.visitor}


def _plan(form: PlanForm) -> Plan:
    """What was typed. Raises Refusal for a day or time that is none."""
    day = dt.date.fromisoformat(Day("day", _("Day")).clean(form.day.data))
    try:
        time = dt.time.fromisoformat(form.time.data)
    except ValueError:
        raise Refusal(_("Type the time as hours and minutes, such as 09:30."), field="time") from None
    at = dt.datetime.combine(day, time.replace(tzinfo=None), MUSCAT).astimezone(dt.UTC)
    return Plan(at, form.place.data.strip(), form.visitor.data.strip())


def _done(reference: str, said: Text) -> Response:
    notice("success", said)
    return go(url_for(".application", reference=reference, _anchor="visits"))


def _shown(dossier: Dossier, form: Form, heading: Text, press: Text) -> Response:
    return page("desk/visit.html", 422 if form.errors else 200, form=form, heading=heading, press=press, **views.head(dossier))
