"""What can go wrong between a person and a card, as one short code each; the words for people are the agent's."""

from typing import Final

PROBLEMS: Final = (
    "no-service",  # the computer's smart card service (pcscd) is not running
    "no-reader",
    "no-card",
    "reader-busy",  # another program holds the card
    "card-removed",  # pulled out, or reset, before the work was done
    "mute-card",  # does not answer at all: upside down, dirty, broken
    "not-supported",  # a card, but none we know how to speak with
    "no-certificate",
    "wrong-pin",  # tries: how many are left now
    "last-try",  # nothing was sent: one try is left, and spending it takes a separate decision
    "pin-blocked",
    "pin-format",  # nothing was sent: a PIN cannot look like this
    "card-answer",  # the card answered something that makes no sense here
    "signature-mismatch",  # the card's signature does not fit its certificate
    "timeout",
    "cancelled",
)


class CardProblem(Exception):
    """Why the work with the card ended. `code` is one of PROBLEMS, `tries` the PIN tries left where that matters.

    `detail` is for a log (a status word, a result of PC/SC): never a PIN, never the answer of a card.
    """

    def __init__(self, code: str, *, tries: int | None = None, detail: str = "") -> None:
        assert code in PROBLEMS, code
        super().__init__(f"{code} ({detail})" if detail else code)
        self.code = code
        self.tries = tries
        self.detail = detail
