"""Who files without an account proves to be a person, gets a key, and goes through the same pages as everybody else."""

from flask import Blueprint, session, url_for
from flask.wrappers import Response
from wtforms import EmailField, StringField, TelField
from wtforms.validators import Length, Optional

from blueprints.accounts.forms import HumanForm, refusals_in
from blueprints.actor import GUEST, actor, address, become_guest
from blueprints.addresses import go
from blueprints.forms import Form, folded, required
from blueprints.language import locale
from blueprints.page import notice, page
from engine import numbering
from engine.catalogue import catalogue
from engine.errors import NotFound, Refusal
from engine.wording import _
from operations import announcements, applications, guests

blueprint = Blueprint("guests", __name__)

LIMITS = {"guests.begin": "30/hour", "guests.enter": "10/minute"}


class GuestForm(HumanForm):
    purpose = "guest"
    name = StringField(
        _("Your name"),
        [Optional(), Length(max=guests.LONGEST_NAME)],
        description=_("Only if you like: the section may address you by it. Nobody else sees it."),
        render_kw={"autocomplete": "name", "maxlength": guests.LONGEST_NAME},
    )
    email = EmailField(
        _("E-mail"),
        [Optional()],
        filters=[folded],
        description=_("Only if you want the answer sent to you."),
        render_kw={"autocomplete": "email", "maxlength": 254},
    )
    phone = TelField(_("Mobile number"), [Optional()], filters=[folded], description=_("An Omani number, for SMS."))


class KeyForm(Form):
    reference = StringField(
        _("Application number"),
        [required(_("Type the number of your complaint."))],
        filters=[folded],
        render_kw={"dir": "ltr", "autocomplete": "off", "autocapitalize": "characters"},
    )
    key = StringField(
        _("Key"),
        [required(_("Type the key that you were given."))],
        description=_("Twelve letters and digits, such as 7K2M-9QXA-04TD"),
        render_kw={"dir": "ltr", "autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
    )


@blueprint.route("/services/<code>/without-account", methods=["GET", "POST"])
def begin(code: str) -> Response:
    """audience: anyone. Begin a service that asks for no account; a draft begun here before is gone on with."""
    service = catalogue.services.get(code)
    if service is None or not applications.open_to_guests(code):
        raise NotFound
    if actor().signed_in:
        return go(url_for("pages.service", code=code))
    if draft := applications.draft_of(actor(), code):
        return go(url_for("applications.resume", reference=draft.reference))
    form = GuestForm()
    if form.validate_on_submit() and form.by_a_person():
        with refusals_in(form):
            announcements.check_open(service)
            given = {"name": form.name.data or "", "email": form.email.data or "", "phone": form.phone.data or ""}
            person = guests.begin(locale=locale(), address=address(), **given)
            opened = applications.start(person, code)
            become_guest(guests.uuid_of(person))
            return go(url_for("applications.resume", reference=opened.reference))
    return page("guests/begin.html", 422 if form.errors else 200, form=form, service=service)


@blueprint.route("/follow", methods=["GET", "POST"])
def enter() -> Response:
    """audience: anyone. Come back with the number and the key."""
    form = KeyForm()
    if form.validate_on_submit():
        with refusals_in(form):
            return _opened(_reference(form.reference.data), form.key.data)
    return page("guests/enter.html", 422 if form.errors else 200, form=form)


def _reference(typed: str) -> str:
    try:
        return numbering.parse_reference(typed)
    except Refusal as refusal:
        raise Refusal(refusal.message, field="reference") from None


def _opened(reference: str, key: str) -> Response:
    try:
        uuid = guests.opened_with(reference, key)
    except NotFound:
        raise Refusal(_("This number and this key do not belong together. Compare both with what you kept.")) from None
    if actor().signed_in:
        raise Refusal(_("You are signed in with your account. Sign out first, then come back with the number and the key."))
    become_guest(uuid)
    return go(url_for("applications.overview", reference=reference))


@blueprint.get("/follow/<reference>/<key>")
def follow(reference: str, key: str) -> Response:
    """audience: who holds its key. To the application; the address bar keeps no key."""
    form = KeyForm(formdata=None)
    with refusals_in(form):
        return _opened(_reference(reference), key)
    return page("guests/enter.html", 404, form=form)


@blueprint.post("/follow/end")
def leave() -> Response:
    """audience: anyone. This browser forgets the key: for a phone or computer that others use."""
    session.pop(GUEST, None)
    notice("success", _("This device has forgotten your complaint. With its number and key you come back to it from anywhere."))
    return go(url_for("pages.home"))
