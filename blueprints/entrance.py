"""Coming in: from a proven account to a signed-in browser, whatever proved it."""

from flask import redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_user

from blueprints.actor import SignedIn, actor, address
from blueprints.addresses import back_to
from blueprints.language import locale
from engine.assurance import Assurance
from engine.errors import NotFound
from operations import accounts, sessions
from operations.accounts import Account

BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def enter(
    account: Account, wanted: str | None, *, assurance: Assurance = Assurance.PASSWORD, method: str = "password"
) -> ResponseReturnValue:
    """Signed in from here on, in a fresh cookie: whatever somebody may have put into the old one is gone, and an older session ends."""
    if actor().signed_in:
        sessions.end(actor())
    token = accounts.enter(account, browser=_browser(), address=address(), assurance=assurance, method=method)
    afresh()
    entered = sessions.actor_of(token, locale())
    if entered is None:  # blocked this very moment
        raise NotFound
    login_user(SignedIn(token, entered))
    return redirect(after(wanted), 303)


def afresh() -> None:
    """Empty the cookie of all but what the next page has to say."""
    kept = session.get("_flashes", [])
    session.clear()
    session["_flashes"] = kept


def after(wanted: str | None) -> str:
    """Where somebody who came in goes on."""
    return back_to(wanted, url_for("applications.dashboard"))


def _browser() -> str:
    """The browser and system as people call them, for the list of sessions."""
    agent = request.headers.get("User-Agent", "")
    names = [next((name for sign, name in table if sign in agent), "") for table in (BROWSERS, SYSTEMS)]
    return " · ".join(filter(None, names))
