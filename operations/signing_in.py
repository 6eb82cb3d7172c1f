"""Signing in with a card or with Mobile ID. Who was proven and has no account here may open one (operations/newcomers).

Nothing an answer says, or how long it takes, tells a stranger whether somebody has an account here, or Mobile ID, or which number is whose.
"""

import datetime as dt
from dataclasses import dataclass

from engine.assurance import Assurance
from engine.errors import Refusal, Unavailable
from engine.wording import Text, _
from gateways.certificates import Person, Reason, Untrusted
from gateways.mobile_id import MESSAGES, Complete, Result, Running, verification_code
from models import Account, ChallengeState, IdentityChallenge
from operations import audit, blocking, cards, challenges, civil_numbers, identifiers, rings
from operations.newcomers import NEWCOMER, NEWCOMERS_LAST
from operations.outside import outside

BY_CARD, BY_PHONE = "sign-in:card", "sign-in:mobile-id"
PHONE_LASTS = dt.timedelta(minutes=2)  # for a phone that rings and for one that does not: alike
SHORT_WAIT = 300  # milliseconds a web request may wait for the phone
UNCONFIRMED = _(
    "No confirmation came. Check the mobile number and the civil number, make sure that the phone is on and its SIM has Mobile ID, "
    "then start again."
)


@dataclass(frozen=True, slots=True)
class Arrival:
    """Somebody proved who they are: with an account here, or as a newcomer whose browser is handed the memory of it."""

    method: str
    assurance: Assurance
    account: Account | None = None
    newcomer: challenges.Handed | None = None


def _arrival(person: Person, method: str, assurance: Assurance) -> Arrival:
    account = civil_numbers.owner(person.civil_number)
    if account is not None:
        return Arrival(method, assurance, account)
    if civil_numbers.blocked(person.civil_number):
        raise Refusal(blocking.BLOCKED)
    return Arrival(method, assurance, newcomer=challenges.remember(NEWCOMER, person, lasts=NEWCOMERS_LAST))


# --- With a card -----------------------------------------------------------------------------------------------------------------


def card_challenge() -> challenges.Handed:
    """What a card is asked to sign."""
    return challenges.begin(BY_CARD)


def by_card(secret: str | None, token: str, *, address: str) -> Arrival:
    """Whose card it is. Raises Refusal: a challenge that is over, or Untrusted with the reason; Unavailable."""
    nonce = challenges.spend(secret, BY_CARD)
    try:
        person = cards.person(token, nonce)
    except Untrusted as refusal:
        audit.security(None, "card-refused", address, why=refusal.reason.value)
        raise
    return _arrival(person, "card", Assurance.HIGH)


# --- With Mobile ID --------------------------------------------------------------------------------------------------------------


def ring(phone: str, civil_number: str, *, locale: str, address: str) -> challenges.Handed:
    """Ring that phone, whoever has it. Raises Refusal for a phone that cannot be, TooMany, Unavailable."""
    number = identifiers.mobile_of(phone)
    rings.count(number, address, None)
    handed = challenges.begin(BY_PHONE, lasts=PHONE_LASTS, phone=number, civil_number=civil_number)
    text = "بوابة: تسجيل الدخول" if locale == "ar" else "Bawaba: sign in"
    provider_session = rings.start(number, civil_number, handed.nonce, locale, text)
    challenge = challenges.find(handed.secret, BY_PHONE)
    assert challenge is not None
    challenges.move(challenge, ChallengeState.OPEN, ChallengeState.WAITING, provider_session=provider_session)
    return handed


def code(challenge: IdentityChallenge) -> str:
    """The four digits that must be the same here and on the phone."""
    return verification_code(rings.digest(challenge.nonce))


def poll(secret: str | None, *, address: str) -> IdentityChallenge | Arrival | None:
    """Ask the telecom once: the challenge while it waits or after it failed, who arrived, None when the time is over."""
    challenge = challenges.find(secret, BY_PHONE)
    if challenge is None or challenge.state != ChallengeState.WAITING or challenge.failure:
        return challenge if challenge is None or challenge.state in (ChallengeState.WAITING, ChallengeState.FAILED) else None
    try:
        answer = outside.mobile_id.poll(challenge.provider_session, wait_ms=SHORT_WAIT)
    except Unavailable:
        return challenge  # the page asks again by itself
    if isinstance(answer, Running):
        return challenge
    if answer.result is Result.OK:
        return _judge(challenge, answer, address)
    if answer.result is Result.USER_CANCELLED:
        return _fail(challenge, answer.result.value, address)
    # Anything else would tell a stranger whether this phone and this number belong together: the page goes on waiting until its time is over.
    IdentityChallenge.update(failure=answer.result.value).where(IdentityChallenge.id == challenge.id).execute()
    return challenge


def _judge(challenge: IdentityChallenge, answer: Complete, address: str) -> IdentityChallenge | Arrival | None:
    try:
        person = rings.judged(answer, challenge.nonce)
    except Untrusted as refusal:
        return _fail(challenge, f"certificate:{refusal.reason.value}", address)
    if person.civil_number != challenge.civil_number:
        return _fail(challenge, f"certificate:{Reason.BAD_SIGNATURE.value}", address)
    if not challenges.move(challenge, ChallengeState.WAITING, ChallengeState.SPENT):
        return None
    return _arrival(person, "mobile-id", Assurance.SUBSTANTIAL)


def _fail(challenge: IdentityChallenge, why: str, address: str) -> IdentityChallenge:
    challenges.move(challenge, ChallengeState.WAITING, ChallengeState.FAILED, failure=why)
    audit.security(None, "identity-refused", address, why=why)
    challenge.state, challenge.failure = ChallengeState.FAILED, why
    return challenge


def failure(challenge: IdentityChallenge) -> Text:
    """Why it came to nothing, and what to do."""
    kind, _colon, reason = challenge.failure.partition(":")
    return Untrusted(Reason(reason)).message if kind == "certificate" else MESSAGES[Result(kind)]


def cancel(secret: str | None) -> None:
    """Stop waiting for the phone."""
    challenge = challenges.find(secret, BY_PHONE)
    if challenge is not None and challenges.move(challenge, ChallengeState.WAITING, ChallengeState.SPENT):
        outside.mobile_id.cancel(challenge.provider_session)
