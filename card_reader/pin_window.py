"""The PIN window: a page on the agent's own origin, known by a secret of one operation, which the portal's page can neither read nor frame.

Works without scripts: states that need nothing typed reload themselves, the rest are forms.
"""

from typing import Any

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from card_reader.errors import CardProblem
from card_reader.operations import Desk, Operation
from card_reader.wording import PROBLEMS, TEXTS, tries_left

DIRECTIONS = {"ar": "rtl", "en": "ltr"}
PATIENCE = 15.0  # seconds a form waits for the card's answer; after that the page says that the card is working

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; font-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # Not no-referrer: a form's Origin would be null.
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def served(desk: Desk) -> Blueprint:
    """The window's pages, for the operation at this desk."""
    blueprint = Blueprint(
        "window", __name__, url_prefix="/window", static_folder="window/static", template_folder="window/templates"
    )

    @blueprint.before_request
    def from_this_window() -> ResponseReturnValue | None:
        """No other site may lead here, load anything from here, or send a form here."""
        elsewhere = request.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin")
        foreign = request.method == "POST" and request.headers.get("Origin") != f"http://{request.host}"
        return ("", 403) if elsewhere or foreign else None

    @blueprint.after_request
    def closed(response: Response) -> Response:
        response.headers.update(HEADERS)
        return response

    @blueprint.get("/<secret>")
    def page(secret: str) -> ResponseReturnValue:
        operation = desk.at(secret)
        return (_page(operation), 200) if operation else (_over(), 404)

    @blueprint.get("/<secret>/turn")
    def turn(secret: str) -> ResponseReturnValue:
        operation = desk.at(secret)
        return jsonify(turn=operation.view.turn) if operation else (jsonify(turn=None), 404)

    @blueprint.post("/<secret>")
    def answer(secret: str) -> ResponseReturnValue:
        operation = desk.at(secret)
        if not operation:
            return _over(), 404
        if "cancel" in request.form:
            operation.stop(CardProblem("cancelled"))
            operation.wait_for(lambda view: view.over, PATIENCE)
        else:
            operation.answer(request.form.get("turn", -1, type=int), request.form.get("pin", ""))
            operation.wait_for(lambda view: view.state != "working", PATIENCE)
        return redirect(url_for("window.page", secret=secret, lang=request.args.get("lang")), 303)

    return blueprint


def _page(operation: Operation) -> str:
    view, wish = operation.view, operation.wish
    values = {"view": view, "wish": wish, "tries": None if view.tries is None else tries_left(view.tries)}
    return _rendered(f"{view.state}.html", wish.language, problem=PROBLEMS.get(view.code or ""), **values)


def _over() -> str:
    return _rendered("gone.html", "ar", problem=PROBLEMS["window-over"], view=None, wish=None)


def _rendered(template: str, language: str, **values: Any) -> str:
    asked = request.args.get("lang", language)
    language = asked if asked in DIRECTIONS else language
    t = {name: text.within(language) for name, text in TEXTS.items()}
    other = "en" if language == "ar" else "ar"
    return render_template(template, t=t, lang=language, dir=DIRECTIONS[language], other=other, **values)
