"""Step-up: proving with Mobile ID who is acting, once per application and session; then leaving the identity provider.

A proof is asked for one application in one session, lasts 15 minutes until it is used, and opens that application only.
"""

import base64
import datetime as dt
import hashlib
import json
import secrets

from peewee import IntegrityError

from engine import digits
from engine.actor import Actor
from engine.assurance import Assurance
from engine.errors import Conflict, NotFound, Refusal, TooMany, Unavailable
from engine.service import Step
from engine.wording import Text, _
from gateways.certificates import Reason, Signed, Untrusted
from gateways.identity_providers.refusals import MESSAGES as PROVIDER_MESSAGES
from gateways.identity_providers.refusals import Reason as Refused
from gateways.mobile_id import MESSAGES, Complete, Result, Running, verification_code
from models import Account, Application, CodeSent, Identifier, IdentifierType, StepUp, StepUpState, database
from operations import accounts, applications, audit, sessions
from operations.now import now
from operations.outside import outside

LASTS = dt.timedelta(minutes=15)
STARTS = 3
STARTS_WITHIN = dt.timedelta(minutes=10)
CHANNEL = "mobile-id"
PROVIDER = "provider"  # the method of a proof that operations/identity_providers brings
SHORT_WAIT = 300  # milliseconds a web request may wait for the phone
OTHER_PERSON = _("This Mobile ID belongs to somebody else. Prove your own identity: the one this account was opened with.")
STILL_THERE = _("The identity provider has not ended its session yet. Press the button again to log out there.")
UNPROVABLE = _(
    "This account has no civil number, so it cannot be proven by Mobile ID. Open an account with your ID card's number."
)


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
    """This session's own proof; another session's is NotFound."""
    row = (
        StepUp.select(StepUp, Application)
        .join(Application)
        .where((StepUp.id == proof) & (StepUp.account == actor.account) & (StepUp.session == actor.session))
        .first()
    )
    if row is None or not actor.signed_in:
        raise NotFound
    return row  # type: ignore[no-any-return]


def code(row: StepUp) -> str:
    """The four digits that must be the same here and on the phone."""
    return verification_code(_digest(row))


def _digest(row: StepUp) -> bytes:
    return hashlib.sha256(row.nonce.encode()).digest()


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
    row = of(actor, proof)
    if row.state not in (StepUpState.CHOOSING, StepUpState.WAITING, StepUpState.FAILED) or row.expires_at < now():
        raise Conflict(_("This proof has run out. Go back to your application and start again."))
    number = accounts.mobile_of(phone)
    civil_number = _claimed(actor)
    _count_start(number, address, actor)
    fresh = _renew(row, actor)
    text = "بوابة: إثبات الهوية" if actor.locale == "ar" else "Bawaba: confirm who you are"
    provider_session = outside.mobile_id.start(
        phone=number, civil_number=civil_number, digest=_digest(fresh), hash_type="SHA256", language=actor.locale, text=text
    )
    StepUp.update(
        state=StepUpState.WAITING, method="mobile-id", phone=number, provider_session=provider_session, failure=""
    ).where(StepUp.id == row.id).execute()
    return of(actor, proof)


def _renew(row: StepUp, actor: Actor) -> StepUp:
    """A new nonce for every request, so that an answer to an old one proves nothing."""
    row.nonce = _nonce(actor, row.application.reference, row.step)
    StepUp.update(nonce=row.nonce).where(StepUp.id == row.id).execute()
    return row


def _claimed(actor: Actor) -> str:
    account = Account.get_by_id(actor.account)
    if account.identity_type != "civil-card":
        raise Refusal(UNPROVABLE, field="phone")
    return digits.fold(account.identity_number)


def _count_start(phone: str, address: str, actor: Actor) -> None:
    """Three requests in ten minutes, per phone and per address: nobody's phone is made to ring until they give in."""
    since = now() - STARTS_WITHIN
    with database.atomic():
        recent = CodeSent.select().where((CodeSent.channel == CHANNEL) & (CodeSent.at > since))
        busiest = max(recent.where(CodeSent.destination == phone).count(), recent.where(CodeSent.address == address).count())
        if busiest < STARTS:
            CodeSent.create(destination=phone, channel=CHANNEL, address=address, at=now())
            return
        audit.security(actor.account, "mobile-id-too-often", address)
    raise TooMany(
        _("Three requests were sent in ten minutes. Wait ten minutes, then start again."),
        retry_after=int(STARTS_WITHIN.total_seconds()),
    )


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
    """Believe nothing the provider says: the signature over our hash, the chain, the revocation and the person are checked here."""
    assert answer.certificate is not None and answer.signature is not None and answer.algorithm is not None
    if outside.certificates is None:
        raise Unavailable(_("Nobody can be proven here yet: the portal does not know whom to trust. Please tell its operator."))
    signed = Signed(answer.algorithm, _digest(row), answer.signature)
    try:
        person = outside.certificates.person(answer.certificate, at=now(), signed=signed)
    except Untrusted as refusal:
        return _fail(row, f"certificate:{refusal.reason.value}", actor, address)
    if person.civil_number != _claimed(actor):
        return _fail(row, "other-person", actor, address)
    try:
        return _proven(row, person.civil_number, actor, address)
    except IntegrityError:
        return _fail(row, "civil-number-taken", actor, address)


@database.atomic()
def _proven(
    row: StepUp,
    civil_number: str,
    actor: Actor,
    address: str,
    *,
    reached: Assurance = Assurance.SUBSTANTIAL,
    method: str = CHANNEL,
) -> StepUp:
    won = (
        StepUp.update(state=StepUpState.PROVEN, reached=reached, proven_at=now())
        .where((StepUp.id == row.id) & (StepUp.state == StepUpState.WAITING) & (StepUp.nonce == row.nonce))
        .execute()
    )
    if won:
        _remember_civil_number(actor, civil_number)
        audit.security(actor.account, "identity-proven", address, method=method, application=row.application.reference)
    return of(actor, row.id)


def _remember_civil_number(actor: Actor, civil_number: str) -> None:
    """From now on the civil number is theirs; the database lets no second account have it."""
    known = (Identifier.account == actor.account) & (Identifier.type == IdentifierType.CIVIL_NUMBER)
    if not Identifier.select().where(known & (Identifier.value == civil_number) & Identifier.verified_at.is_null(False)).exists():
        Identifier.create(account=actor.account, type=IdentifierType.CIVIL_NUMBER, value=civil_number, verified_at=now())


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
        raise Conflict(_("This proof has run out. Go back to your application and start again."))
    if civil_number != _claimed(actor):
        return _fail(row, "other-person", actor, address)
    if reached < row.needed:
        return _fail(row, f"{PROVIDER}:{Refused.WEAK_CONTEXT.value}", actor, address)
    try:
        return _proven(row, civil_number, actor, address, reached=reached, method=PROVIDER)
    except IntegrityError:
        return _fail(row, "civil-number-taken", actor, address)


def failure(row: StepUp) -> Text | None:
    """Why the last request came to nothing, and what to do."""
    if not row.failure:
        return None
    if row.failure == "other-person":
        return OTHER_PERSON
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


# --- Single log-out --------------------------------------------------------------------------------------------------------------


def leave(actor: Actor, proof: str) -> tuple[StepUp, str | None]:
    """End the provider's session and open the application to this session. Returns the proof and the session's new token.

    Pressing twice is harmless: the second finds it open and gets no new token.
    """
    row = of(actor, proof)
    if row.state == StepUpState.PROVEN and row.expires_at < now():
        raise Conflict(_("This proof has run out. Go back to your application and start again."))
    if row.state == StepUpState.PROVEN and row.method == PROVIDER and row.provider_session:
        raise Conflict(STILL_THERE)
    if row.state == StepUpState.PROVEN and row.method == CHANNEL:
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
