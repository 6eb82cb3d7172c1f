"""The road of an application: start, steps, check, submit, follow. The audience of each route is the first line of its docstring."""

from flask import Blueprint, request, url_for
from flask.wrappers import Response
from flask_login import login_required

from blueprints.actor import actor, address, applicant_required
from blueprints.addresses import go
from blueprints.applications import views
from blueprints.forms import WITHOUT, Form, form_for, sent
from blueprints.language import switching
from blueprints.page import notice, page, part
from engine.errors import NotFound, Refusal, Start
from engine.service import Step
from engine.wording import _
from operations import announcements, answers, applications, corrections, dues, identity, kept_forms, prefilling, submission
from operations.answers import Uploaded
from operations.applications import Opened

blueprint = Blueprint("applications", __name__)

KNOWN = "answer."
DUES = 3  # of the calendar, on the dashboard


@blueprint.get("/dashboard")
@login_required
def dashboard() -> Response:
    """audience: signed in. What waits for the person first, then what is running, then the services."""
    shown = views.dashboard(applications.all_of(actor())) | {"dues": dues.soon(actor(), DUES)}
    return page("applications/dashboard.html", **shown, closures=announcements.closures())


@blueprint.post("/applications")
@login_required
def begin() -> Response:
    """audience: signed in. Start a service, or go on with its open draft. With answers: of the one that says the same."""
    code, known = request.form.get("service", ""), known_answers()
    opened = prefilling.begin(actor(), Start(code, known)) if known else applications.start(actor(), code)
    return go(onwards(opened))


def known_answers() -> dict[str, str]:
    """The answers a form brings along: `answer.<field>`."""
    return {name.removeprefix(KNOWN): said for name, said in request.form.items() if name.startswith(KNOWN)}


@blueprint.get("/applications/<reference>")
@applicant_required
def overview(reference: str) -> Response:
    """audience: its applicant. Where the application stands, what to do next, its bill, receipt and documents."""
    opened = applications.of(actor(), reference)
    return page("applications/overview.html", **views.overview(opened, actor().account), **views.follow(actor(), opened))


@blueprint.get("/applications/<reference>/documents")
@applicant_required
def papers(reference: str) -> Response:
    """audience: its applicant. The list of documents; refreshes itself while the queue draws them."""
    return part("applications/_documents.html", **views.papers(applications.of(actor(), reference)))


@blueprint.get("/applications/<reference>/continue")
@applicant_required
def resume(reference: str) -> Response:
    """audience: its applicant. To the first thing that is still missing."""
    return go(onwards(applications.of(actor(), reference)))


@blueprint.route("/applications/<reference>/steps/<name>", methods=["GET", "POST"])
@applicant_required
def take_step(reference: str, name: str) -> Response:
    """audience: its applicant, proven as the step asks."""
    opened, step = _open_step(reference, name)
    if elsewhere := _before(opened, step):
        return elsewhere
    offered, remarks = views.offered(actor(), opened, step), corrections.remarks_on(opened.row)
    asked = corrections.open_fields(opened, step, remarks)
    kept = kept_forms.back(actor(), request.path)
    form = form_for(asked, views.options(offered))(data=views.typed(opened, step, offered), **views.sent_before(kept, asked))

    answered = form.is_submitted() and not switching() and _answer(opened, step, form)
    if answered and kept:
        kept_forms.forget(actor(), request.path)
    refused = submission.refused_at(actor(), opened, step)
    if not opened.reachable(step):  # a record chosen before is gone
        return go(onwards(opened))
    if answered and not refused:
        return go(_after(opened, step))

    if form.errors:  # somebody else may have taken what was offered
        offered = views.offered(actor(), opened, step)
        views.offer_again(form, offered)
    status = 422 if form.errors or answered else 200
    return page("applications/step.html", status, form=form, **views.step(opened, step, offered, remarks, refused))


@blueprint.post("/applications/<reference>/steps/<name>/quote")
@applicant_required
def preview_quote(reference: str, name: str) -> Response:
    """audience: its applicant. The price beside the questions, as it would be with what is chosen now; nothing is saved."""
    opened, step = _open_step(reference, name)
    if _missing(opened, step):
        raise NotFound
    supposed = answers.preview(actor(), opened, step, sent(step.fields))
    return part("applications/_quote.html", **views.price(supposed))


@blueprint.get("/applications/<reference>/check")
@applicant_required
def check(reference: str) -> Response:
    """audience: its applicant, proven. All answers and the price, before it is submitted."""
    opened = applications.of(actor(), reference)
    if elsewhere := before_check(opened):
        return elsewhere
    if not answers.times_kept(actor(), opened):
        notice("warning", _("The time you had chosen has been given to somebody else meanwhile. Choose another one."))
        return go(onwards(opened))
    if submission.refresh(actor(), opened):
        notice("warning", _("The register changed since you began. Check the data below once more."))
        if opened.next_step():
            return go(onwards(opened))
    return page("applications/check.html", form=Form(), **views.check(opened))


@blueprint.post("/applications/<reference>/submission")
@applicant_required
def submit(reference: str) -> Response:
    """audience: its applicant, proven. Submit what the check page showed; a second click changes nothing."""
    opened = applications.of(actor(), reference)
    if opened.editable and (elsewhere := before_check(opened)):
        return elsewhere
    form = Form()
    if form.validate_on_submit():
        try:
            submission.submit(actor(), reference, request.form.get("seal", ""), address=address())
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return go(url_for(".overview", reference=reference))
    return page(
        "applications/check.html", 422 if form.errors else 200, form=form, **views.check(applications.of(actor(), reference))
    )


@blueprint.post("/applications/<reference>/draft")
@login_required
def reopen(reference: str) -> Response:
    """audience: its applicant. Change the answers of an application that is submitted but not yet paid."""
    opened = applications.reopen(actor(), reference)
    return go(onwards(opened))


@blueprint.route("/applications/<reference>/withdrawal", methods=["GET", "POST"])
@applicant_required
def withdraw(reference: str) -> Response:
    """audience: its applicant. Give up an application that waits for its applicant."""
    opened = applications.of(actor(), reference)
    form = Form()
    if form.validate_on_submit():
        applications.withdraw(actor(), reference)
        notice("success", _("The application %(reference)s was withdrawn. Nothing was charged.", reference=reference))
        return go(url_for(".dashboard") if actor().signed_in else url_for("pages.home"))
    return page("applications/withdraw.html", opened=opened, form=form)


# --- Where to go -----------------------------------------------------------------------------------------------------------------


def _open_step(reference: str, name: str) -> tuple[Opened, Step]:
    opened = applications.of(actor(), reference)
    step = opened.service.step(name)
    if step is None:
        raise NotFound
    return opened, step


def _answer(opened: Opened, step: Step, form: Form) -> bool:
    """Save what is fine, put what is not beside its field. (CSRFProtect has already judged where the post comes from.)"""
    form.validate()
    files = {name: _uploaded(name) for name in request.files if name in form}
    try:
        answers.answer(actor(), opened, step, sent(step.fields), files, request.form.getlist(WITHOUT))
    except Refusal as refusal:
        if not form.errors:
            form.refuse(refusal)
        return False
    return not form.errors


def _uploaded(name: str) -> list[Uploaded]:
    return [Uploaded(file.filename, file.stream) for file in request.files.getlist(name) if file.filename]


def onwards(opened: Opened) -> str:
    """The first thing that is still missing: a step, the check page, or the overview of what was submitted."""
    if not opened.editable:
        return url_for("applications.overview", reference=opened.reference)
    missing = opened.missing()
    if missing is None and (remarks := corrections.remarks_on(opened.row)):
        missing = corrections.open_steps(opened, remarks)[0]
    if missing is None:
        return url_for("applications.check", reference=opened.reference)
    return url_for("applications.take_step", reference=opened.reference, name=missing.name)


def _after(opened: Opened, step: Step) -> str:
    """The next step, of a returned application the next that was asked; then the check page."""
    steps = corrections.open_steps(opened, corrections.remarks_on(opened.row))
    following = next((later for later in steps if opened.service.precedes(step, later)), None)
    if following is None:
        return url_for("applications.check", reference=opened.reference)
    return url_for("applications.take_step", reference=opened.reference, name=following.name)


def _missing(opened: Opened, step: Step) -> bool:
    """Whether this person may not yet be on this step."""
    return (
        not opened.editable
        or not opened.reachable(step)
        or applications.granted(actor(), opened) < applications.needed(actor(), step)
    )


def _before(opened: Opened, step: Step) -> Response | None:
    """Where the person must go before this step opens."""
    if not opened.editable:
        return go(url_for("applications.overview", reference=opened.reference))
    if not opened.reachable(step) or step not in corrections.open_steps(opened, corrections.remarks_on(opened.row)):
        return go(onwards(opened))
    return _unproven(opened, step)


def _unproven(opened: Opened, step: Step) -> Response | None:
    """To the identity provider, when this step asks for more proof than there is."""
    if applications.granted(actor(), opened) < applications.needed(actor(), step):
        proof = identity.ask(actor(), opened, step)
        return go(url_for("identity.choose", proof=proof.id))
    return None


def before_check(opened: Opened) -> Response | None:
    """Where the person must go before the check page, and what leads on from it, opens."""
    if not opened.editable:
        return go(url_for("applications.overview", reference=opened.reference))
    if missing := opened.next_step():
        return go(url_for("applications.take_step", reference=opened.reference, name=missing.name))
    most = max(opened.service.steps, key=lambda step: step.assurance)
    return _unproven(opened, most)
