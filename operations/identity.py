"""Step-up: proving with a card or Mobile ID who is acting, once per application and session; then leaving the identity provider.

Who acts for a customer proves themselves here, with their own card or SIM; the customer's consent is the delegation.

A proof is asked for one application in one session, lasts 15 minutes until it is used, and opens that application only.
"""

import base64
import datetime as dt
import hashlib
import json
import secrets

from peewee import IntegrityError

from engine.actor import Actor
from engine.assurance import Assurance
from engine.errors import Conflict, NotFound, Refusal, Unavailable
from engine.service import Step
from engine.wording import Text, _
from gateways.certificates import Reason, Untrusted
from gateways.identity_providers.refusals import MESSAGES as PROVIDER_MESSAGES
from gateways.identity_providers.refusals import Reason as Refused
from gateways.mobile_id import MESSAGES, Complete, Result, Running, verification_code
from models import Application, Identifier, IdentifierType, StepUp, StepUpState, database
from operations import applications, audit, cards, challenges, civil_numbers, identifiers, ownership, rings, sessions
from operations.now import now
from operations.outside import outside

LASTS = dt.timedelta(minutes=15)
SHORT_WAIT = 300  # milliseconds a web request may wait for the phone
OTHER_PERSON = _("This Mobile ID belongs to somebody else. Prove your own identity: the one this account was opened with.")
OTHER_CARD = _("This card belongs to somebody else. Prove your own identity: the one this account was opened with.")
PROVIDER = "provider"  # the method of a proof that operations/identity_providers brings
STILL_THERE = _("The identity provider has not ended its session yet. Press the button again to log out there.")
OTHER_NAME = _("The identity provider vouched for somebody else. Prove your own identity: the one this account was opened with.")
OTHERS = {"card": OTHER_CARD, PROVIDER: OTHER_NAME}
UNPROVABLE = _(
    "This account has no civil number, so it cannot be proven by Mobile ID. Open an account with your ID card's number."
)
CARD_ALONE = _("This step needs your ID card: Mobile ID is not enough here.")
RUN_OUT = _("This proof has run out. Go back to your application and start again.")


def ask(actor: Actor, opened: applications.Opened, step: Step) -> StepUp:
    """The proof this person must bring to open this step; one that still waits is taken up again."""
    needed = applications.needed(actor, step)
    mine = (StepUp.application == opened.row) & (StepUp.session == actor.session) & (StepUp.expires_at > now())
    going = StepUp.state.in_([StepUpState.CHOOSING, StepUpState.WAITING, StepUpState.PROVEN])
    waiting = StepUp.select().where(mine & going & (StepUp.needed >= needed)).order_by(StepUp.created_at.desc()).first()
    if waiting is not None:
        StepUp.update(step=step.name).where(StepUp.id == waiting.id).execute()
        return waiting  # type: ignore[no-any-return]
    moment = now()
    return StepUp.create(
        account=actor.account,
        session=actor.session,
        application=opened.row,
        step=step.name,
        needed=needed,
        nonce=_nonce(actor, opened.reference, step.name),
        created_at=moment,
        expires_at=moment + LASTS,
    )


def _nonce(actor: Actor, reference: str, step: str) -> str:
    """What is proven is part of what is signed: base64(SHA-256("om-stepup-v1" ‖ 0 ‖ 32 random ‖ SHA-256(what) ‖ SHA-256(session)))."""
    what = json.dumps({"account": actor.account, "application": reference, "step": step}, sort_keys=True).encode()
    session = str(actor.session).encode()
    parts = b"om-stepup-v1\0" + secrets.token_bytes(32) + hashlib.sha256(what).digest() + hashlib.sha256(session).digest()
    return base64.b64encode(hashlib.sha256(parts).digest()).decode()


def of(actor: Actor, proof: str) -> StepUp:
    """This session's own proof; another session's is NotFound, and so is one for an application that is not theirs to file any more."""
    row = (
        StepUp.select(StepUp, Application)
        .join(Application)
        .where((StepUp.id == proof) & (StepUp.account == actor.account) & (StepUp.session == actor.session))
        .first()
    )
    if row is None or not ownership.owns(actor, row.application):
        raise NotFound
    return row  # type: ignore[no-any-return]


def code(row: StepUp) -> str:
    """The four digits that must be the same here and on the phone."""
    return verification_code(rings.digest(row.nonce))


def phone_of(actor: Actor) -> str:
    """The verified mobile of the account, to begin with."""
    verified = (
        (Identifier.account == actor.account) & (Identifier.type == IdentifierType.PHONE) & Identifier.verified_at.is_null(False)
    )
    row = Identifier.get_or_none(verified)
    return str(row.value) if row else ""


# --- Mobile ID -------------------------------------------------------------------------------------------------------------------


def ring(actor: Actor, proof: str, phone: str, address: str) -> StepUp:
    """Send the request to the person's phone.

    Raises Refusal for a phone that cannot be, TooMany after three requests in ten minutes, Unavailable when the telecom does not answer.
    """
    row = _choosing(actor, proof)
    if card_alone(row):
        raise Refusal(CARD_ALONE, field="phone")
    number = identifiers.mobile_of(phone)
    civil_number = civil_numbers.claimed(actor.account, otherwise=UNPROVABLE, field="phone")
    rings.count(number, address, actor.account)
    fresh = _renew(row, actor)
    text = "بوابة: إثبات الهوية" if actor.locale == "ar" else "Bawaba: confirm who you are"
    provider_session = rings.start(number, civil_number, fresh.nonce, actor.locale, text)
    StepUp.update(
        state=StepUpState.WAITING, method="mobile-id", phone=number, provider_session=provider_session, failure=""
    ).where(StepUp.id == row.id).execute()
    return of(actor, proof)


def card_alone(row: StepUp) -> bool:
    """Whether Mobile ID is not enough for what is asked."""
    return bool(row.needed > Assurance.SUBSTANTIAL)


def _choosing(actor: Actor, proof: str) -> StepUp:
    row = of(actor, proof)
    if row.state not in (StepUpState.CHOOSING, StepUpState.WAITING, StepUpState.FAILED) or row.expires_at < now():
        raise Conflict(RUN_OUT)
    return row


def _renew(row: StepUp, actor: Actor) -> StepUp:
    """A new nonce for every request, so that an answer to an old one proves nothing."""
    row.nonce = _nonce(actor, row.application.reference, row.step)
    StepUp.update(nonce=row.nonce).where(StepUp.id == row.id).execute()
    return row


def poll(actor: Actor, proof: str, address: str) -> StepUp:
    """Ask the telecom once whether the phone has answered, and judge the answer."""
    row = of(actor, proof)
    if row.state != StepUpState.WAITING:
        return row
    if row.expires_at < now():
        return _fail(row, "TIMEOUT", actor, address)
    try:
        answer = outside.mobile_id.poll(row.provider_session, wait_ms=SHORT_WAIT)
    except Unavailable:
        return row  # the page asks again by itself
    if isinstance(answer, Running):
        return row
    if answer.result is not Result.OK:
        return _fail(row, answer.result.value, actor, address)
    return _judge(row, answer, actor, address)


def _judge(row: StepUp, answer: Complete, actor: Actor, address: str) -> StepUp:
    try:
        person = rings.judged(answer, row.nonce)
    except Untrusted as refusal:
        return _fail(row, f"certificate:{refusal.reason.value}", actor, address)
    return _accept(row, person.civil_number, Assurance.SUBSTANTIAL, actor, address)


def _accept(row: StepUp, civil_number: str, reached: Assurance, actor: Actor, address: str) -> StepUp:
    """The person is proven; it must be the one who acts."""
    if civil_number != civil_numbers.claimed(actor.account, otherwise=UNPROVABLE):
        return _fail(row, "other-person", actor, address)
    try:
        return _proven(row, civil_number, reached, actor, address)
    except IntegrityError:
        return _fail(row, "civil-number-taken", actor, address)


@database.atomic()
def _proven(row: StepUp, civil_number: str, reached: Assurance, actor: Actor, address: str) -> StepUp:
    won = (
        StepUp.update(state=StepUpState.PROVEN, reached=reached, proven_at=now())
        .where((StepUp.id == row.id) & (StepUp.state == StepUpState.WAITING) & (StepUp.nonce == row.nonce))
        .execute()
    )
    if won:
        civil_numbers.remember(actor.account, civil_number)
        audit.security(actor.account, "identity-proven", address, method=row.method, application=row.application.reference)
    return of(actor, row.id)


@database.atomic()
def _fail(row: StepUp, why: str, actor: Actor, address: str) -> StepUp:
    StepUp.update(state=StepUpState.FAILED, failure=why).where(
        (StepUp.id == row.id) & (StepUp.state == StepUpState.WAITING)
    ).execute()
    audit.security(actor.account, "identity-refused", address, why=why, application=row.application.reference)
    return of(actor, row.id)


def vouched(row: StepUp, visit: str, civil_number: str, reached: Assurance, actor: Actor, address: str) -> StepUp:
    """What an external provider said, already believed, decides this proof as a phone's answer would."""
    taken = StepUp.update(state=StepUpState.WAITING, method=PROVIDER, provider_session=visit, failure="").where(
        (StepUp.id == row.id) & StepUp.state.in_([StepUpState.CHOOSING, StepUpState.FAILED]) & (StepUp.expires_at > now())
    )
    if not taken.execute():
        raise Conflict(RUN_OUT)
    row.method = PROVIDER
    if reached < row.needed:
        return _fail(row, f"{PROVIDER}:{Refused.WEAK_CONTEXT.value}", actor, address)
    return _accept(row, civil_number, reached, actor, address)


def failure(row: StepUp) -> Text | None:
    """Why the last request came to nothing, and what to do."""
    if not row.failure:
        return None
    if row.failure == "other-person":
        return OTHERS.get(row.method, OTHER_PERSON)
    if row.failure == "civil-number-taken":
        return _("Another account has already proven this civil number. Sign in with that account, or recover its password.")
    if row.failure.startswith("certificate:"):
        return Untrusted(Reason(row.failure.partition(":")[2])).message
    if row.failure.startswith(f"{PROVIDER}:"):
        return PROVIDER_MESSAGES[Refused(row.failure.partition(":")[2])]
    return MESSAGES[Result(row.failure)]


@database.atomic()
def cancel(actor: Actor, proof: str) -> StepUp:
    """Stop waiting for the phone and choose again."""
    row = of(actor, proof)
    StepUp.update(state=StepUpState.CHOOSING, failure="").where(
        (StepUp.id == row.id) & StepUp.state.in_([StepUpState.WAITING, StepUpState.FAILED])
    ).execute()
    return row


# --- The card -----------------------------------------------------------------------------------------------------------------------


def challenge(actor: Actor, proof: str) -> challenges.Handed:
    """What the card is asked to sign for this proof. Raises Conflict for one that has run out."""
    row = _choosing(actor, proof)
    return challenges.begin(_subject(row), nonce=_nonce(actor, row.application.reference, row.step))


def prove_by_card(actor: Actor, proof: str, secret: str | None, token: str, address: str) -> StepUp:
    """Judge what the card has signed. The row says PROVEN or FAILED. Raises Refusal for a challenge that is over or somebody else's."""
    row = _choosing(actor, proof)
    row.nonce, row.method = challenges.spend(secret, _subject(row)), "card"
    StepUp.update(state=StepUpState.WAITING, nonce=row.nonce, method=row.method, failure="").where(StepUp.id == row.id).execute()
    try:
        person = cards.person(token, row.nonce)
    except Untrusted as refusal:
        return _fail(row, f"certificate:{refusal.reason.value}", actor, address)
    return _accept(row, person.civil_number, Assurance.HIGH, actor, address)


def _subject(row: StepUp) -> str:
    return f"step-up:{row.id}"


# --- Single log-out --------------------------------------------------------------------------------------------------------------


def leave(actor: Actor, proof: str) -> tuple[StepUp, str | None]:
    """End the provider's session and open the application to this session. Returns the proof and the session's new token.

    Pressing twice is harmless: the second finds it open and gets no new token.
    """
    row = of(actor, proof)
    if row.state == StepUpState.PROVEN and row.expires_at < now():
        raise Conflict(RUN_OUT)
    if row.state == StepUpState.PROVEN and row.method == PROVIDER and row.provider_session:
        raise Conflict(STILL_THERE)
    if row.state == StepUpState.PROVEN and row.method == "mobile-id":
        outside.mobile_id.cancel(row.provider_session)
    return _open(actor, row)


@database.atomic()
def _open(actor: Actor, row: StepUp) -> tuple[StepUp, str | None]:
    won = StepUp.update(state=StepUpState.OPEN).where((StepUp.id == row.id) & (StepUp.state == StepUpState.PROVEN)).execute()
    if not won:
        if row.state != StepUpState.OPEN:
            raise Conflict(_("This proof was already used. Go back to your application and start again."))
        return row, None
    return row, sessions.rotate(actor, Assurance(row.reached))
