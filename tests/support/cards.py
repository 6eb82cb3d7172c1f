"""ID cards without hardware: a key in software, a certificate of the demonstration's authority, and the token a reader program would send."""

import base64
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, decode_dss_signature

from gateways.cards import WebEid
from gateways.certificates import CertificateValidator, Purpose
from sandbox.authority.authority import SIGNING_POLICY, Authority, person_name

POLICY = "2.999.968.1.2"
ORIGIN = "http://127.0.0.1:8000"
HASHES: dict[str, hashes.HashAlgorithm] = {"256": hashes.SHA256(), "384": hashes.SHA384(), "512": hashes.SHA512()}
CURVES: dict[str, ec.EllipticCurve] = {"256": ec.SECP256R1(), "384": ec.SECP384R1(), "512": ec.SECP521R1()}
ALI, ALIS_NAME = "1526575", "Ali Said Al Jahdhami"
SHAMSA, SHAMSAS_NAME = "7324674", "Shamsa Hamed Al Hashmi"


@dataclass(frozen=True)
class Card:
    """A key and its certificate (DER)."""

    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
    certificate: bytes
    algorithm: str

    def token(self, nonce: str, *, origin: str = ORIGIN, **changed: Any) -> str:
        """What the reader program sends for this nonce. `changed` members replace the honest ones; None takes one out."""
        honest = {
            "unverifiedCertificate": _base64(self.certificate),
            "algorithm": self.algorithm,
            "signature": _base64(self._signed(origin, nonce)),
            "format": "web-eid:1.0",
            "appVersion": "tests",
        }
        return json.dumps({name: value for name, value in (honest | changed).items() if value is not None})

    def certificate_told(self) -> str:
        """What the reader program tells of the certificate that will sign."""
        return json.dumps({"certificate": _base64(self.certificate)})

    def answer(self, nonce: str) -> str:
        """What the reader program sends for a document's hash (base64)."""
        digest, chosen = base64.b64decode(nonce), HASHES[self.algorithm[2:]]
        if isinstance(self.key, ec.EllipticCurvePrivateKey):
            signature = _raw(self.key.sign(digest, ec.ECDSA(Prehashed(chosen))), self.key)
        else:
            signature = self.key.sign(digest, padding.PKCS1v15(), Prehashed(chosen))
        return json.dumps({"signature": _base64(signature), "signatureAlgorithm": {}})

    def _signed(self, origin: str, nonce: str) -> bytes:
        chosen = HASHES[self.algorithm[2:]]
        content = b"".join(hashlib.new(chosen.name, text.encode()).digest() for text in (origin, nonce))
        if isinstance(self.key, ec.EllipticCurvePrivateKey):
            return _raw(self.key.sign(content, ec.ECDSA(chosen)), self.key)
        pss = padding.PSS(padding.MGF1(chosen), salt_length=chosen.digest_size)
        return self.key.sign(content, pss if self.algorithm.startswith("PS") else padding.PKCS1v15(), chosen)


def a_card(
    authority: Authority, civil_number: str = ALI, name: str = ALIS_NAME, *, algorithm: str = "ES256", **changes: Any
) -> Card:
    """A card issued by that authority; `changes` as `Authority.issue` takes them."""
    key = ec.generate_private_key(CURVES[algorithm[2:]]) if algorithm[:2] == "ES" else rsa.generate_private_key(65537, 2048)
    subject = changes.pop("subject", person_name(civil_number, name))
    issued = authority.issue(subject, key.public_key(), **{"policy": POLICY} | changes)  # type: ignore[arg-type]
    return Card(key, issued.public_bytes(serialization.Encoding.DER), algorithm)


def a_signing_card(authority: Authority, civil_number: str = ALI, name: str = ALIS_NAME, **changes: Any) -> Card:
    """The card's other certificate and key: for signing documents."""
    usual = {"policy": SIGNING_POLICY, "usage": "emailProtection", "digital_signature": False}
    return a_card(authority, civil_number, name, **usual | changes)


def signers(folder: Path, **changes: Any) -> CertificateValidator:
    """The portal's own rules for who signs documents, trusting the authority in that folder."""
    settings = {"roots": [folder / "root.pem"], "intermediates": [folder / "issuing.pem"], "policies": {SIGNING_POLICY}}
    return CertificateValidator(**settings | {"purpose": Purpose.SIGNING} | changes)  # type: ignore[arg-type]


def trusting(folder: Path, **changes: Any) -> WebEid:
    """The portal's own verification, of cards of the authority in that folder."""
    settings = {"roots": [folder / "root.pem"], "intermediates": [folder / "issuing.pem"], "policies": {POLICY}} | changes
    return WebEid(origin=ORIGIN, certificates=CertificateValidator(**settings))


def serial(card: Card) -> int:
    return x509.load_der_x509_certificate(card.certificate).serial_number


def _raw(der: bytes, key: ec.EllipticCurvePrivateKey) -> bytes:
    half = (key.key_size + 7) // 8
    r, s = decode_dss_signature(der)
    return r.to_bytes(half) + s.to_bytes(half)


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()
