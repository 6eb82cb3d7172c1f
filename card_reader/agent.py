"""What portals' pages ask, over HTTP on 127.0.0.1: the state of the readers, a login, a signature.

GET  /v1/status                                       → {version, ready, busy, readers, code?, message?}
POST /v1/authenticate {challengeNonce, lang}          → a Web eID token
POST /v1/certificate  {lang}                          → {certificate, supportedSignatureAlgorithms}
POST /v1/sign         {hash, hashFunction, what, lang} → {certificate, signature, signatureAlgorithm}
A problem is {code, message: {ar, en}, tries?}. Every request names a portal of ours in Origin, carries the header X-Card-Reader, and comes
from a program of the same user.
"""

import base64
import binascii
import hashlib
import json
import logging
import re
from collections.abc import Callable
from typing import Any

from flask import Flask, Response, g, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from card_reader import pin_window
from card_reader.errors import CardProblem
from card_reader.guards import own_names, same_user
from card_reader.operations import Declined, Desk
from card_reader.reader import Readers, Status
from card_reader.settings import LANGUAGES, Settings
from card_reader.token import HASH_FUNCTIONS, VERSION, Authentication, Signing, SigningCertificate, Wish
from card_reader.wording import message_of

log = logging.getLogger(__name__)

HEADER = "X-Card-Reader"
LONGEST_WHAT = 200  # characters
# Chrome's questions before a public page may call this computer (Private Network Access, and the name it bore between).
NETWORK_QUESTIONS = ("Private-Network", "Local-Network")
# Web eID: a nonce of 256 bits at least, as base64.
NONCE = re.compile(r"[A-Za-z0-9+/_-]{43,128}={0,2}")

# The first row that fits tells what the readers lack.
LACKS: tuple[tuple[str, Callable[[Status], bool]], ...] = (
    ("no-service", lambda status: not status.service),
    ("no-reader", lambda status: not status.readers),
    ("reader-busy", lambda status: any(each.state == "busy" for each in status.readers)),
    ("not-supported", lambda status: any(each.state == "unknown-card" for each in status.readers)),
    ("mute-card", lambda status: any(each.state == "mute" for each in status.readers)),
    ("no-card", lambda status: True),
)


class Refused(Exception):
    """A request that is answered with a status and one of wording's codes."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status, self.code = status, code


def create_app(settings: Settings, readers: Readers, desk: Desk) -> Flask:
    app = Flask("card_reader", static_folder=None)
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    app.register_blueprint(pin_window.served(desk))
    names = own_names(settings.port)

    @app.before_request
    def guarded() -> ResponseReturnValue | None:
        """Before anything else is done for anybody, whether the address exists or not."""
        caller = (request.environ.get("REMOTE_ADDR", ""), int(request.environ.get("REMOTE_PORT", 0)))
        if request.headers.get("Host") not in names or not same_user(caller, settings.port):
            raise Refused(403, "forbidden")
        if request.path.startswith("/window/"):
            return None  # has guards of its own
        if request.headers.get("Origin") not in settings.portals:
            raise Refused(403, "forbidden")
        g.portal = request.headers["Origin"]
        if request.method == "OPTIONS":
            return _preflight()
        if HEADER not in request.headers or (request.method == "POST" and request.mimetype != "application/json"):
            raise Refused(403, "forbidden")
        return None

    @app.after_request
    def readable(response: Response) -> Response:
        """By the page that asked, and no other."""
        response.vary.add("Origin")
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        if "portal" in g:
            response.headers["Access-Control-Allow-Origin"] = g.portal
        return response

    @app.get("/v1/status")
    def status() -> ResponseReturnValue:
        return jsonify(_status(readers.status(), settings.reader) | {"version": VERSION, "busy": desk.busy})

    @app.post("/v1/authenticate")
    def authenticate() -> ResponseReturnValue:
        asked = _asked()
        nonce = asked.get("challengeNonce")
        if not isinstance(nonce, str) or not NONCE.fullmatch(nonce):
            raise Refused(400, "bad-request")
        return served(Authentication(g.portal, language(asked), nonce))

    @app.post("/v1/certificate")
    def certificate() -> ResponseReturnValue:
        return served(SigningCertificate(g.portal, language(_asked())))

    @app.post("/v1/sign")
    def sign() -> ResponseReturnValue:
        asked = _asked()
        return served(Signing(g.portal, language(asked), *_to_sign(asked)))

    def served(wish: Wish) -> ResponseReturnValue:
        gone = request.environ.get("waitress.client_disconnected", lambda: False)
        return jsonify(desk.serve(wish, lambda secret: f"http://127.0.0.1:{settings.port}/window/{secret}", gone))

    def language(asked: dict[str, Any]) -> str:
        wished = asked.get("lang")
        return wished if isinstance(wished, str) and wished in LANGUAGES else settings.language

    app.register_error_handler(Refused, lambda refused: _problem(refused.status, refused.code))
    app.register_error_handler(Declined, lambda declined: _problem(409 if declined.code == "busy" else 500, declined.code))
    app.register_error_handler(CardProblem, lambda problem: _problem(422, problem.code, problem.tries))
    app.register_error_handler(HTTPException, _http_problem)
    app.register_error_handler(Exception, _fault)
    return app


def _preflight() -> ResponseReturnValue:
    headers = {
        "Access-Control-Allow-Methods": "GET, POST",
        "Access-Control-Allow-Headers": f"Content-Type, {HEADER}",
        "Access-Control-Max-Age": "600",
    }
    for question in NETWORK_QUESTIONS:
        if request.headers.get(f"Access-Control-Request-{question}") == "true":
            headers[f"Access-Control-Allow-{question}"] = "true"
    return "", 204, headers


def _asked() -> dict[str, Any]:
    try:
        asked = json.loads(request.get_data())
    except (ValueError, RecursionError):
        raise Refused(400, "bad-request") from None
    if not isinstance(asked, dict):
        raise Refused(400, "bad-request")
    return asked


def _to_sign(asked: dict[str, Any]) -> tuple[bytes, str, str]:
    """Digest, hash function, and what the person reads: plain text, since signs that turn the direction of writing could show another."""
    given, function, what = (asked.get(name) for name in ("hash", "hashFunction", "what"))
    if not (isinstance(given, str) and isinstance(function, str) and isinstance(what, str)):
        raise Refused(400, "bad-request")
    if function not in HASH_FUNCTIONS or not what.strip() or len(what) > LONGEST_WHAT or not what.isprintable():
        raise Refused(400, "bad-request")
    try:
        digest = base64.b64decode(given, validate=True)
    except (ValueError, binascii.Error):
        raise Refused(400, "bad-request") from None
    if len(digest) != hashlib.new(HASH_FUNCTIONS[function]).digest_size:
        raise Refused(400, "bad-request")
    return digest, function, what


def _status(status: Status, reader: str | None) -> dict[str, Any]:
    """What a page tells a person before they press the button."""
    if reader:
        status = Status(status.service, tuple(each for each in status.readers if each.name == reader))
    said: dict[str, Any] = {
        "ready": any(each.state == "card" for each in status.readers),
        "readers": [{"name": each.name, "state": each.state, "pinPad": each.pin_pad} for each in status.readers],
    }
    if not said["ready"]:
        code = next(code for code, lacks in LACKS if lacks(status))
        said |= {"code": code, "message": message_of(code)._asdict()}
    return said


def _problem(status: int, code: str, tries: int | None = None) -> ResponseReturnValue:
    said: dict[str, Any] = {"code": code, "message": message_of(code)._asdict()}
    return jsonify(said if tries is None else said | {"tries": tries}), status


def _http_problem(problem: HTTPException) -> ResponseReturnValue:
    return _problem(problem.code or 500, "not-found" if problem.code in (404, 405) else "bad-request")


def _fault(fault: Exception) -> ResponseReturnValue:
    log.error("a fault of ours", exc_info=fault)
    return _problem(500, "fault")
