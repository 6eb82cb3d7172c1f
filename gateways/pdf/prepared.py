"""A PDF that waits for a signature, kept between the two requests of the person's browser."""

import base64
from dataclasses import dataclass
from typing import Any, Self

from asn1crypto import cms

from gateways.certificates import hash_of


@dataclass(frozen=True, slots=True)
class Prepared:
    """`room` is where the signature will lie; `attributes` (DER) is what `algorithm` signs; `certificate` (DER) is whose."""

    pdf: bytes
    room: tuple[int, int]
    attributes: bytes
    certificate: bytes
    algorithm: str

    @property
    def hash(self) -> bytes:
        """What the card is asked to sign."""
        return hash_of(self.algorithm, self.attributes)

    @property
    def intact(self) -> bool:
        """Whether the attributes still tell the digest of this PDF around its room."""
        start, end = self.room
        digest = hash_of(self.algorithm, self.pdf[:start] + self.pdf[end:])
        told = {str(each["type"].native): each["values"] for each in cms.CMSAttributes.load(self.attributes)}
        return bool(told["message_digest"][0].native == digest)

    def frozen(self) -> dict[str, Any]:
        """For JSON, without the PDF."""
        texts = {name: base64.b64encode(getattr(self, name)).decode() for name in ("attributes", "certificate")}
        return {"room": list(self.room), "algorithm": self.algorithm, **texts}

    @classmethod
    def thaw(cls, data: dict[str, Any], pdf: bytes) -> Self:
        start, end = data["room"]
        attributes, certificate = (base64.b64decode(data[name]) for name in ("attributes", "certificate"))
        return cls(pdf, (start, end), attributes, certificate, data["algorithm"])
