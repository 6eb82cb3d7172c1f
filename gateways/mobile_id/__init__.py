"""Proving who one is with the PIN of one's SIM (PKI SIM). The port; `rest` is the adapter to the Mobile-ID REST API.

The portal hands over a hash, the person's phone signs it, the portal gets the signature and the SIM's certificate back.
Whether to believe them is for `gateways.certificates` to say: a provider's "OK" alone proves nothing.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from engine.wording import Text, _


class Result(StrEnum):
    """How a request ended: the result codes of the Mobile-ID REST API, section 3.3.8."""

    OK = "OK"
    TIMEOUT = "TIMEOUT"
    NOT_MID_CLIENT = "NOT_MID_CLIENT"
    USER_CANCELLED = "USER_CANCELLED"
    SIGNATURE_HASH_MISMATCH = "SIGNATURE_HASH_MISMATCH"
    PHONE_ABSENT = "PHONE_ABSENT"
    DELIVERY_ERROR = "DELIVERY_ERROR"
    SIM_ERROR = "SIM_ERROR"


# What happened and what to do next, for every result but OK.
MESSAGES: dict[Result, Text] = {
    Result.TIMEOUT: _("No answer came from the phone in time. Start again and enter the PIN when the request appears."),
    Result.NOT_MID_CLIENT: _(
        "This phone and civil number have no active Mobile ID. Check both, or ask your telecom company for a SIM with Mobile ID."
    ),
    Result.USER_CANCELLED: _("The request was cancelled on the phone. Start again if that was not intended."),
    Result.SIGNATURE_HASH_MISMATCH: _("The SIM does not fit what your telecom company has on record. Contact the company."),
    Result.PHONE_ABSENT: _("The phone is off or out of coverage. Turn it on, then start again."),
    Result.DELIVERY_ERROR: _("The request could not be delivered to the phone. Wait a moment, then start again."),
    Result.SIM_ERROR: _(
        "The SIM did not answer as it should. Restart the phone and try again; if it persists, contact your telecom company."
    ),
}


@dataclass(frozen=True, slots=True)
class Running:
    """The phone has not answered yet."""


@dataclass(frozen=True, slots=True)
class Complete:
    """The phone answered, or will not.

    For OK all four are there: `algorithm` by RFC 7518 (ES256, RS256 …), an ECDSA signature as raw R‖S, the certificate as DER.
    """

    result: Result
    signature: bytes | None = None
    algorithm: str | None = None
    certificate: bytes | None = None


class MobileId(Protocol):
    """A Mobile ID provider. `start` and `poll` raise engine.errors.Unavailable when it does not answer, or not sensibly."""

    def start(self, *, phone: str, civil_number: str, digest: bytes, hash_type: str, language: str, text: str) -> str:
        """Ring the phone; answers the session's id.

        `phone` E.164, `digest` the hash to sign, `hash_type` SHA256, SHA384 or SHA512, `language` ar or en,
        `text` what the phone shows beside our name: 40 letters in Latin, 20 in Arabic, cut at a word.
        """

    def poll(self, session_id: str, *, wait_ms: int) -> Running | Complete:
        """Wait up to `wait_ms` milliseconds for the phone. A session unknown to the provider has expired: TIMEOUT."""

    def cancel(self, session_id: str) -> None:
        """Stop ringing, where the provider can. Never raises: the session ends by itself anyway."""


def verification_code(digest: bytes) -> str:
    """The four digits shown on both ends: the first 6 and the last 7 bits of the hash (Mobile-ID REST API, section 2.4.1)."""
    return f"{digest[0] >> 2 << 7 | digest[-1] & 0x7F:04d}"
