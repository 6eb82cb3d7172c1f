"""Who is asking, as operations want to know it. Flask-Login carries the session's token; operations/sessions knows what it stands for."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, g, request, session, url_for
from flask.wrappers import Response
from flask_login import LoginManager, UserMixin, current_user, login_user

from blueprints.addresses import go, here
from blueprints.language import locale
from engine.actor import Actor
from engine.wording import _
from operations import guests, kept_forms, sessions

GUEST = "guest"  # in the signed cookie: the uuid of who filed without an account
KEPT = frozenset({"applications.take_step"})  # forms long enough to be left open

manager = LoginManager()
manager.session_protection = None  # the token alone is the session; operations/sessions ends it


class SignedIn(UserMixin):  # type: ignore[misc]
    """What Flask-Login holds on to: the opaque token in the signed cookie, and the actor it stands for."""

    def __init__(self, token: str, actor: Actor) -> None:
        self.token = token
        self.actor = actor

    def get_id(self) -> str:
        return self.token


@manager.user_loader  # type: ignore[untyped-decorator]
def _load(token: str) -> SignedIn | None:
    quiet = request.headers.get("X-Quiet") == "1"
    found = sessions.actor_of(token, locale(), quiet=quiet)
    if found and found.acting_ended and not quiet:
        from blueprints.page import notice  # which asks here who is there

        notice("warning", _("You no longer act for this customer: the delegation has ended or was revoked."))
    return SignedIn(token, found) if found else None


def actor() -> Actor:
    """The person behind this request; an anonymous one when nobody is signed in."""
    if "actor" not in g:
        g.actor = current_user.actor if current_user.is_authenticated else _guest() or Actor(locale=locale())
    return g.actor  # type: ignore[no-any-return]


def _guest() -> Actor | None:
    return guests.actor_of(session[GUEST], locale()) if GUEST in session else None


def become_guest(uuid: str) -> None:
    """This browser holds that key from here on, and no other."""
    g.pop("actor", None)
    session[GUEST] = uuid


def applicant_required(view: Callable[..., Any]) -> Callable[..., Any]:
    """As login_required, but who filed without an account and holds the key comes in too: operations hand them that one application alone."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if not actor().signed_in and actor().guest is None:
            return manager.unauthorized()
        return view(*args, **kwargs)

    return guarded


def become(token: str) -> bool:
    """This browser holds that session from here on, this very page included. False when the session is over already."""
    person = _load(token)
    if person is None:
        return False
    g.pop("actor", None)
    login_user(person)
    return True


def address() -> str:
    """Where the request comes from, for limits and the security log."""
    return request.remote_addr or ""


@manager.unauthorized_handler  # type: ignore[untyped-decorator]
def _ask_to_sign_in() -> Response:
    """To the sign-in page, and from there back: to this page, or for a post to the page it was sent from."""
    came_from = urlsplit(request.referrer or "")
    back = here() if request.method == "GET" else came_from.path if came_from.netloc == request.host else None
    if request.endpoint in KEPT and request.method == "POST" and _keep():
        from blueprints.page import notice  # which asks here who is there

        notice("information", _("You had been away for a while. What you typed is kept: sign in, and it is there again."))
        back = request.path
    return go(url_for("accounts.sign_in", next=back))


def _keep() -> bool:
    fields = {name: " ".join(values) for name, values in request.form.lists() if name != "csrf_token"}
    return kept_forms.keep(session.get("_user_id", ""), request.path, fields)


def init_app(app: Flask) -> None:
    manager.init_app(app)
