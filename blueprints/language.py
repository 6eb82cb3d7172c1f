"""Arabic first, English one tap away: which language this request speaks, and the switch."""

from flask import Blueprint, Flask, Response, current_app, g, request
from werkzeug.exceptions import RequestEntityTooLarge

from blueprints.addresses import back_to, go
from engine.wording import LOCALES

A_YEAR = 365 * 24 * 3600

blueprint = Blueprint("language", __name__)


def locale() -> str:
    """`ar` unless the person chose English. A form may carry the switch, so that nothing typed is lost by changing language."""
    if "locale" not in g:
        wanted = _sent() or request.cookies.get(_cookie(), "")
        g.locale = wanted if wanted in LOCALES else "ar"
    return g.locale  # type: ignore[no-any-return]


def _sent() -> str | None:
    """The language that came with a form; none with one that is too large to be read, whose sender is to be told so."""
    try:
        return request.form.get("language") if request.method == "POST" else None
    except RequestEntityTooLarge:
        return None


def switching() -> bool:
    """Whether this post only changes the language of the page it came from."""
    return _sent() in LOCALES


@blueprint.get("/language/<any(ar, en):to>")
def switch(to: str) -> Response:
    """audience: anyone"""
    response = go(back_to(request.args.get("next")))
    _remember(response, to)
    return response


def _remember(response: Response, to: str) -> None:
    response.set_cookie(_cookie(), to, max_age=A_YEAR, httponly=True, samesite="Lax", secure=_secure())


def _cookie() -> str:
    return "__Host-language" if _secure() else "language"


def _secure() -> bool:
    return bool(current_app.config["SESSION_COOKIE_SECURE"])


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)

    @app.after_request
    def keep_choice(response: Response) -> Response:
        if switching():
            _remember(response, locale())
        return response
