"""Questions that anybody may ask a few times; after that, who has not signed in shows that a person asks.

Counted by network address, where the portal counts posts too: shared by all its processes, forgotten by itself.
"""

from flask import current_app
from flask_limiter import Limiter
from limits import RateLimitItem, parse

from blueprints.actor import actor, address
from engine.wording import Text, _
from operations import captcha

PURPOSE = "question"
FREE: RateLimitItem = parse("3/hour")
NO_SCRIPTS = _("Scripts are off: sign in to go on asking, or come back in an hour.")


def must_show(kind: str, free: RateLimitItem = FREE) -> bool:
    """Whether the next question of that kind from there comes with a solved CAPTCHA."""
    return not actor().signed_in and not _counter().limiter.test(free, kind, address())


def asked(kind: str, free: RateLimitItem = FREE) -> None:
    """One more was asked from there."""
    _counter().limiter.hit(free, kind, address())


def wrong(kind: str, solution: str) -> Text | None:
    """Why this question is not answered yet; None when it may be. To be asked last: a solution serves once."""
    if not must_show(kind) or captcha.passed(PURPOSE, solution):
        return None
    if solution:
        return _("The check that you are not a robot did not succeed. Tick its box again, then send.")
    return _("Tick the box that says you are not a robot, and wait for its sign.")


def _counter() -> Limiter:
    (limiter,) = current_app.extensions["limiter"]
    return limiter  # type: ignore[no-any-return]
