"""Is a person's browser asking? Proof of work by ALTCHA: no third party, no pictures, no cookies.

A challenge belongs to one form (`purpose`), holds for a quarter of an hour, and its solution opens that form once.
"""

import datetime as dt
import hashlib
from secrets import randbelow
from typing import Any

import altcha
from peewee import IntegrityError

from models import SpentChallenge, database
from operations import secrets
from operations.now import now
from operations.outside import outside

PURPOSES = frozenset({"registration", "sign-in", "recovery", "question", "tracking", "guest", "support"})
GOOD_FOR = dt.timedelta(minutes=15)
LONGEST = 8_000


def challenge(purpose: str) -> dict[str, Any]:
    """What the widget asks for: find the number, among `outside.altcha_cost`, whose hash begins as told."""
    made = altcha.create_challenge(
        "SHA-256",
        cost=1,
        counter=randbelow(outside.altcha_cost) + 1,
        expires_at=now() + GOOD_FOR,
        data={"purpose": purpose},
        hmac_secret=_key(),
    )
    return made.to_dict()


def passed(purpose: str, answer: str) -> bool:
    """Whether the answer solves a challenge of ours, for this form, not expired, never used before. Using it spends it."""
    if not answer or len(answer) > LONGEST:
        return False
    try:
        payload = altcha.Payload.from_base64(answer)
        checked = altcha.verify_solution(payload, _key())
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return False
    if not checked.verified or (payload.challenge.parameters.data or {}).get("purpose") != purpose:
        return False
    return _spend(str(payload.challenge.signature))


def _spend(signature: str) -> bool:
    """Remember it by its signature: the one part that cannot be spelled in a second way."""
    SpentChallenge.delete().where(SpentChallenge.expires_at < now()).execute()
    try:
        with database.atomic():
            SpentChallenge.create(digest=hashlib.sha256(signature.encode()).hexdigest(), expires_at=now() + GOOD_FOR)
    except IntegrityError:
        return False
    return True


def _key() -> bytes:
    return secrets.derived("captcha", "challenge")
