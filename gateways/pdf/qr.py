"""The QR code of a document: an address anyone can open, and behind its # a signed line that a checker reads without a network.

    https://portal.example/verify/K7QM-4T2X#1~K7QM-4T2X~OCCI-2018-000123~membership-certificate~2018-03-19~2020-03-19~<ES256>

What follows the # never reaches the server. The line holds the version, code, serial, kind, day of issue and day of expiry
(empty when there is none), each of letters, figures and `.`, `_`, `-`, then the signature of all before it in base64url
(RFC 7515). Every character is one that URLs leave alone (RFC 3986, 2.3).
"""

import base64
import binascii
import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Self

import segno
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

if TYPE_CHECKING:
    from gateways.pdf.seal import Seal

HALF = 32  # bytes of each of the signature's two numbers, P-256

VERSION = "1"
BETWEEN = "~"
FIELD = re.compile(r"[A-Za-z0-9._-]{1,64}")


class NotGenuine(Exception):
    """The line was not signed by this seal as it stands."""


@dataclass(frozen=True)
class Payload:
    """What the QR code itself vouches for. Whether the document was since replaced or revoked only the address tells."""

    code: str
    serial: str
    kind: str
    issued: date
    expires: date | None = None

    def __post_init__(self) -> None:
        for field in (self.code, self.serial, self.kind):
            if not FIELD.fullmatch(field):
                raise ValueError(f"cannot stand in a QR code: {field!r}")

    @classmethod
    def parse(cls, line: str) -> Self:
        """Raises ValueError for a line of another version or form."""
        version, code, serial, kind, issued, expires = line.split(BETWEEN)
        if version != VERSION:
            raise ValueError(f"version {version!r}")
        return cls(code, serial, kind, date.fromisoformat(issued), date.fromisoformat(expires) if expires else None)

    def __str__(self) -> str:
        expires = self.expires.isoformat() if self.expires else ""
        return BETWEEN.join((VERSION, self.code, self.serial, self.kind, self.issued.isoformat(), expires))


def sign_payload(payload: Payload, seal: "Seal") -> str:
    """The line with the seal's signature."""
    line = str(payload)
    return line + BETWEEN + base64.urlsafe_b64encode(seal.sign_text(line.encode("ascii"))).rstrip(b"=").decode("ascii")


def verify_payload(signed: str, certificate: x509.Certificate) -> Payload:
    """What the line says, if the key of this certificate signed it; otherwise raises NotGenuine. Needs no network.

    The certificate must come from where the checker trusts it, never from the document.
    """
    line, _, signature = signed.rpartition(BETWEEN)
    key = certificate.public_key()
    try:
        raw = base64.b64decode(signature.encode("ascii") + b"==", b"-_", validate=True)
        if len(raw) != 2 * HALF or not isinstance(key, ec.EllipticCurvePublicKey):
            raise NotGenuine
        pair = encode_dss_signature(int.from_bytes(raw[:HALF], "big"), int.from_bytes(raw[HALF:], "big"))
        key.verify(pair, line.encode("ascii"), ec.ECDSA(hashes.SHA256()))
        return Payload.parse(line)
    except (InvalidSignature, ValueError, binascii.Error) as error:
        raise NotGenuine from error


def address(page: str, signed: str) -> str:
    """What the QR code holds: the address of the document's verification page, then the signed line."""
    return f"{page}#{signed}"


def draw(text: str, *, screen: bool = False) -> str:
    """The QR code as an SVG data URI, to stand in an `<img>`. Level M: still read with 15 % of it damaged. On a `screen`, which may be dark,
    it brings its own white and its quiet zone along."""
    if screen:
        return segno.make_qr(text, error="m").svg_data_uri(border=4, dark="#1c2430", light="#fff")
    return segno.make_qr(text, error="m").svg_data_uri(border=0, dark="#1c2430", unit="mm")
