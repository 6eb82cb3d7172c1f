"""The register's interface for those who collect for it, and a page on which its own clerks, and whoever tries it out, see and change it."""

from collections.abc import Mapping
from typing import Any

from flask import Flask, Response, jsonify, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from sandbox.violations.store import Store
from sandbox.violations.wire import signed
from sandbox.violations.words import LANGUAGES, WORDS

DEVELOPMENT_KEY_ID, DEVELOPMENT_SECRET = "bawaba", "development-only-not-a-secret"
PAGE_POLICY = "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
ANSWERS = {"paid": 201, "repeated": 200, "refused": 409, "wrong-amount": 422, "unknown": 404}
HIDDEN = ("receipt", "paid_at")
ACTIONS: dict[str, dict[str, Any]] = {
    "pay": {"state": "paid", "receipt": "AT-THE-COUNTER"},
    "cancel": {"state": "cancelled"},
    "restore": {"state": "due", "receipt": None},
}


def create_app(store: Store, keys: Mapping[str, str]) -> Flask:
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = 64 * 1024

    @app.before_request
    def admit() -> Any:
        if not request.path.startswith("/v1/"):
            return None
        if store.silent:
            return {"error": "out of order"}, 503
        target = request.full_path if request.query_string else request.path
        if not signed(request.method, target, request.get_data(), dict(request.headers), keys):
            return {"error": "not signed by a known key, or too long ago"}, 401
        return None

    @app.get("/v1/violations")
    def violations() -> Any:
        establishment, numbers = request.args.get("establishment"), request.args.getlist("number")
        if not establishment and not numbers:
            return {"error": "ask by establishment or by number"}, 400
        found = store.find(establishment, numbers)
        return {"violations": [{name: value for name, value in row.items() if name not in HIDDEN} for row in found]}

    @app.put("/v1/violations/<number>/payment")
    def payment(number: str) -> Any:
        said = request.get_json(silent=True)
        if (
            not isinstance(said, dict)
            or not isinstance(said.get("receipt"), str)
            or not isinstance(said.get("amount_baisa"), int)
        ):
            return {"error": "receipt and amount_baisa are needed"}, 400
        outcome = store.pay(number, said["receipt"], said["amount_baisa"], str(said.get("paid_at", "")))
        return {"outcome": outcome}, ANSWERS[outcome]

    @app.get("/")
    def listed() -> Response:
        language = request.args.get("lang", request.cookies.get("lang"))
        language = language if language in LANGUAGES else LANGUAGES[0]
        page = render_template(
            "list.html", language=language, words=WORDS[language], violations=store.find(None, []), silent=store.silent
        )
        response = make_response(page)
        response.set_cookie("lang", language, samesite="Lax", httponly=True)
        return response

    @app.post("/violations/<number>/<action>")
    def act(number: str, action: str) -> AnyResponse:
        if action in ACTIONS:
            store.change(number, **ACTIONS[action])
        return redirect(url_for("listed"), 303)

    @app.post("/silence")
    def silence() -> AnyResponse:
        store.silent = not store.silent
        return redirect(url_for("listed"), 303)

    @app.post("/control")
    def control() -> Any:
        """For scripts: {"silent": true}, or {"number": …, and what becomes of it}, or {"add": {…}}. JSON only: no other site's form can send it."""
        wish = request.get_json()
        if "silent" in wish:
            store.silent = bool(wish["silent"])
        if "add" in wish:
            store.add(wish["add"])
        if "number" in wish:
            allowed = {name: value for name, value in wish.items() if name in ("state", "receipt", "amount_baisa")}
            store.change(wish["number"], **allowed)
        return jsonify(store.find(None, []))

    @app.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @app.after_request
    def guard(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", PAGE_POLICY)
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    return app
