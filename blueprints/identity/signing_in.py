"""Signing in with a card or Mobile ID; and opening an account by them, for whoever has none."""

from flask import request, session, url_for
from flask.typing import ResponseReturnValue
from flask.wrappers import Response
from wtforms import StringField

from blueprints import entrance
from blueprints.accounts.forms import (
    CIVIL_NUMBER,
    arabic_name_field,
    compact,
    email_field,
    phone_field,
    refusals_in,
    shaped,
    terms_field,
)
from blueprints.actor import actor, address
from blueprints.addresses import back_to, go
from blueprints.forms import Form, required
from blueprints.identity import card_page
from blueprints.identity.routes import PhoneForm, blueprint, left_alone, waiting_page
from blueprints.language import locale
from blueprints.page import notice, page
from engine.errors import Refusal, Unavailable
from engine.wording import _
from operations import newcomers, registering, signing_in
from operations.signing_in import Arrival

RINGING, PROVEN, NEXT = "ringing", "proven", "next"


class PhoneSignInForm(PhoneForm):
    civil_number = StringField(
        _("Civil number"),
        [
            required(_("Write your civil number.")),
            shaped(CIVIL_NUMBER, _("A civil number has up to 9 digits. It stands on the front of the ID card.")),
        ],
        filters=[compact],
        description=_("It stands on the front of your ID card"),
        render_kw={"inputmode": "numeric", "autocomplete": "off", "dir": "ltr", "maxlength": 20},
    )


class NewcomerForm(Form):
    """What no certificate says: how to reach the person."""

    email = email_field()
    phone = phone_field()
    arabic_name = arabic_name_field()
    terms = terms_field()


# --- With a card -----------------------------------------------------------------------------------------------------------------


@blueprint.route("/sign-in/card", methods=["GET", "POST"])
def card_sign_in() -> ResponseReturnValue:
    """audience: anyone. Sign in with the ID card in this computer's reader."""
    wanted = request.args.get("next")
    if actor().signed_in:
        return go(entrance.after(wanted))
    form, refusal = card_page.TokenForm(), None
    if form.validate_on_submit():
        try:
            return _arrived(signing_in.by_card(card_page.secret(), form.token.data or "", address=address()), wanted)
        except Unavailable:
            raise
        except Refusal as refused:
            refusal = refused
    return card_page.show(form, challenge=url_for(".card_sign_in_challenge"), refusal=refusal, wanted=wanted, purpose="sign-in")


@blueprint.post("/sign-in/card/challenge")
def card_sign_in_challenge() -> Response:
    """audience: anyone. What the card is to sign."""
    return card_page.hand_over(signing_in.card_challenge())


# --- With Mobile ID --------------------------------------------------------------------------------------------------------------


@blueprint.route("/sign-in/mobile-id", methods=["GET", "POST"])
def phone_sign_in() -> ResponseReturnValue:
    """audience: anyone. Sign in with Mobile ID: the phone is asked, and shows the same code as the page."""
    wanted = request.args.get("next")
    if actor().signed_in:
        return go(entrance.after(wanted))
    form = PhoneSignInForm()
    if form.validate_on_submit():
        try:
            handed = signing_in.ring(form.phone.data, form.civil_number.data, locale=locale(), address=address())
        except Refusal as refusal:
            if refusal.field is None:
                raise
            form.refuse(refusal)
        else:
            session[RINGING], session[NEXT] = handed.secret, wanted and back_to(wanted)
            return go(url_for(".phone_sign_in_waiting"))
    return page("identity/sign_in_phone.html", 422 if form.errors else 200, form=form, wanted=wanted)


@blueprint.get("/sign-in/mobile-id/waiting")
def phone_sign_in_waiting() -> ResponseReturnValue:
    """audience: anyone. Waits for the phone; asked again by itself every two seconds."""
    found = signing_in.poll(session.get(RINGING), address=address())
    if isinstance(found, Arrival):
        return left_alone(_arrived(found, session.get(NEXT)))
    if found is None or found.state == "failed":
        if actor().signed_in:  # another window was faster
            return left_alone(go(entrance.after(None)))
        notice("error", signing_in.UNCONFIRMED if found is None else signing_in.failure(found))
        return left_alone(go(url_for(".phone_sign_in", next=session.get(NEXT))))
    return waiting_page(
        found,
        code=signing_in.code(found),
        refresh=url_for(".phone_sign_in_waiting"),
        cancel=url_for(".cancel_phone_sign_in"),
    )


@blueprint.post("/sign-in/mobile-id/cancellation")
def cancel_phone_sign_in() -> Response:
    """audience: anyone. Stop waiting for the phone."""
    signing_in.cancel(session.pop(RINGING, None))
    return go(url_for(".phone_sign_in", next=session.get(NEXT)))


# --- Who arrived -----------------------------------------------------------------------------------------------------------------


def _arrived(arrival: Arrival, wanted: str | None) -> ResponseReturnValue:
    """Into their account; or, for a newcomer, to opening one. Either way the cookie is a new one."""
    if arrival.account is not None:
        return entrance.enter(arrival.account, wanted, assurance=arrival.assurance, method=arrival.method)
    assert arrival.newcomer is not None
    entrance.afresh()
    session[PROVEN], session[NEXT] = arrival.newcomer.secret, wanted and back_to(wanted)
    return go(url_for(".newcomer"))


@blueprint.route("/newcomer", methods=["GET", "POST"])
def newcomer() -> ResponseReturnValue:
    """audience: anyone. Whoever proved who they are and has no account opens one here: name and number are the certificate's."""
    person = newcomers.of(session.get(PROVEN))
    if person is None:
        notice("info", _("That step is over, or was begun in another browser. Please begin again."))
        return go(url_for("accounts.sign_in"))
    form = NewcomerForm()
    if form.validate_on_submit():
        with refusals_in(form):
            session["challenge"] = newcomers.register(
                session.get(PROVEN),
                email=form.email.data,
                phone=form.phone.data,
                arabic_name=form.arabic_name.data or "",
                terms=registering.TERMS,
                locale=locale(),
                address=address(),
            )
            return go(url_for("accounts.verify_email"))
    return page("identity/newcomer.html", 422 if form.errors else 200, form=form, person=person, terms=registering.TERMS)
