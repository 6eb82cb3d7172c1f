"""The pages of accounts. A flow (registering, signing in without scripts, recovering) holds the id of its challenge in the signed cookie."""

from flask import Blueprint, jsonify, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required, logout_user

from blueprints import entrance
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
from blueprints.addresses import back_to
from blueprints.language import locale
from blueprints.page import notice, page
from engine.errors import NotFound, TooMany
from engine.wording import Text, _
from operations import accounts, captcha, codes, sessions
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
}
"""Posts per address."""
WITHOUT_CAPTCHA = 4

CODE_PAGES = {
    Purpose.REGISTER_EMAIL: "accounts.verify_email",
    Purpose.REGISTER_PHONE: "accounts.verify_phone",
    Purpose.RECOVER: "accounts.renew_password",
    Purpose.HUMAN: "accounts.confirm_sign_in",
}


def cost() -> int:
    """What one post takes from its limit: a form sent with scripts off, so without a solved CAPTCHA, counts several times."""
    return WITHOUT_CAPTCHA if request.form.get("noscript") and not request.form.get("altcha") else 1


# --- Registering -----------------------------------------------------------------------------------------------------------------


@blueprint.route("/registration", methods=["GET", "POST"])
def register() -> ResponseReturnValue:
    """audience: anyone"""
    if actor().signed_in:
        return redirect(entrance.after(request.args.get("next")), 303)
    form = RegistrationForm()
    form.speak(locale())

    if form.validate_on_submit() and form.by_a_person():
        with refusals_in(form):
            challenge = accounts.register(form.given, locale=locale(), address=address())
            return _to_code_page(challenge, Purpose.REGISTER_EMAIL, wanted=request.args.get("next"))

    return page("accounts/register.html", 422 if form.errors else 200, form=form, wanted=request.args.get("next"))


@blueprint.route("/registration/email", methods=["GET", "POST"])
def verify_email() -> ResponseReturnValue:
    """audience: anyone"""
    challenge = codes.find(session.get("challenge"), Purpose.REGISTER_EMAIL)
    if challenge is None:
        return _begin_again("accounts.register")
    form = CodeForm()

    if form.validate_on_submit():
        with refusals_in(form):
            following = accounts.verify_email(challenge.id, form.code.data, locale=locale(), address=address())
            return _to_code_page(following, Purpose.REGISTER_PHONE)

    return _code_page(form, challenge, _("Confirm your e-mail"), start=url_for("accounts.register"))


@blueprint.route("/registration/phone", methods=["GET", "POST"])
def verify_phone() -> ResponseReturnValue:
    """audience: anyone"""
    challenge = codes.find(session.get("challenge"), Purpose.REGISTER_PHONE)
    if challenge is None:
        return _begin_again("accounts.register")
    form = CodeForm()

    if form.validate_on_submit():
        with refusals_in(form):
            account = accounts.verify_phone(challenge.id, form.code.data, address=address())
            notice("success", _("Your account is open. Welcome!"))
            return entrance.enter(account, session.get("next"))

    return _code_page(form, challenge, _("Confirm your mobile number"), start=url_for("accounts.register"))


@blueprint.post("/codes/again")
def send_again() -> ResponseReturnValue:
    """audience: anyone"""
    challenge = codes.find(session.get("challenge"))
    if challenge is None or challenge.used_at:
        return _begin_again("accounts.sign_in")
    try:
        codes.again(challenge.id, locale=locale(), address=address())
        notice("success", _("Another code is on its way. The one before no longer counts."))
    except TooMany as early:
        notice("warning", early.message)
    return redirect(url_for(CODE_PAGES[Purpose(challenge.purpose)]), 303)


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
            accounts.renew_password_by_link(challenge.id, token, form.password.data, address=address())
            return _with_new_password()

    return page("accounts/new_password.html", 422 if form.errors else 200, form=form, challenge=None)


def _confirm_email(challenge: OneTimeCode, token: str) -> ResponseReturnValue:
    if request.method == "POST":
        following = accounts.verify_email_by_link(challenge.id, token, locale=locale(), address=address())
        return _to_code_page(following, Purpose.REGISTER_PHONE)
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
            account = accounts.recognise(form.who.data, form.password.data, address=address())
            if form.scripts_off:
                challenge = accounts.ask_if_human(account, locale=locale(), address=address())
                return _to_code_page(challenge, Purpose.HUMAN, wanted=request.args.get("next"))
            return entrance.enter(account, request.args.get("next"))

    ended = "_user_id" in session and not current_user.is_authenticated
    return page("accounts/sign_in.html", 422 if form.errors else 200, form=form, ended=ended, wanted=request.args.get("next"))


@blueprint.route("/sign-in/code", methods=["GET", "POST"])
def confirm_sign_in() -> ResponseReturnValue:
    """audience: anyone"""
    challenge = codes.find(session.get("challenge"), Purpose.HUMAN)
    if challenge is None:
        return _begin_again("accounts.sign_in")
    form = CodeForm()

    if form.validate_on_submit():
        with refusals_in(form):
            return entrance.enter(accounts.is_human(challenge.id, form.code.data), session.get("next"))

    return _code_page(form, challenge, _("One more step: the code we mailed you"), start=url_for("accounts.sign_in"))


@blueprint.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """audience: anyone"""
    if actor().signed_in:
        accounts.leave(actor(), address=address())
    logout_user()
    session.clear()
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
            challenge = accounts.recover(form.who.data, locale=locale(), address=address())
            return _to_code_page(challenge, Purpose.RECOVER)

    return page("accounts/recover.html", 422 if form.errors else 200, form=form)


@blueprint.route("/recovery/password", methods=["GET", "POST"])
def renew_password() -> ResponseReturnValue:
    """audience: anyone"""
    challenge = codes.find(session.get("challenge"), Purpose.RECOVER)
    if challenge is None or challenge.used_at:
        return _begin_again("accounts.recover")
    form = NewPasswordByCodeForm()

    if form.validate_on_submit():
        with refusals_in(form):
            accounts.renew_password(challenge.id, form.code.data, form.password.data, address=address())
            return _with_new_password()

    return page("accounts/new_password.html", 422 if form.errors else 200, form=form, **_sent(challenge))


def _with_new_password() -> ResponseReturnValue:
    session.clear()
    notice("success", _("Your new password is set, and you were signed out everywhere. Sign in with it now."))
    return redirect(url_for("accounts.sign_in"), 303)


# --- One's own account -----------------------------------------------------------------------------------------------------------


@blueprint.get("")
@login_required
def mine() -> ResponseReturnValue:
    """audience: signed in"""
    return page("accounts/mine.html", mine=accounts.mine(actor()))


@blueprint.post("/sessions/<int:session_id>/end")
@login_required
def end_session(session_id: int) -> ResponseReturnValue:
    """audience: signed in"""
    if session_id == actor().session:
        return sign_out()
    sessions.end_one(actor(), session_id)
    notice("success", _("That session is ended."))
    return redirect(url_for("accounts.mine"), 303)


@blueprint.post("/sessions/others/end")
@login_required
def end_other_sessions() -> ResponseReturnValue:
    """audience: signed in"""
    sessions.end_others(actor())
    notice("success", _("You are signed out everywhere else."))
    return redirect(url_for("accounts.mine"), 303)


# --- What several of them share --------------------------------------------------------------------------------------------------


def _to_code_page(challenge_id: str, purpose: Purpose, wanted: str | None = None) -> ResponseReturnValue:
    session["challenge"] = challenge_id
    if wanted:
        session["next"] = back_to(wanted)
    return redirect(url_for(CODE_PAGES[purpose]), 303)


def _code_page(form: CodeForm, challenge: OneTimeCode, title: Text, start: str) -> ResponseReturnValue:
    return page("accounts/code.html", 422 if form.errors else 200, form=form, title=title, start=start, **_sent(challenge))


def _sent(challenge: OneTimeCode) -> dict[str, object]:
    """What a page tells about a code on its way."""
    return {"challenge": challenge, "sent_to": codes.masked(challenge), "wait": codes.wait(challenge)}


def _begin_again(endpoint: str) -> ResponseReturnValue:
    notice("info", _("That step is over, or was begun in another browser. Please begin again."))
    return redirect(url_for(endpoint), 303)
