"""What an operation refused with, as a page: each kind has one status and one way to go on. Routes never catch them."""

import logging

from flask import Flask, request
from flask.wrappers import Response
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from blueprints.page import page
from engine.errors import Conflict, NotAllowed, NotFound, Refusal, TooMany, Unavailable
from engine.wording import Text, _

log = logging.getLogger(__name__)

TITLES: dict[int, Text] = {
    400: _("We could not read that"),
    403: _("This page is not for your account"),
    404: _("This page is not here"),
    405: _("This page is not here"),
    409: _("Something changed meanwhile"),
    413: _("That is too large"),
    422: _("That cannot be done as it stands"),
    429: _("Please wait a little"),
    500: _("Something went wrong on our side"),
    503: _("A service we depend on is not answering"),
}
ADVICE: dict[int, Text] = {
    400: _("Go back to the page you came from and send it again; what you saved is still there."),
    403: _("If you need it for your work, ask your administrator for the role."),
    404: _("Check the address, or start from the home page. What you saved is in your dashboard."),
    405: _("Check the address, or start from the home page. What you saved is in your dashboard."),
    413: _("Send a smaller file; each may have up to 10 MB."),
    429: _("You, or somebody on the same connection, tried very often. Wait a few minutes and try again."),
    500: _("It was recorded and we will look at it. Nothing you saved is lost. Try again in a moment."),
}
STATUS: dict[type[Exception], int] = {Conflict: 409, Unavailable: 503, TooMany: 429, Refusal: 422}


def init_app(app: Flask) -> None:
    @app.errorhandler(Refusal)
    def refused(refusal: Refusal) -> Response:
        status = next(status for kind, status in STATUS.items() if isinstance(refusal, kind))
        response = _sorry(status, refusal.message)
        if isinstance(refusal, TooMany):
            response.headers["Retry-After"] = str(refusal.retry_after)
        return response

    @app.errorhandler(NotFound)
    def unknown(_problem: NotFound) -> Response:
        return _sorry(404)

    @app.errorhandler(NotAllowed)
    def forbidden(_problem: NotAllowed) -> Response:
        return _sorry(403)

    @app.errorhandler(CSRFError)
    def stale(_problem: CSRFError) -> Response:
        return _sorry(400, _("This page was open too long to be sent safely. Go back, load it again and send it once more."))

    @app.errorhandler(HTTPException)
    def refused_by_the_server(problem: HTTPException) -> Response:
        if problem.response is not None or (problem.code or 500) < 400:
            return problem.get_response()  # type: ignore[return-value]
        response = _sorry(problem.code or 500)
        response.headers.extend({name: value for name, value in problem.get_headers() if name in ("Retry-After", "Allow")})
        return response

    @app.errorhandler(Exception)
    def broken(problem: Exception) -> Response:
        log.error("unhandled on %s %s", request.method, request.path, exc_info=problem)
        return _sorry(500)


def _sorry(status: int, advice: Text | None = None) -> Response:
    status = status if status in TITLES else 400
    return page("pages/error.html", status, title=TITLES[status], advice=advice or ADVICE.get(status), status=status)
