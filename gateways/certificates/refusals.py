"""Why a certificate is not believed, each reason with its sentence for the person."""

from enum import Enum

from engine.errors import Refusal
from engine.wording import Text, _


class Reason(Enum):
    """The check that failed; the order here is the order in which they are asked."""

    MALFORMED = "malformed"
    WRONG_KEY_USAGE = "wrong-key-usage"
    NOT_FOR_SIGNING = "not-for-signing"
    WRONG_POLICY = "wrong-policy"
    NOT_YET_VALID = "not-yet-valid"
    EXPIRED = "expired"
    UNKNOWN_ISSUER = "unknown-issuer"
    REVOKED = "revoked"
    REVOCATION_UNKNOWN = "revocation-unknown"
    BAD_SIGNATURE = "bad-signature"
    NO_CIVIL_NUMBER = "no-civil-number"


MESSAGES: dict[Reason, Text] = {
    Reason.MALFORMED: _(
        "We could not read the certificate. Try again; if it happens again, contact the issuer of your card or SIM."
    ),
    Reason.WRONG_KEY_USAGE: _("This certificate is not made for logging in. Choose the authentication certificate."),
    Reason.NOT_FOR_SIGNING: _("This certificate is not made for signing documents. Choose the signature certificate."),
    Reason.WRONG_POLICY: _("This kind of certificate is not accepted here. Use your civil card or a Mobile ID SIM."),
    Reason.NOT_YET_VALID: _("The certificate is not valid yet. Check the date on your device, or try again later."),
    Reason.EXPIRED: _("The certificate has expired. Renew your card or SIM, then try again."),
    Reason.UNKNOWN_ISSUER: _("The certificate was not issued by an authority we trust."),
    Reason.REVOKED: _("The certificate has been cancelled. If you did not ask for that, contact the issuer of your card or SIM."),
    Reason.REVOCATION_UNKNOWN: _(
        "The issuer does not answer right now, so we cannot make sure that the certificate is still valid. "
        "Nothing was lost; try again in a few minutes."
    ),
    Reason.BAD_SIGNATURE: _("The signature does not belong to this request. Start again."),
    Reason.NO_CIVIL_NUMBER: _("The certificate does not carry a civil number, so we cannot tell whose it is."),
}


class Untrusted(Refusal):
    """The certificate or its signature is not believed: `reason` for the record, `message` for the person, `detail` for a log."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(MESSAGES[reason])
        self.reason = reason
        self.detail = detail
