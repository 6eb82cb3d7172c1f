"""Proving and signing in at an external identity provider, and ending its session there.

The browser carries the provider's messages across sites, where our cookie does not come along. So an answer is judged when it arrives,
kept with the visit it answers, and handed for a ticket to the browser that set out: the same one, once, within two minutes.
"""

import datetime as dt
import logging
from secrets import token_urlsafe
from typing import TYPE_CHECKING

from peewee import IntegrityError

from engine.actor import Actor
from engine.assurance import Assurance
from engine.errors import Conflict, NotFound, Refusal
from engine.wording import _
from gateways.identity_providers import Arrived, Known, LoggedOut, LogOutAsked, Proven, Reason, Untrusted
from models import Account, Identifier, IdentifierType, ProviderVisit, Session, StepUp, StepUpState, database
from operations import audit, identity, secrets
from operations.now import now
from operations.outside import outside

if TYPE_CHECKING:
    from gateways.identity_providers import IdentityProvider

log = logging.getLogger(__name__)

VISIT_LASTS = dt.timedelta(minutes=15)
VISITS_KEPT_FOR = dt.timedelta(days=1)
TICKET_LASTS = dt.timedelta(minutes=2)
NO_ACCOUNT = _(
    "No account here has proven your civil number yet. Sign in with your e-mail or mobile number, or open an account; "
    "once you have proven who you are, you can sign in this way."
)


def offered() -> bool:
    return outside.identity_provider is not None


def metadata() -> str:
    return _provider().metadata()


def _provider() -> "IdentityProvider":
    provider = outside.identity_provider
    if provider is None:
        raise NotFound
    return provider


# --- Going there and coming back -------------------------------------------------------------------------------------------------


def begin_step_up(actor: Actor, proof: str) -> tuple[str, str]:
    """Send the person to prove themselves for this proof. Returns the visit, to be kept in the browser's cookie, and where to go."""
    row = identity.of(actor, proof)
    if row.state not in (StepUpState.CHOOSING, StepUpState.FAILED) or row.expires_at < now():
        raise Conflict(_("This proof has run out. Go back to your application and start again."))
    return _begin(Assurance(row.needed), row)


def begin_sign_in() -> tuple[str, str]:
    return _begin(Assurance.SUBSTANTIAL, None)


def _begin(needed: Assurance, step_up: StepUp | None) -> tuple[str, str]:
    departure = _provider().begin(needed)
    ProviderVisit.create(id=departure.id, step_up=step_up, expires_at=now() + VISIT_LASTS)
    return departure.id, departure.url


def receive(arrived: Arrived, address: str) -> str | Reason:
    """Judge what the provider sent and keep it for the browser that set out. Returns its ticket, or why it is not believed."""
    try:
        return _keep(_provider().accept(arrived, _asked))
    except Untrusted as refusal:
        return _refused("identity-refused", refusal, address)


def _refused(kind: str, refusal: Untrusted, address: str) -> Reason:
    """Nobody's event: who an unbelieved message is about, it does not say. The log tells the operator what was wrong with it."""
    log.warning("%s: %s %r", kind, refusal.reason.value, refusal.detail)
    audit.security(None, kind, address, why=f"{identity.PROVIDER}:{refusal.reason.value}")
    return refusal.reason


def refusal(why: str) -> Untrusted:
    """The sentence for a Reason's value; NotFound for anything else."""
    if why not in {reason.value for reason in Reason}:
        raise NotFound
    return Untrusted(Reason(why))


def _asked(request: str) -> bool:
    return ProviderVisit.select().where(_waiting(request)).exists()


def _keep(proven: Proven) -> str:
    """The one answer of its visit; the same assertion never serves another."""
    ticket = token_urlsafe(32)
    answered = ProviderVisit.update(
        assertion=proven.assertion,
        ticket_hash=secrets.token_hash(ticket),
        civil_number=proven.civil_number,
        assurance=proven.assurance,
        name_id=proven.known.name_id,
        session_index=proven.known.session_index,
        expires_at=now() + TICKET_LASTS,
    ).where(_waiting(proven.request))
    try:
        with database.atomic():
            if answered.execute():
                return ticket
    except IntegrityError:
        pass
    raise Untrusted(Reason.USED)


def _waiting(request: str) -> object:
    visit = (ProviderVisit.id == request) & (ProviderVisit.expires_at > now())
    return visit & ProviderVisit.assertion.is_null() & ProviderVisit.ended_at.is_null()


def _take(ticket: str, visit: str) -> ProviderVisit:
    """The visit of this browser, for its ticket: another browser's, an old or a used one is NotFound."""
    mine = (
        (ProviderVisit.ticket_hash == secrets.token_hash(ticket))
        & (ProviderVisit.id == visit)
        & (ProviderVisit.expires_at > now())
    )
    row = ProviderVisit.get_or_none(mine)
    if row is None or not ProviderVisit.update(ticket_hash=None).where(mine).execute():
        raise NotFound
    return row  # type: ignore[no-any-return]


def arrive(actor: Actor, ticket: str, visit: str, address: str) -> "StepUp | ProviderVisit":
    """Back in the browser that set out. Returns the proof that was asked for, or the visit of whoever wants to sign in."""
    row = _take(ticket, visit)
    if row.step_up_id is None:
        return row
    proof = identity.of(actor, row.step_up_id)
    ProviderVisit.update(session=actor.session).where(ProviderVisit.id == row.id).execute()
    return identity.vouched(proof, row.id, row.civil_number, Assurance(row.assurance), actor, address)


def account_of(visit: ProviderVisit, address: str) -> Account:
    """Only one that has proven this civil number: a claimed one is anybody's. Raises Refusal."""
    proven = (Identifier.type == IdentifierType.CIVIL_NUMBER) & (Identifier.value == visit.civil_number)
    account = (
        Account.select()
        .join(Identifier)
        .where(proven & Identifier.verified_at.is_null(False) & Account.blocked_at.is_null())
        .first()
    )
    if account is None:
        audit.security(None, "sign-in-refused", address, method=identity.PROVIDER)
        raise Refusal(NO_ACCOUNT)
    return account  # type: ignore[no-any-return]


def stays(visit: ProviderVisit, actor: Actor) -> None:
    """The session that this visit opened here: signing out of it, the person is led to the provider too."""
    ProviderVisit.update(session=actor.session).where(ProviderVisit.id == visit.id).execute()


# --- Logging out there -----------------------------------------------------------------------------------------------------------


def leave_step_up(actor: Actor, proof: str) -> str | None:
    """Where to end the provider's session of this proof; None once it is over, or when there was none."""
    row = identity.of(actor, proof)
    if row.state != StepUpState.PROVEN or row.method != identity.PROVIDER or not row.provider_session:
        return None
    return leave(row.provider_session)


def left_behind(actor: Actor) -> str | None:
    """The visit whose session at the provider is still open though the person signs out here."""
    visit = ProviderVisit.get_or_none((ProviderVisit.session == actor.session) & _open()) if actor.signed_in else None
    return str(visit.id) if visit else None


def leave(visit: str) -> str | None:
    """Start the log-out at the provider, again if need be. Returns where to go; None if it is over."""
    row = ProviderVisit.get_or_none((ProviderVisit.id == visit) & _open())
    if row is None:
        return None
    departure = _provider().log_out(Known(row.name_id, row.session_index))
    ProviderVisit.update(log_out=departure.id).where(ProviderVisit.id == row.id).execute()
    return departure.url


def failed(visit: str) -> bool:
    """Whether the last log-out there came to nothing."""
    return ProviderVisit.select().where((ProviderVisit.id == visit) & (ProviderVisit.failure != "") & _open()).exists()


def hear_log_out(arrived: Arrived, address: str) -> ProviderVisit | str | Reason:
    """A message at the log-out address: the visit whose log-out it answers, where to take our answer, or why it is not believed."""
    try:
        heard = _provider().accept_log_out(arrived)
        if isinstance(heard, LoggedOut):
            return _answered(heard, address)
    except Untrusted as refusal:
        return _refused("identity-log-out-refused", refusal, address)
    _end_all(heard, address)
    return _provider().answer_log_out(heard).url


@database.atomic()
def _answered(heard: LoggedOut, address: str) -> ProviderVisit:
    """The answer to the log-out under way; each counts once. A failure is kept and told, and can be tried again."""
    row = ProviderVisit.get_or_none((ProviderVisit.log_out == heard.request) & _open())
    if row is None:
        raise Untrusted(Reason.UNASKED)
    if heard.failure:
        ProviderVisit.update(log_out=None, failure=heard.failure).where(ProviderVisit.id == row.id).execute()
        audit.security(_whose(row), "identity-log-out-failed", address, why=heard.failure)
    else:
        _end(row)
        StepUp.update(provider_session="").where((StepUp.id == row.step_up_id) & (StepUp.provider_session == row.id)).execute()
    return row  # type: ignore[no-any-return]


@database.atomic()
def _end_all(asked: LogOutAsked, address: str) -> None:
    """The person logged out at the provider: what stands on those sessions here ends too."""
    theirs = (ProviderVisit.name_id == asked.name_id) & _open()
    if asked.session_indexes:
        theirs &= ProviderVisit.session_index.in_(asked.session_indexes)
    for row in ProviderVisit.select().where(theirs):
        audit.security(_whose(row), "signed-out", address, method=identity.PROVIDER)
        if row.step_up_id is None:
            Session.update(ended_at=now()).where((Session.id == row.session_id) & Session.ended_at.is_null()).execute()
        else:
            unused = (StepUp.id == row.step_up_id) & (StepUp.provider_session == row.id) & (StepUp.state == StepUpState.PROVEN)
            StepUp.update(state=StepUpState.FAILED, failure=f"{identity.PROVIDER}:{Reason.NOT_CONFIRMED.value}").where(
                unused
            ).execute()
        _end(row)


def forget_old_visits() -> None:
    """A session lasts half a day at most, and the provider may ask to end it until then."""
    ProviderVisit.delete().where(ProviderVisit.expires_at < now() - VISITS_KEPT_FOR).execute()


def _open() -> object:
    return ProviderVisit.assertion.is_null(False) & ProviderVisit.ended_at.is_null()


def _end(row: ProviderVisit) -> None:
    ProviderVisit.update(ended_at=now(), log_out=None, failure="", ticket_hash=None).where(ProviderVisit.id == row.id).execute()


def _whose(row: ProviderVisit) -> int | None:
    return row.session.account_id if row.session_id else None
