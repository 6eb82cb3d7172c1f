"""The Mobile-ID REST API (github.com/SK-EID/MID, sections 2 and 3) as a provider serves it."""

import base64
import binascii
import datetime as dt
import secrets
from typing import Any

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from sandbox.mobile_id.people import Behaviour, Customer
from sandbox.mobile_id.sim import HASHES, Sim
from sandbox.mobile_id.telecom import Request, Telecom

MANDATORY = ("relyingPartyUUID", "relyingPartyName", "phoneNumber", "nationalIdentityNumber", "hash", "hashType", "language")
LANGUAGES = ("ARA", "ENG")
LONGEST_TEXT = {"GSM-7": 40, "UCS-2": 20}

# Section 3.3.4: without a wish 10 s; very large and very small wishes are silently moved to the nearest bound.
# The lower bound is shorter than a real one.
WAIT_MS = 10_000
SHORTEST_MS, LONGEST_MS = 100, 60_000


def served(telecom: Telecom, customers: dict[str, Customer], sims: dict[str, Sim], relying_party_uuid: str) -> Blueprint:
    """The API for one relying party."""
    blueprint = Blueprint("api", __name__)

    @blueprint.post("/authentication")
    def start() -> ResponseReturnValue:
        asked = request.get_json(silent=True)
        asked = asked if isinstance(asked, dict) else {}
        fault = _fault(asked)
        if fault:
            return _error(400, fault)
        if not secrets.compare_digest(asked["relyingPartyUUID"].encode(), relying_party_uuid.encode()):
            return _error(401, "Failed to authorize user")

        customer = customers.get(asked["phoneNumber"])
        if customer and customer.civil_number != asked["nationalIdentityNumber"]:
            customer = None
        digest = base64.b64decode(asked["hash"])
        started = telecom.start(customer, asked["relyingPartyName"], asked.get("displayText", ""), digest, asked["hashType"])
        return jsonify(sessionID=started.id)

    @blueprint.get("/authentication/session/<session_id>")
    def status(session_id: str) -> ResponseReturnValue:
        wished = request.args.get("timeoutMs", WAIT_MS, type=int)
        found = telecom.wait(session_id, min(max(wished, SHORTEST_MS), LONGEST_MS) / 1000)
        if found is None:
            return _error(404, "SessionID not found")
        return jsonify(_status(found, sims) | _trace())

    @blueprint.delete("/authentication/session/<session_id>")
    def withdraw(session_id: str) -> ResponseReturnValue:
        """Not in the specification: there a request can only run out. So that a demo does not have to wait for it."""
        return ("", 204) if telecom.withdraw(session_id) else _error(404, "SessionID not found")

    return blueprint


def _fault(asked: dict[str, Any]) -> str | None:
    """What is wrong with the request, in the words of section 3.2.6."""
    for name in MANDATORY:
        if not isinstance(asked.get(name), str) or not asked[name]:
            return f"Required {name} is missing."
    if asked["hashType"] not in HASHES or asked["language"] not in LANGUAGES:
        return "hashType or language is not supported"
    try:
        digest = base64.b64decode(asked["hash"], validate=True)
    except binascii.Error:
        return "Hash must be Base64 encoded"
    if len(digest) != HASHES[asked["hashType"]].digest_size:
        return "The length of the hash must match the type of hash"
    longest = LONGEST_TEXT.get(asked.get("displayTextFormat", "GSM-7"))
    if longest is None or len(asked.get("displayText", "")) > longest:
        return "displayText is too long or displayTextFormat is not supported"
    return None


def _status(found: Request, sims: dict[str, Sim]) -> dict[str, Any]:
    if not found.result:
        return {"state": "RUNNING"}
    if found.result != "OK" or not found.customer:
        return {"state": "COMPLETE", "result": found.result}
    sim = sims[found.customer.phone]
    sign = sim.sign_something_else if found.customer.behaviour is Behaviour.SIGNS_SOMETHING_ELSE else sim.sign
    signature = {"value": _base64(sign(found.digest, found.hash_type)), "algorithm": f"{found.hash_type}WithECEncryption"}
    return {"state": "COMPLETE", "result": "OK", "signature": signature, "cert": _base64(sim.certificate)}


def _error(status: int, message: str) -> ResponseReturnValue:
    return jsonify({"error": message} | _trace()), status


def _trace() -> dict[str, str]:
    return {"time": dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S"), "traceId": secrets.token_hex(8)}


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()
