"""People and things as tests need them: say only what matters to the test."""

from itertools import count
from typing import Any

import altcha

from engine.actor import Actor
from models import Account
from operations import accounts, captcha, sessions
from operations.accounts import Registration

PASSWORD = "seven palms by the falaj"
_numbers = count(1)


def a_person(
    *, verified: bool = True, email: str | None = None, phone: str | None = None, civil_number: str = "", **data: Any
) -> Account:
    """Somebody with an open account and PASSWORD; `verified` says whether a civil number given was proven."""
    number = next(_numbers)
    given = {"first_name": "Salim", "family_name": "Al-Harthy", "arabic_name": "سالم الحارثي", "password": PASSWORD} | data
    return accounts.ensure(
        email=email or f"person{number}@bawaba.example",
        phone=phone or f"+96892{number:06}",
        civil_number=civil_number,
        civil_number_verified=verified and bool(civil_number),
        **given,
    )


def signed_in(account: Account, locale: str = "ar") -> Actor:
    """That person in a new session."""
    token = sessions.begin(account, browser="Firefox · Linux", address="192.0.2.1")
    actor = sessions.actor_of(token, locale)
    assert actor
    return actor


def a_registration(**data: Any) -> Registration:
    """What the manual's example person typed, except the password."""
    typed: dict[str, Any] = {
        "first_name": "Shmoouqa",
        "middle_name": "Mohamed",
        "family_name": "AL-hashmi",
        "arabic_name": "شموخة محمد الهاشمي",
        "email": "iamsa@bawaba.example",
        "phone": "+96899416689",
        "identity_number": "7324674",
        "password": PASSWORD,
    }
    return Registration(**typed | data)


def a_solution(purpose: str) -> str:
    """What the browser's widget posts after its work."""
    challenge = altcha.Challenge.from_dict(captcha.challenge(purpose))
    solution = altcha.solve_challenge(challenge)
    assert solution
    return altcha.Payload(challenge, solution).to_base64()
