"""Complaints as everybody sees them: kind, place to a hundred metres, days, state, supporters. Nothing personal is ever here."""

from secrets import token_urlsafe

from flask import Blueprint, request, send_file, session, url_for
from flask.wrappers import Response

from blueprints.accounts.forms import HumanForm, refusals_in
from blueprints.actor import actor
from blueprints.addresses import go
from blueprints.complaints import views
from blueprints.forms import Form
from blueprints.page import notice, page
from engine import numbering
from engine.errors import NotFound, Refusal
from engine.lifecycle import State
from engine.wording import Text, _
from operations import applications, public_list, publishing

blueprint = Blueprint("complaints", __name__, url_prefix="/complaints")

LIMITS = {"complaints.support": "30/hour"}
BROWSER = "supporter"  # in the signed cookie: the secret by which this browser counts once
COUNTED = _("Thank you: it counts. You see here what becomes of it.")
COUNTED_BEFORE = _("You said so before; it counts once.")


class SupportForm(HumanForm):
    purpose = "support"


@blueprint.get("")
def listed() -> Response:
    """audience: anyone. The newest, by kind and state, page by page; on a map with scripts. A number typed leads to that one."""
    asked, wrong = request.args.get("number", "").strip(), None
    if asked:
        try:
            return go(url_for(".entry", reference=numbering.parse_reference(asked)))
        except Refusal as refusal:
            wrong = refusal.message
    return page("complaints/list.html", 422 if wrong else 200, asked=asked, wrong=wrong, **views.listed(request.args))


@blueprint.get("/<reference>")
def entry(reference: str) -> Response:
    """audience: anyone. One of them."""
    return _shown(reference, SupportForm(formdata=None))


@blueprint.post("/<reference>/support")
def support(reference: str) -> Response:
    """audience: anyone. Say "me too". Sent from a draft of one's own, that draft is not needed any more and goes."""
    draft = request.form.get("draft", "")
    form = SupportForm() if not (actor().signed_in or draft) else Form()
    if form.validate_on_submit() and (not isinstance(form, SupportForm) or form.by_a_person()):
        with refusals_in(form):
            return _support(reference, draft)
    return _shown(reference, form)


def _support(reference: str, draft: str) -> Response:
    """Who is in the middle of filing has shown to be a person already: the draft must be theirs (NotFound)."""
    if draft and applications.of(actor(), draft).state is not State.DRAFT:
        raise NotFound
    said = COUNTED if public_list.support(actor(), reference, _browser()) else COUNTED_BEFORE
    if draft:
        applications.withdraw(actor(), draft)
    return _thanked(reference, said)


def _thanked(reference: str, said: Text) -> Response:
    notice("success", said)
    return go(url_for(".entry", reference=reference))


def _browser() -> str:
    if BROWSER not in session:
        session[BROWSER] = token_urlsafe(32)
    return str(session[BROWSER])


@blueprint.get("/<reference>/pictures/<int:picture>")
def picture(reference: str, picture: int) -> Response:
    """audience: anyone. A picture that a clerk has published."""
    return send_file(publishing.picture(reference, picture), mimetype="image/jpeg", max_age=0)


def _shown(reference: str, form: Form) -> Response:
    seen = public_list.entry_of(reference)
    return page("complaints/entry.html", 422 if form.errors else 200, form=form, **views.entry(seen))
