"""A clerk serves somebody at the counter: who they are, by their card in the reader or by a document whose original is seen."""

from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask.wrappers import Response
from flask_login import login_required
from wtforms import BooleanField, RadioField, SelectField, StringField
from wtforms.validators import Optional

from blueprints.accounts.forms import LATIN, arabic_name_field, countries, shaped, spaced
from blueprints.actor import actor
from blueprints.addresses import go
from blueprints.counter.routes import blueprint
from blueprints.forms import Form, folded, required
from blueprints.identity import card_page
from blueprints.language import locale
from blueprints.page import notice, page
from engine.actor import ActingFor
from engine.catalogue import catalogue
from engine.errors import NotFound, Refusal, Unavailable
from engine.wording import _
from operations import in_person

DOCUMENTS = [("civil-card", _("Civil card")), ("resident-card", _("Resident card")), ("passport", _("Passport"))]
_LATIN_LETTERS = _("Write the name in Latin letters, as it stands on the document.")


def _name(label: Any) -> StringField:
    return StringField(
        label,
        [Optional(), shaped(LATIN, _LATIN_LETTERS)],
        filters=[spaced],
        render_kw={"dir": "ltr", "autocomplete": "off", "maxlength": 60},
    )


class DocumentForm(Form):
    kind = RadioField(_("What were you shown?"), choices=DOCUMENTS, default="civil-card", validate_choice=False)
    number = StringField(
        _("Its number"),
        [required(_("Write the number as it stands on the document."))],
        filters=[folded],
        description=_("The civil number, or the passport's number"),
        render_kw={"dir": "ltr", "autocomplete": "off", "spellcheck": "false", "maxlength": 20},
    )
    country = SelectField(_("Who issued the passport?"), default="OM", validate_choice=False)
    address = StringField(
        _("E-mail or mobile of their account"),
        filters=[folded],
        description=_("Only where the account is not found by the document alone"),
        render_kw={"dir": "ltr", "autocomplete": "off", "spellcheck": "false", "maxlength": 254},
    )
    first_name = _name(_("First name"))
    family_name = _name(_("Family name"))
    arabic_name = arabic_name_field()
    original = BooleanField(_("I have seen the original, and it is this person"))

    def __init__(self) -> None:
        super().__init__()
        self.country.choices = countries(locale())
        self.arabic_name.description = _("In Arabic letters, as it stands on the document")

    @property
    def seen(self) -> in_person.Document:
        typed = {name: value for name, value in self.data.items() if name != "csrf_token" and value is not None}
        return in_person.Document(**typed)


@blueprint.route("/counter/people", methods=["GET", "POST"])
@login_required
def serve() -> Response:
    """audience: clerks. Who stands at the counter, by a document that was seen; from then on the clerk files for them."""
    desk, form = _desk(), DocumentForm()
    if form.validate_on_submit():
        try:
            return _begun(in_person.by_document(actor(), desk, form.seen))
        except Refusal as refusal:
            form.refuse(refusal)
    return page("counter/people.html", 422 if form.errors else 200, form=form, **_counter(desk))


@blueprint.route("/counter/people/card", methods=["GET", "POST"])
@login_required
def serve_by_card() -> ResponseReturnValue:
    """audience: clerks. Who stands at the counter, by the ID card in this computer's reader and its PIN."""
    desk, form, refusal = _desk(), card_page.TokenForm(), None
    if form.validate_on_submit():
        try:
            return _begun(in_person.by_card(actor(), desk, card_page.secret(), form.token.data or ""))
        except Unavailable:
            raise
        except Refusal as refused:
            refusal = refused
    challenge = url_for(".ask_card_of_person")
    return card_page.show(form, template="counter/card.html", challenge=challenge, refusal=refusal, **_counter(desk))


@blueprint.post("/counter/people/card/challenge")
@login_required
def ask_card_of_person() -> Response:
    """audience: clerks. What the card is to sign."""
    return card_page.hand_over(in_person.card_challenge(actor()))


def _desk() -> str:
    """The desk asked for, or the first one. Raises NotAllowed, NotFound for one where they are no clerk."""
    mine = in_person.desks(actor())
    desk = request.args.get("desk") or next(iter(mine), "")
    if desk not in mine:
        raise NotFound
    return desk


def _counter(desk: str) -> dict[str, Any]:
    here = [
        {"title": catalogue.desks[one], "href": url_for(".serve", desk=one), "current": one == desk}
        for one in in_person.desks(actor())
    ]
    authority = catalogue.authorities[desk.partition(".")[0]]
    return {"desk": desk, "desks": here, "authority": authority.title}


def _begun(acting: ActingFor) -> Response:
    notice("success", _("You file for %(name)s now. Compare this name with the document.", name=acting.name))
    return go(url_for("applications.dashboard"))
