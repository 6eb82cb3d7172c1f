"""Signed-in browsers. The browser holds an opaque token of 256 bits; the table holds its hash, and a row can be ended from anywhere."""

import datetime as dt
from dataclasses import dataclass, replace
from secrets import token_urlsafe
from typing import Any

from peewee import JOIN

from engine.actor import Actor
from engine.assurance import Assurance
from engine.errors import NotFound
from models import Account, Identifier, IdentifierType, Operator, Role, Session, database
from operations import acting, audit, secrets
from operations.now import now
from statements import statement

IDLE_SECONDS = 30 * 60
IDLE_SECONDS_PROVEN = 15 * 60  # once a card or Mobile ID has proven who is there
LONGEST = dt.timedelta(hours=12)
SEEN_EVERY = dt.timedelta(minutes=1)  # how exactly we remember the last request: a page does not cost a write


@dataclass(frozen=True, slots=True)
class Open:
    """An open session as its owner sees it."""

    id: int
    browser: str
    address: str
    assurance: Assurance
    created_at: dt.datetime
    seen_at: dt.datetime
    current: bool


def idle_seconds(assurance: Assurance) -> int:
    """After how many seconds without a request such a session ends."""
    return IDLE_SECONDS_PROVEN if assurance >= Assurance.SUBSTANTIAL else IDLE_SECONDS


def actor_of(token: str, locale: str, *, quiet: bool = False) -> Actor | None:
    """Who the token stands for, None when the session is over. A `quiet` request (a page refreshing itself) does not keep it alive.

    Whether they may still act for whom they act is asked each time; where not, acting ends here and `acting_ended` says so.
    """
    rows = _with_their_roles.all(secrets.token_hash(token), now())
    if not rows or _idle(rows[0]):
        return None
    session = rows[0]
    if not quiet and now() - session.seen_at > SEEN_EVERY:
        Session.update(seen_at=now()).where(Session.id == session.id).execute()
    actor = Actor(
        account=session.account_id,
        session=session.id,
        name=session.arabic_name
        if locale == "ar" and session.arabic_name
        else " ".join(filter(None, (session.first_name, session.middle_name, session.family_name))),
        civil_number=session.civil_number,
        assurance=Assurance(session.assurance),
        roles=frozenset(f"{row.role}:{row.authority}" if row.authority else row.role for row in rows if row.role),
        locale=locale,
        office=session.office,
    )
    return _acting(actor, session.delegation_id, quiet) if session.delegation_id else actor


def _acting(actor: Actor, delegation: int, quiet: bool) -> Actor:
    found = acting.in_force(actor, delegation)
    if found is None and not quiet:  # the page that the person looks at next says it
        acting.stop(actor)
    return replace(actor, acting_for=found, acting_ended=found is None)


@statement
def _with_their_roles(token_hash: Any, moment: Any) -> Any:
    return (
        Session.select(
            Session.id,
            Session.account,
            Session.assurance,
            Session.seen_at,
            Session.delegation,
            Account.first_name,
            Account.middle_name,
            Account.family_name,
            Account.arabic_name,
            Identifier.value.alias("civil_number"),
            Role.name.alias("role"),
            Role.authority,
            Operator.office,
        )
        .join(Account)
        .join(Identifier, JOIN.LEFT_OUTER, on=_proven_civil_number())
        .switch(Account)
        .join(Role, JOIN.LEFT_OUTER)
        .switch(Account)
        .join(Operator, JOIN.LEFT_OUTER, on=(Operator.account == Account.id) & Operator.ended_at.is_null())
        .where((Session.token_hash == token_hash) & _open(moment) & Account.blocked_at.is_null())
        .objects()
    )


def begin(account: Account | int, *, browser: str, address: str, assurance: Assurance = Assurance.PASSWORD) -> str:
    """Open a session and return its token: the only time it is seen."""
    token, moment = token_urlsafe(32), now()
    Session.create(
        token_hash=secrets.token_hash(token),
        account=account,
        assurance=assurance,
        browser=browser[:100],
        address=address,
        created_at=moment,
        seen_at=moment,
        expires_at=moment + LONGEST,
        **_confirmed(assurance),
    )
    return token


def rotate(actor: Actor, assurance: Assurance) -> str:
    """The same session under a new token and assurance; the old token is worth nothing from here on. Raises NotFound if it is over."""
    token = token_urlsafe(32)
    turned = Session.update(token_hash=secrets.token_hash(token), assurance=assurance, seen_at=now(), **_confirmed(assurance))
    if not turned.where((Session.id == actor.session) & _open(now())).execute():
        raise NotFound
    return token


def _confirmed(assurance: Assurance) -> dict[str, Any]:
    return {"confirmed_at": now()} if assurance >= Assurance.SUBSTANTIAL else {}


def confirmed(actor: Actor, *, within: dt.timedelta) -> bool:
    """Whether this session has shown its password, or a card or Mobile ID, so lately."""
    recent = (Session.id == actor.session) & (Session.confirmed_at > now() - within)
    return Session.select().where(recent & _open(now())).exists()


def confirm(actor: Actor) -> None:
    """The password was asked for again, and right."""
    Session.update(confirmed_at=now()).where((Session.id == actor.session) & _open(now())).execute()


def end(actor: Actor) -> None:
    """Log out: the token stops counting, wherever a copy of it lies."""
    _end(Session.id == actor.session)


def end_one(actor: Actor, session_id: int, *, address: str = "") -> None:
    """End one of the person's own sessions. Raises NotFound for anybody else's."""
    with database.atomic():
        if not _end((Session.id == session_id) & (Session.account == actor.account)):
            raise NotFound
        audit.security(actor.account, "session-ended", address)


def end_others(actor: Actor, *, address: str = "") -> int:
    """Log out everywhere else; returns how many sessions that ended."""
    with database.atomic():
        ended = _end((Session.account == actor.account) & (Session.id != actor.session))
        audit.security(actor.account, "other-sessions-ended", address, count=ended)
    return ended


def end_all(account: Account) -> None:
    """After a new password. Part of the caller's transaction."""
    _end(Session.account == account)


def end_by_operator(email: str | None) -> int:
    """Log out whoever has proven this e-mail, or with None everybody; returns how many sessions that ended. Raises NotFound."""
    whose: Any = Session.id.is_null(False)
    if email is not None:
        proven = (Identifier.type == IdentifierType.EMAIL) & Identifier.verified_at.is_null(False)
        found = Identifier.get_or_none(proven & (Identifier.value == email.strip().lower()))
        if found is None:
            raise NotFound
        whose = Session.account == found.account_id
    with database.atomic():
        ended = _end(whose)
        audit.record(None, "sessions-ended", email or "everybody", count=ended)
    return ended


def of(actor: Actor) -> list[Open]:
    """The person's open sessions, this one first, then the last used."""
    moment = now()
    rows = Session.select().where((Session.account == actor.account) & _open(moment)).order_by(Session.seen_at.desc())
    shown = [
        Open(row.id, row.browser, row.address, Assurance(row.assurance), row.created_at, row.seen_at, row.id == actor.session)
        for row in rows
        if not _idle(row)
    ]
    return sorted(shown, key=lambda row: not row.current)


def _open(moment: Any) -> object:
    return Session.ended_at.is_null() & (Session.expires_at > moment)


def _idle(session: Session) -> bool:
    return (now() - session.seen_at).total_seconds() > idle_seconds(session.assurance)


def _end(whose: object) -> int:
    return Session.update(ended_at=now()).where(whose & Session.ended_at.is_null()).execute()


def _proven_civil_number() -> object:
    return (
        (Identifier.account == Account.id)
        & (Identifier.type == IdentifierType.CIVIL_NUMBER)
        & Identifier.verified_at.is_null(False)
    )
