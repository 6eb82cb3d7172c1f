"""Why a provider's message is not believed, each reason with its sentence for the person."""

from enum import Enum

from engine.errors import Refusal
from engine.wording import Text, _


class Reason(Enum):
    """The check that failed, in the order in which they are asked."""

    MALFORMED = "malformed"
    WRAPPED = "wrapped"  # more, or other, than one signed message with one signed assertion
    UNSIGNED = "unsigned"
    WEAK_ALGORITHM = "weak-algorithm"
    WRONG_ISSUER = "wrong-issuer"
    WRONG_DESTINATION = "wrong-destination"
    WRONG_AUDIENCE = "wrong-audience"
    WRONG_RECIPIENT = "wrong-recipient"
    BAD_SIGNATURE = "bad-signature"
    NOT_CONFIRMED = "not-confirmed"  # the provider itself says that it proved nothing
    OUT_OF_TIME = "out-of-time"
    UNACCEPTABLE = "unacceptable"  # the library's own rules: schema, conditions, subject
    UNASKED = "unasked"
    USED = "used"
    WEAK_CONTEXT = "weak-context"
    NO_CIVIL_NUMBER = "no-civil-number"


_ODD = _(
    "The answer of the identity provider is not as it should be, so we did not accept it. Start again from your application."
)
_OLD = _("The answer of the identity provider came too late or was already used. Start again from your application.")
MESSAGES: dict[Reason, Text] = dict.fromkeys(Reason, _ODD) | {
    Reason.OUT_OF_TIME: _OLD,
    Reason.UNASKED: _OLD,
    Reason.USED: _OLD,
    Reason.NOT_CONFIRMED: _("The identity provider did not confirm who you are. Start again if you did not mean to cancel."),
    Reason.WEAK_CONTEXT: _(
        "The identity provider did not check your identity strongly enough for this. Choose a stronger way there."
    ),
    Reason.NO_CIVIL_NUMBER: _("The identity provider did not tell us your civil number, so we cannot tell who you are."),
}


class Untrusted(Refusal):
    """The message is not believed: `reason` for the record, `message` for the person, `detail` for a log (nothing personal in it)."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(MESSAGES[reason])
        self.reason = reason
        self.detail = detail
