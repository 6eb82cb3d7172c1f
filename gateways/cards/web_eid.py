"""The Web eID authentication token, format web-eid:1.0, from the Web eID browser extension or from our own card reader program.

Source: github.com/web-eid/web-eid-system-architecture-doc, sections "Web eID authentication token" and "Token signature". The card
signs H(origin) ‖ H(nonce), both hashed as text by the hash of the algorithm, which hashes the result once more. The origin is never in
the token: we put our own in, so a token made for another site does not fit.
"""

import base64
import binascii
import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass

from gateways.certificates import CertificateValidator, Finding, Person, Reason, Signed, Untrusted, hash_of

FORMAT = "web-eid:1.0"
SIZES = range(100, 10_001)  # characters of what a reader program sends
ALGORITHMS = frozenset(family + size for family in ("ES", "PS", "RS") for size in ("256", "384", "512"))


@dataclass(frozen=True, slots=True)
class Token:
    """What the reader program sent, not believed yet: the certificate as DER, an ECDSA signature as raw R‖S."""

    certificate: bytes
    algorithm: str
    signature: bytes


class WebEid:
    """Says whose card it is, or raises Untrusted. `origin` is the portal's, as browsers write it: https://bawaba.example."""

    def __init__(self, *, origin: str, certificates: CertificateValidator) -> None:
        self._origin, self._certificates = origin, certificates

    def person(self, text: str, *, nonce: str, at: dt.datetime) -> Person:
        """Whose card signed this nonce (base64, as the page was given it) for our origin, at that moment (aware UTC)."""
        token = parsed(text)
        digest = hash_of(token.algorithm, self._content(token.algorithm, nonce))
        return self._certificates.person(token.certificate, at=at, signed=Signed(token.algorithm, digest, token.signature))

    def findings(self, certificate: bytes, *, at: dt.datetime) -> Iterator[Finding]:
        """Why a card's certificate (DER) is or is not accepted, check by check."""
        return self._certificates.findings(certificate, at=at)

    def _content(self, algorithm: str, nonce: str) -> bytes:
        return hash_of(algorithm, self._origin.encode()) + hash_of(algorithm, nonce.encode())


def parsed(text: str) -> Token:
    """The token's parts, of the right kinds. Raises Untrusted (malformed) for anything else; unknown members are left aside."""
    if len(text) not in SIZES:
        raise _malformed(f"{len(text)} characters")
    try:
        token = json.loads(text)
        if token["format"] != FORMAT or token["algorithm"] not in ALGORITHMS:
            raise ValueError(f"format {str(token['format'])[:40]!r}, algorithm {str(token['algorithm'])[:40]!r}")
        return Token(_bytes(token["unverifiedCertificate"]), token["algorithm"], _bytes(token["signature"]))
    except (ValueError, TypeError, KeyError, RecursionError) as trouble:
        raise _malformed(repr(trouble)[:200]) from trouble


def certificate_in(text: str) -> bytes:
    """The signing certificate (DER) that a reader program told: {certificate}. Raises Untrusted (malformed)."""
    return _member(text, "certificate")


def signature_in(text: str) -> bytes:
    """The signature that a reader program sent: {signature}, R‖S of an elliptic curve or RSA's. Raises Untrusted (malformed)."""
    return _member(text, "signature")


def _member(text: str, name: str) -> bytes:
    if len(text) not in SIZES:
        raise _malformed(f"{len(text)} characters")
    try:
        return _bytes(json.loads(text)[name])
    except (ValueError, TypeError, KeyError, RecursionError) as trouble:
        raise _malformed(repr(trouble)[:200]) from trouble


def _bytes(value: object) -> bytes:
    if not isinstance(value, str):
        raise TypeError(f"{type(value).__name__} instead of base64")
    try:
        return base64.b64decode(value, validate=True)
    except binascii.Error as trouble:
        raise ValueError("not base64") from trouble


def _malformed(detail: str) -> Untrusted:
    return Untrusted(Reason.MALFORMED, detail)
