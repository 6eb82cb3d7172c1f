"""The kinds of cards we can tell apart: by the application that lets itself be selected, or by the answer to reset.

Another kind is a row here, and a class beside `piv.Card` that speaks it.
"""

from dataclasses import dataclass
from typing import Literal

from card_reader.apdu import OK, Wire, exchange
from card_reader.errors import CardProblem

Language = Literal["piv", "ias-classic"]
SELECT, BY_NAME = 0xA4, 0x04


@dataclass(frozen=True)
class Profile:
    """`application` is its AID or a beginning of it that the card accepts; `spoken` None while nobody has written its driver."""

    name: Language
    application: bytes
    answers_to_reset: tuple[bytes, ...] = ()
    spoken: bool = True


PROFILES = (
    # NIST SP 800-73-4 part 1, section 2.2: without its version, so that any is selected
    Profile("piv", bytes.fromhex("A000000308")),
    # What public sources report of the Omani civil card; unverified. Known so that it is named, not so that it works.
    Profile(
        "ias-classic",
        bytes.fromhex("A0000000180C000001634200"),
        (bytes.fromhex("3B7A9700008065B08520040272D641"),),
        spoken=False,
    ),
)


def recognise(wire: Wire, answer_to_reset: bytes, seconds: float = 5) -> Profile:
    """The card's profile, its application selected. Raises CardProblem not-supported, its detail naming the profile if known."""
    known = [profile for profile in PROFILES if answer_to_reset in profile.answers_to_reset]
    for profile in known or PROFILES:
        selected = exchange(wire, SELECT, BY_NAME, 0, profile.application, answers=True, seconds=seconds).status == OK
        if (selected or known) and not profile.spoken:
            raise CardProblem("not-supported", detail=profile.name)
        if selected:
            return profile
    raise CardProblem("not-supported")
