"""The pages before one is signed in: registering, signing in and out, recovering.

A flow (registering, signing in without scripts, recovering) holds the id of its challenge in the signed cookie.
"""

from flask import Blueprint, jsonify, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, logout_user

from blueprints import entrance
from blueprints.accounts import code_page
from blueprints.accounts.forms import (
    CodeForm,
    NewPasswordByCodeForm,
    NewPasswordForm,
    RecoveryForm,
    RegistrationForm,
    SignInForm,
    refusals_in,
)
from blueprints.actor import actor, address
from blueprints.language import locale
from blueprints.page import notice, page
from engine.errors import NotFound, TooMany
from engine.wording import _
from operations import captcha, codes, identity_providers, recovering, registering
from operations import entrance as coming
from operations.codes import OneTimeCode, Purpose

blueprint = Blueprint("accounts", __name__, url_prefix="/account")

LIMITS = {
    "accounts.register": "24/hour",
    "accounts.verify_email": "60/hour",
    "accounts.verify_phone": "60/hour",
    "accounts.send_again": "60/hour",
    "accounts.follow_link": "60/hour",
    "accounts.sign_in": "20/minute;200/hour",
    "accounts.confirm_sign_in": "60/hour",
    "accounts.recover": "24/hour",
    "accounts.renew_password": "60/hour",
    "accounts.show_second_factor": "20/minute;100/hour",
    "accounts.set_up_second_factor": "20/minute;100/hour",
    "accounts.renew_second_factor": "20/minute;100/hour",
    "accounts.renew_recovery_codes": "10/hour",
    "accounts.confirm": "20/minute;100/hour",
    "accounts.change_email": "24/hour",
    "accounts.change_phone": "24/hour",
    "accounts.verify_new_email": "60/hour",
    "accounts.verify_new_phone": "60/hour",
    "accounts.change_password": "20/minute;100/hour",
    "accounts.ask_for_copy": "10/hour",
    "accounts.close": "10/hour",
}
"""Posts per address."""
WITHOUT_CAPTCHA = 4


def cost() -> int:
    """What one post takes from its limit: a form sent with scripts off, so without a solved CAPTCHA, counts several times."""
    return WITHOUT_CAPTCHA if request.form.get("noscript") and not request.form.get("altcha") else 1


# --- Registering -----------------------------------------------------------------------------------------------------------------


@blueprint.route("/registration", methods=["GET", "POST"])
def register() -> ResponseReturnValue:
    """audience: anyone"""
    if actor().signed_in:
        return redirect(entrance.after(request.args.get("next")), 303)
    form = RegistrationForm(data={"kind": request.args.get("kind", "citizen")})
    form.speak(locale())

    if form.validate_on_submit() and form.by_a_person():
        with refusals_in(form):
            challenge = registering.register(form.given, locale=locale(), address=address())
            return code_page.go_to(challenge, Purpose.REGISTER_EMAIL, wanted=request.args.get("next"))

    return page(
        "accounts/register.html",
        422 if form.errors else 200,
        form=form,
        wanted=request.args.get("next"),
        terms=registering.TERMS,
    )


@blueprint.route("/registration/email", methods=["GET", "POST"])
def verify_email() -> ResponseReturnValue:
    """audience: anyone"""
    challenge = codes.find(session.get("challenge"), Purpose.REGISTER_EMAIL)
    if challenge is None:
        return code_page.begin_again("accounts.register")
    form = CodeForm()

    if form.validate_on_submit():
        with refusals_in(form):
            following = registering.verify_email(challenge.id, form.code.data, locale=locale(), address=address())
            return code_page.go_to(following, Purpose.REGISTER_PHONE)

    return code_page.show(form, challenge, _("Confirm your e-mail"), start=url_for("accounts.register"))


@blueprint.route("/registration/phone", methods=["GET", "POST"])
def verify_phone() -> ResponseReturnValue:
    """audience: anyone"""
    challenge = codes.find(session.get("challenge"), Purpose.REGISTER_PHONE)
    if challenge is None:
        return code_page.begin_again("accounts.register")
    form = CodeForm()

    if form.validate_on_submit():
        with refusals_in(form):
            account = registering.verify_phone(challenge.id, form.code.data, address=address())
            notice("success", _("Your account is open. Welcome!"))
            return entrance.enter(account, session.get("next"), method=entrance.OPENED)

    return code_page.show(form, challenge, _("Confirm your mobile number"), start=url_for("accounts.register"))


@blueprint.post("/codes/again")
def send_again() -> ResponseReturnValue:
    """audience: anyone"""
    challenge = codes.find(session.get("challenge"))
    if challenge is None or challenge.used_at:
        return code_page.begin_again("accounts.sign_in")
    try:
        codes.again(challenge.id, locale=locale(), address=address())
        notice("success", _("Another code is on its way. The one before no longer counts."))
    except TooMany as early:
        notice("warning", early.message)
    return redirect(code_page.of(challenge), 303)


@blueprint.route("/codes/<challenge_id>/<token>", methods=["GET", "POST"])
def follow_link(challenge_id: str, token: str) -> ResponseReturnValue:
    """audience: anyone

    The link of a mail. Opening it shows what it is for and changes nothing, since programs open links too; the button does it.
    """
    challenge = codes.linked(challenge_id, token)
    if challenge is None:
        return page("accounts/link_over.html", 404)
    if challenge.purpose == Purpose.REGISTER_EMAIL:
        return _confirm_email(challenge, token)
    form = NewPasswordForm()

    if form.validate_on_submit():
        with refusals_in(form):
            recovering.renew_password_by_link(challenge.id, token, form.password.data, address=address())
            return _with_new_password()

    return page("accounts/new_password.html", 422 if form.errors else 200, form=form, challenge=None)


def _confirm_email(challenge: OneTimeCode, token: str) -> ResponseReturnValue:
    if request.method == "POST":
        following = registering.verify_email_by_link(challenge.id, token, locale=locale(), address=address())
        return code_page.go_to(following, Purpose.REGISTER_PHONE)
    return page("accounts/confirm_email.html", account=challenge.account, email=challenge.destination)


# --- Signing in and out ----------------------------------------------------------------------------------------------------------


@blueprint.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> ResponseReturnValue:
    """audience: anyone"""
    if actor().signed_in:
        return redirect(entrance.after(request.args.get("next")), 303)
    form = SignInForm()

    if form.validate_on_submit() and form.by_a_person():
        with refusals_in(form):
            account = coming.recognise(form.who.data, form.password.data, address=address())
            if form.scripts_off:
                challenge = coming.ask_if_human(account, locale=locale(), address=address())
                return code_page.go_to(challenge, Purpose.HUMAN, wanted=request.args.get("next"))
            return entrance.enter(account, request.args.get("next"))

    ended = "_user_id" in session and not current_user.is_authenticated
    return page(
        "accounts/sign_in.html",
        422 if form.errors else 200,
        form=form,
        ended=ended,
        wanted=request.args.get("next"),
        provider=identity_providers.offered(),
    )


@blueprint.route("/sign-in/code", methods=["GET", "POST"])
def confirm_sign_in() -> ResponseReturnValue:
    """audience: anyone"""
    challenge = codes.find(session.get("challenge"), Purpose.HUMAN)
    if challenge is None:
        return code_page.begin_again("accounts.sign_in")
    form = CodeForm()

    if form.validate_on_submit():
        with refusals_in(form):
            return entrance.enter(coming.is_human(challenge.id, form.code.data), session.get("next"))

    return code_page.show(form, challenge, _("One more step: the code we mailed you"), start=url_for("accounts.sign_in"))


@blueprint.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """audience: anyone"""
    elsewhere = identity_providers.left_behind(actor())
    if actor().signed_in:
        coming.leave(actor(), address=address())
    logout_user()
    session.clear()
    if elsewhere:
        session["provider_visit"] = elsewhere
        return redirect(url_for("provider.sign_out"), 303)
    notice("success", _("You are signed out."))
    return redirect(url_for("pages.home"), 303)


@blueprint.route("/stay", methods=["GET", "POST"])
def stay() -> ResponseReturnValue:
    """audience: anyone

    Asked by the page's own script before a session runs out; 401 tells it that the session is over.
    """
    return "", 204 if actor().signed_in else 401


@blueprint.get("/challenge/<purpose>")
def challenge(purpose: str) -> ResponseReturnValue:
    """audience: anyone

    What the CAPTCHA's widget solves.
    """
    if purpose not in captcha.PURPOSES:
        raise NotFound
    return jsonify(captcha.challenge(purpose))


# --- Recovering a password -------------------------------------------------------------------------------------------------------


@blueprint.route("/recovery", methods=["GET", "POST"])
def recover() -> ResponseReturnValue:
    """audience: anyone"""
    form = RecoveryForm()

    if form.validate_on_submit() and form.by_a_person():
        with refusals_in(form):
            challenge = recovering.recover(form.who.data, locale=locale(), address=address())
            return code_page.go_to(challenge, Purpose.RECOVER)

    return page("accounts/recover.html", 422 if form.errors else 200, form=form)


@blueprint.route("/recovery/password", methods=["GET", "POST"])
def renew_password() -> ResponseReturnValue:
    """audience: anyone"""
    challenge = codes.find(session.get("challenge"), Purpose.RECOVER)
    if challenge is None or challenge.used_at:
        return code_page.begin_again("accounts.recover")
    form = NewPasswordByCodeForm()

    if form.validate_on_submit():
        with refusals_in(form):
            recovering.renew_password(challenge.id, form.code.data, form.password.data, address=address())
            return _with_new_password()

    return page("accounts/new_password.html", 422 if form.errors else 200, form=form, **code_page.sent(challenge))


def _with_new_password() -> ResponseReturnValue:
    session.clear()
    notice("success", _("Your new password is set, and you were signed out everywhere. Sign in with it now."))
    return redirect(url_for("accounts.sign_in"), 303)
