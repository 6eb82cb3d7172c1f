"""What a portal may wish from a card, and how the answer is written.

Logging in is the Web eID authentication token, format 1.0 (github.com/web-eid/web-eid-system-architecture-doc, "Token format"); signing
follows the Web eID extension's getSigningCertificate and sign (github.com/web-eid/web-eid.js). Each wish knows its slot and whether it needs
the PIN; `fulfil` has the verified card do it.
"""

import base64
import hashlib
from dataclasses import dataclass
from typing import Any, ClassVar

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding

from card_reader.piv import Card, Slot

FORMAT = "web-eid:1.0"
VERSION = "1.0.0"
APP_VERSION = f"card-reader:{VERSION}"

# The names of Web eID, with Python's.
HASH_FUNCTIONS = {"SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512"}
_HASH_OF = {"256": "sha256", "384": "sha384", "512": "sha512"}


@dataclass(frozen=True)
class Authentication:
    """To know who holds the card. `nonce` is base64 text, and signed as that text."""

    origin: str
    language: str
    nonce: str

    kind: ClassVar = "authenticate"
    slot: ClassVar = Slot.AUTHENTICATION
    needs_pin: ClassVar = True
    what: ClassVar = ""

    def fulfil(self, card: Card, certificate: x509.Certificate) -> dict[str, Any]:
        algorithm = card.algorithm(self.slot)
        signature = card.sign(signed_digest(self.origin, self.nonce, algorithm), self.slot)
        return {
            "unverifiedCertificate": _base64(certificate.public_bytes(Encoding.DER)),
            "algorithm": algorithm,
            "signature": _base64(flat(signature, certificate)),
            "format": FORMAT,
            "appVersion": APP_VERSION,
        }


@dataclass(frozen=True)
class Signing:
    """To sign a digest with the key that stands for a written signature. `what` is what the person reads."""

    origin: str
    language: str
    digest: bytes
    hash_function: str
    what: str

    kind: ClassVar = "sign"
    slot: ClassVar = Slot.SIGNATURE
    needs_pin: ClassVar = True

    def fulfil(self, card: Card, certificate: x509.Certificate) -> dict[str, Any]:
        signature = card.sign(self.digest, self.slot)
        return {
            "certificate": _base64(certificate.public_bytes(Encoding.DER)),
            "signature": _base64(flat(signature, certificate)),
            "signatureAlgorithm": _algorithm(certificate) | {"hashFunction": self.hash_function},
        }


@dataclass(frozen=True)
class SigningCertificate:
    """The certificate a signature will be made with: a PDF names it before it is signed. Needs a yes, and no PIN."""

    origin: str
    language: str

    kind: ClassVar = "certificate"
    slot: ClassVar = Slot.SIGNATURE
    needs_pin: ClassVar = False
    what: ClassVar = ""

    def fulfil(self, card: Card, certificate: x509.Certificate) -> dict[str, Any]:
        algorithms = [_algorithm(certificate) | {"hashFunction": name} for name in HASH_FUNCTIONS]
        return {"certificate": _base64(certificate.public_bytes(Encoding.DER)), "supportedSignatureAlgorithms": algorithms}


Wish = Authentication | Signing | SigningCertificate


def signed_digest(origin: str, nonce: str, algorithm: str) -> bytes:
    """H(H(origin) ‖ H(nonce)), H by the algorithm's size: ES384 takes SHA-384."""
    name = _HASH_OF[algorithm[-3:]]
    return hashlib.new(name, hashlib.new(name, origin.encode()).digest() + hashlib.new(name, nonce.encode()).digest()).digest()


def flat(signature: bytes, certificate: x509.Certificate) -> bytes:
    """An elliptic curve's signature as R‖S, each as long as the curve (RFC 7518, 3.4); RSA's as it is."""
    key = certificate.public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey):
        return signature
    half = (key.curve.key_size + 7) // 8
    r, s = decode_dss_signature(signature)
    return r.to_bytes(half) + s.to_bytes(half)


def _algorithm(certificate: x509.Certificate) -> dict[str, str]:
    if isinstance(certificate.public_key(), ec.EllipticCurvePublicKey):
        return {"cryptoAlgorithm": "ECC", "paddingScheme": "NONE"}
    return {"cryptoAlgorithm": "RSA", "paddingScheme": "PKCS1.5"}


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()
