"""The desk: lists, taking, reading, deciding. The audience of each route is the first line of its docstring."""

from flask import Blueprint, request, send_file, url_for
from flask.wrappers import Response
from flask_login import login_required
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import Length

from blueprints.actor import actor
from blueprints.addresses import go
from blueprints.desk import filtering, lists, views
from blueprints.forms import Form, required
from blueprints.page import notice, page
from engine.errors import NotFound, Refusal
from engine.wording import _
from operations import casework, desk, dossiers, staff
from operations.bulk import Action
from operations.casework import Outcome

blueprint = Blueprint("desk", __name__, url_prefix="/desk")

LONGEST = 4000
SANDBOX = "sandbox; default-src 'none'"


class NoteForm(Form):
    text = TextAreaField(
        _("Note for colleagues"),
        description=_("The applicant never sees it."),
        validators=[required(_("Write the note first.")), Length(max=LONGEST)],
        render_kw={"rows": 3, "maxlength": LONGEST},
    )


class BulkForm(Form):
    titles = {
        Action.TAKE: _("Take them"),
        Action.RELEASE: _("Release them"),
        Action.APPROVE: _("Approve them"),
        Action.RETURN: _("Return them for correction"),
        Action.REFUSE: _("Refuse them"),
    }
    action = SelectField(_("With the chosen ones"), choices=[(action.value, title) for action, title in titles.items()])
    reason = TextAreaField(
        _("One reason for all"),
        description=_("Owed when you return or refuse: every one of the applicants reads it."),
        validators=[Length(max=LONGEST)],
        render_kw={"rows": 2, "maxlength": LONGEST},
    )


class NameForm(Form):
    name = StringField(_("Name of this list"), validators=[required(_("Give the list a name.")), Length(max=60)])


# --- Lists -----------------------------------------------------------------------------------------------------------------------


@blueprint.get("")
@login_required
def queue() -> Response:
    """audience: clerks. What waits, what is mine, what became of the rest; or what was searched. The address keeps the choice."""
    return listed(BulkForm(formdata=None), NameForm(formdata=None))


def listed(form: BulkForm, naming: NameForm) -> Response:
    """The list that the address asks for, with its two forms; with what is wrong in one of them (422)."""
    desks = staff.desks_of(actor())
    chosen = request.values.get("desk") or next(iter(desks), "")
    view = request.args.get("show", "waiting")
    asked = request.args.get("q", "").strip()
    if asked:
        found = desk.search(actor(), chosen, asked)
    else:
        found = desk.queue(actor(), chosen, view, lists.cursor(request.args.get("after")), filtering.asked_for())
    status = 422 if form.errors or naming.errors else 200
    ticked = request.form.getlist("chosen")
    shown = lists.queue(desks, chosen, view, found, asked, filtering.narrowing(), ticked) | filtering.shown(chosen, view)
    return page("desk/queue.html", status, form=form, naming=naming, **shown)


@blueprint.post("/next")
@login_required
def take_next() -> Response:
    """audience: clerks. Take what has waited longest."""
    chosen = request.form.get("desk", "")
    reference = desk.take_next(actor(), chosen)
    if reference is None:
        notice("information", _("Nothing waits here now. New applications appear by themselves when you load this page again."))
        return go(url_for(".queue", desk=chosen))
    return go(url_for(".application", reference=reference))


# --- One application -------------------------------------------------------------------------------------------------------------


@blueprint.get("/<reference>")
@login_required
def application(reference: str) -> Response:
    """audience: clerks who may read it. Everything about it on one page."""
    return _shown(reference, NoteForm())


@blueprint.post("/<reference>/hold")
@login_required
def take(reference: str) -> Response:
    """audience: clerks of its desk. Take it; who comes second is told who has it."""
    casework.take(actor(), reference)
    return go(url_for(".application", reference=reference))


@blueprint.post("/<reference>/release")
@login_required
def release(reference: str) -> Response:
    """audience: clerks of its desk. Give back what one has taken."""
    casework.release(actor(), reference)
    notice("success", _("%(reference)s is back in the queue.", reference=reference))
    return go(url_for(".queue"))


@blueprint.post("/<reference>/notes")
@login_required
def note(reference: str) -> Response:
    """audience: clerks of its desk. Tell colleagues something."""
    form = NoteForm()
    if form.validate_on_submit():
        dossiers.note(actor(), reference, form.text.data)
        return go(url_for(".application", reference=reference, _anchor="notes"))
    return _shown(reference, form)


@blueprint.get("/<reference>/versions/<int:number>")
@login_required
def version(reference: str, number: int) -> Response:
    """audience: clerks who may read it. A version beside the one that came after it."""
    dossier = dossiers.of(actor(), reference)
    return page("desk/versions.html", **views.versions(dossier, number))


@blueprint.get("/<reference>/versions/<int:number>/files/<field>", defaults={"which": 0})
@blueprint.get("/<reference>/versions/<int:number>/files/<field>/<int:which>")
@login_required
def file(reference: str, number: int, field: str, which: int) -> Response:
    """audience: clerks who may read it. A file as it was submitted: to be kept, never shown inside our own pages."""
    name, media_type, stream = dossiers.file_of(actor(), reference, number, field, which)
    response = send_file(stream, mimetype=media_type, as_attachment=True, download_name=name, max_age=0)
    response.headers["Content-Security-Policy"] = SANDBOX
    return response


# --- Deciding --------------------------------------------------------------------------------------------------------------------


@blueprint.route("/<reference>/decision/<any(approve, return, refuse):outcome>", methods=["GET", "POST"])
@login_required
def decide(reference: str, outcome: str) -> Response:
    """audience: clerks of its desk. Approve it, return it with remarks, or refuse it with the reason."""
    dossier = dossiers.of(actor(), reference)
    if dossier.own or not dossier.here:
        raise NotFound
    chosen = Outcome(outcome)
    form = views.decision_form(dossier, chosen)()
    if form.validate_on_submit():
        try:
            row = casework.decide(
                actor(),
                reference,
                chosen,
                reason=form.reason.data or "",
                remarks=views.remarks(form),
                version=request.form.get("version", type=int),
            )
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            notice(*views.decided(row, chosen))
            return go(url_for(".application", reference=reference))
    return page("desk/decide.html", 422 if form.errors else 200, form=form, **views.deciding(dossier, chosen))


def _shown(reference: str, form: NoteForm) -> Response:
    dossier = dossiers.of(actor(), reference)
    return page("desk/application.html", 422 if form.errors else 200, form=form, **views.application(dossier))
