"""Opening an account by card or Mobile ID: the name and the civil number are the certificate's, e-mail and mobile are verified as ever.

There is no password; the person signs in with what proved them, and may set a password by a code later.
"""

import datetime as dt
from dataclasses import dataclass

from engine.errors import Refusal
from operations import challenges, identifiers, passwords, registering
from operations.registering import Registration

NEWCOMER = "newcomer"
NEWCOMERS_LAST = dt.timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Who was proven a moment ago, as the certificate names them."""

    civil_number: str
    first_name: str
    family_name: str

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.family_name}".strip()


def of(secret: str | None) -> Newcomer | None:
    """Who was proven in this browser within the last half hour."""
    challenge = challenges.find(secret, NEWCOMER)
    if challenge is None:
        return None
    return named(**{field: challenge.person[field] for field in ("civil_number", "name", "given_name", "surname")})


def named(*, civil_number: str, name: str, given_name: str, surname: str) -> Newcomer:
    """Whom a certificate names: its two parts where it has both, else the name split at its first space."""
    first, _space, rest = name.strip().partition(" ")
    apart = given_name and surname
    return Newcomer(civil_number, given_name if apart else first, surname if apart else rest)


def register(secret: str | None, *, email: str, phone: str, arabic_name: str, terms: str = "", locale: str, address: str) -> str:
    """Begin the registration; returns the challenge of the e-mail's code. Raises Refusal, TooMany."""
    newcomer = of(secret)
    if newcomer is None:
        raise Refusal(challenges.OVER)
    given = Registration(
        first_name=newcomer.first_name,
        family_name=newcomer.family_name,
        arabic_name=arabic_name,
        email=identifiers.email_of(email),
        phone=identifiers.mobile_of(phone),
        identity_number=newcomer.civil_number,
        password=passwords.random(),
        terms=terms,
    )
    return registering.register(given, locale=locale, address=address, proven=True)
