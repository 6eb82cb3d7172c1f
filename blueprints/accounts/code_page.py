"""The page that asks for a code on its way. The id of its challenge lies in the signed cookie: the flow belongs to this browser."""

from flask import session, url_for
from flask.typing import ResponseReturnValue

from blueprints.accounts.forms import CodeForm
from blueprints.addresses import back_to, go
from blueprints.page import notice, page
from engine.wording import Text, _
from operations import codes
from operations.codes import OneTimeCode, Purpose

PAGES = {
    Purpose.REGISTER_EMAIL: "accounts.verify_email",
    Purpose.REGISTER_PHONE: "accounts.verify_phone",
    Purpose.RECOVER: "accounts.renew_password",
    Purpose.HUMAN: "accounts.confirm_sign_in",
    Purpose.CHANGE_EMAIL: "accounts.verify_new_email",
    Purpose.CHANGE_PHONE: "accounts.verify_new_phone",
}


def of(challenge: OneTimeCode) -> str:
    return url_for(PAGES[Purpose(challenge.purpose)])


def go_to(challenge_id: str, purpose: Purpose, wanted: str | None = None) -> ResponseReturnValue:
    session["challenge"] = challenge_id
    if wanted:
        session["next"] = back_to(wanted)
    return go(url_for(PAGES[purpose]))


def show(form: CodeForm, challenge: OneTimeCode, title: Text, start: str) -> ResponseReturnValue:
    return page("accounts/code.html", 422 if form.errors else 200, form=form, title=title, start=start, **sent(challenge))


def sent(challenge: OneTimeCode) -> dict[str, object]:
    """What a page tells about a code on its way."""
    return {"challenge": challenge, "sent_to": codes.masked(challenge), "wait": codes.wait(challenge)}


def begin_again(endpoint: str) -> ResponseReturnValue:
    notice("info", _("That step is over, or was begun in another browser. Please begin again."))
    return go(url_for(endpoint))
