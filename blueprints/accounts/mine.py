"""One's own account: the data, the browsers that are signed in, what happened."""

from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from blueprints.accounts.routes import blueprint, sign_out
from blueprints.actor import actor, address
from blueprints.addresses import go
from blueprints.page import notice, page
from engine.wording import _
from operations import accounts, registering, security_events, sessions


@blueprint.get("")
@login_required
def mine() -> ResponseReturnValue:
    """audience: signed in"""
    return page("accounts/mine.html", mine=accounts.mine(actor()), kinds=registering.KINDS)


@blueprint.get("/sessions")
@login_required
def browsers() -> ResponseReturnValue:
    """audience: signed in"""
    return page("accounts/sessions.html", sessions=sessions.of(actor()))


@blueprint.post("/sessions/<int:session_id>/end")
@login_required
def end_session(session_id: int) -> ResponseReturnValue:
    """audience: signed in"""
    if session_id == actor().session:
        return sign_out()
    sessions.end_one(actor(), session_id, address=address())
    notice("success", _("That session is ended."))
    return go(url_for(".browsers"))


@blueprint.post("/sessions/others/end")
@login_required
def end_other_sessions() -> ResponseReturnValue:
    """audience: signed in"""
    sessions.end_others(actor(), address=address())
    notice("success", _("You are signed out everywhere else."))
    return go(url_for(".browsers"))


@blueprint.get("/events")
@login_required
def events() -> ResponseReturnValue:
    """audience: signed in. What happened, a page at a time; `before` and `after` are marks of that list."""
    marks = {name: request.args.get(name, type=int) for name in ("before", "after")}
    return page("accounts/events.html", shown=security_events.of(actor(), **marks))
