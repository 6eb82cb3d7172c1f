"""The Mobile-ID REST API (SK ID Solutions, "Mobile ID (MID) REST API", sections 2 and 3), for any provider that speaks it.

Sources: github.com/SK-EID/MID for the interface; SK-EID/mid-rest-java-client for what the text leaves out: ECDSA signatures
are raw R‖S, and the signed value is our hash itself, not a hash of it.
"""

import base64
import binascii
import logging
import ssl
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

from engine.errors import Unavailable
from engine.wording import _
from gateways import tls
from gateways.mobile_id import Complete, Result, Running

log = logging.getLogger(__name__)

# Section 3.2.3 knows EST, ENG, RUS and LIT; ARA follows the same three-letter form (ISO 639-2).
LANGUAGES = {"ar": "ARA", "en": "ENG"}

# Section 3.3.5 writes sha256WithRSAEncryption, its examples SHA256WithECEncryption: compared without regard to case.
ALGORITHMS = {
    f"sha{size}with{name}encryption": f"{family}{size}"
    for size in (256, 384, 512)
    for name, family in (("ec", "ES"), ("rsa", "RS"))
}

# The GSM 7-bit default alphabet (3GPP TS 23.038 section 6.2.1) without its extension table.
GSM_7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
LONGEST = {"GSM-7": 40, "UCS-2": 20}

# Section 3.3.4: the caller waits about 1500 ms longer than it lets the server wait.
ON_TOP_OF_A_POLL = 2.5


class RestMobileId:
    """One provider. `pinned_ca`: a PEM file with the only authorities trusted for its https (section 2.8 demands pinning)."""

    def __init__(
        self, *, url: str, relying_party_uuid: str, relying_party_name: str, pinned_ca: Path | None = None, seconds: float = 10
    ) -> None:
        self._relying_party = {"relyingPartyUUID": relying_party_uuid, "relyingPartyName": relying_party_name}
        self._seconds = seconds
        verify = ssl.create_default_context(cafile=str(pinned_ca)) if pinned_ca else tls.usual()
        self._client = httpx.Client(base_url=url.rstrip("/") + "/", verify=verify, timeout=seconds)

    def start(self, *, phone: str, civil_number: str, digest: bytes, hash_type: str, language: str, text: str) -> str:
        """See MobileId.start."""
        shown, alphabet = _fitted(text)
        asked = {
            "phoneNumber": phone,
            "nationalIdentityNumber": civil_number,
            "hash": base64.b64encode(digest).decode(),
            "hashType": hash_type,
            "language": LANGUAGES[language],
            "displayText": shown,
            "displayTextFormat": alphabet,
        }
        session_id = self._json(self._send("POST", "authentication", json=self._relying_party | asked)).get("sessionID")
        if not isinstance(session_id, str) or not session_id:
            raise _unavailable("no sessionID in the answer")
        return session_id

    def poll(self, session_id: str, *, wait_ms: int) -> Running | Complete:
        """See MobileId.poll."""
        response = self._send(
            "GET", _session(session_id), params={"timeoutMs": wait_ms}, timeout=wait_ms / 1000 + ON_TOP_OF_A_POLL
        )
        if response.status_code == httpx.codes.NOT_FOUND:
            return Complete(Result.TIMEOUT)
        answer = self._json(response)
        if answer.get("state") == "RUNNING":
            return Running()
        try:
            return _complete(answer)
        except (KeyError, TypeError, ValueError, AttributeError) as trouble:
            raise _unavailable(f"a session's answer that we do not understand: {trouble!r}") from trouble

    def cancel(self, session_id: str) -> None:
        """See MobileId.cancel. The specification knows no cancelling: a provider may answer 405, and the session times out."""
        try:
            self._send("DELETE", _session(session_id))
        except Unavailable:
            return

    def _send(self, method: str, path: str, **request: Any) -> httpx.Response:
        try:
            return self._client.request(method, path, **request)
        except httpx.HTTPError as trouble:
            raise _unavailable(f"{method} {path.split('/')[0]}: {trouble!r}") from trouble

    def _json(self, response: httpx.Response) -> dict[str, Any]:
        """The object in a 200 answer. What any other says is for developers (section 3.2.7): for the log, not for the person."""
        try:
            answer = response.json()
        except ValueError as trouble:
            raise _unavailable(f"status {response.status_code}, no JSON") from trouble
        if response.status_code != httpx.codes.OK or not isinstance(answer, dict):
            error, trace = (answer.get("error"), answer.get("traceId")) if isinstance(answer, dict) else (None, None)
            raise _unavailable(f"status {response.status_code}: {error!r}, trace {trace!r}")
        return answer


def _session(session_id: str) -> str:
    return f"authentication/session/{quote(session_id, safe='')}"


def _complete(answer: dict[str, Any]) -> Complete:
    if answer["state"] != "COMPLETE":
        raise ValueError(answer["state"])
    result = Result(answer["result"])
    if result is not Result.OK:
        return Complete(result)
    signature = answer["signature"]
    return Complete(result, _bytes(signature["value"]), ALGORITHMS[signature["algorithm"].lower()], _bytes(answer["cert"]))


def _bytes(value: str) -> bytes:
    try:
        return base64.b64decode(value, validate=True)
    except binascii.Error as trouble:
        raise ValueError("not base64") from trouble


def _fitted(text: str) -> tuple[str, str]:
    """The text as a SIM can show it and its alphabet (section 3.2.3), cut after the last word that fits."""
    alphabet = "GSM-7" if GSM_7.issuperset(text) else "UCS-2"
    longest = LONGEST[alphabet]
    if len(text) <= longest:
        return text, alphabet
    head, space, _rest = text[: longest + 1].rpartition(" ")
    return (head if space else text)[:longest].rstrip(), alphabet


def _unavailable(what: str) -> Unavailable:
    log.warning("Mobile ID: %s", what)
    return Unavailable(_("Mobile ID does not answer right now. Nothing was lost; try again in a moment."))
