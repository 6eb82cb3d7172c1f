"""Coming in: from a proven account to a signed-in browser, whatever proved it."""

from typing import TYPE_CHECKING

from flask import after_this_request, current_app, g, request, session, url_for
from flask.typing import ResponseReturnValue
from flask.wrappers import Response

from blueprints.actor import actor, address, become
from blueprints.addresses import back_to, go
from blueprints.page import notice
from engine.assurance import Assurance
from engine.errors import NotFound
from engine.wording import _
from operations import browsers, entrance, second_factor, sessions

if TYPE_CHECKING:
    from models import Account

HELD = "held"  # the secret of whoever has shown one of two factors
OPENED = "registration"
LONG = 400 * 24 * 3600  # the longest a browser keeps a cookie

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
    account: "Account", wanted: str | None, *, assurance: Assurance = Assurance.PASSWORD, method: str = "password"
) -> ResponseReturnValue:
    """Signed in from here on, and on to where the person was going. Staff who have shown one factor are asked for the second first."""
    if second_factor.asked(account, assurance):
        secret = second_factor.hold(account, assurance, method)
        afresh()
        session[HELD], session["next"] = secret, wanted
        return go(url_for("accounts.show_second_factor"))
    come_in(account, assurance=assurance, method=method)
    return go(after(wanted))


def come_in(account: "Account", *, assurance: Assurance, method: str, second_factor_shown: bool = False) -> None:
    """A session in a fresh cookie: whatever somebody may have put into the old one is gone, and an older session ends."""
    if actor().signed_in:
        sessions.end(actor())
    marks = request.cookies.get(_cookie(), "")
    token = entrance.enter(
        account,
        browser=browser(),
        address=address(),
        assurance=assurance,
        method=method,
        known=method == OPENED or browsers.known(marks, account),
        second_factor_shown=second_factor_shown,
    )
    afresh()
    if not become(token):  # blocked this very moment
        raise NotFound
    _remember(browsers.marked(marks, account))
    if account.closing_at:
        notice("success", _("You came back, so your account stays open."))


def _remember(marks: str) -> None:
    """This browser is known to the account the next time."""

    @after_this_request
    def keep(response: Response) -> Response:
        response.set_cookie(
            _cookie(), marks, max_age=LONG, httponly=True, samesite="Lax", secure=current_app.config["SESSION_COOKIE_SECURE"]
        )
        return response


def _cookie() -> str:
    return "__Host-browser" if current_app.config["SESSION_COOKIE_SECURE"] else "browser"


def afresh() -> None:
    """Empty the cookie of all but what the next page has to say."""
    kept = session.get("_flashes", [])
    session.clear()
    session["_flashes"] = kept
    g.pop("csrf_token", None)  # of the old cookie; a page shown now needs one of the new


def after(wanted: str | None) -> str:
    """Where somebody who came in goes on."""
    return back_to(wanted, url_for("applications.dashboard"))


def browser() -> str:
    """The browser and system as people call them, for the list of sessions."""
    agent = request.headers.get("User-Agent", "")
    names = [next((name for sign, name in table if sign in agent), "") for table in (BROWSERS, SYSTEMS)]
    return " · ".join(filter(None, names))
