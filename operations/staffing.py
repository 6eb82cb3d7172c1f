"""Who works here: inviting, giving and taking roles, blocking, resetting the second factor. By administrators, within their authority.

Nobody changes their own roles, and the last administrator of everything stays. Whoever is concerned is told by mail.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from peewee import JOIN, fn

from engine.actor import Actor
from engine.catalogue import catalogue
from engine.errors import NotAllowed, NotFound, Refusal
from engine.wording import Text, _
from models import Account, Identifier, IdentifierType, Role, database
from operations import accounts, administering, audit, blocking, messages, second_factor, sessions, staff
from operations.now import now
from operations.rendering import both
from operations.staff import Duty

PAGE = 50
LABELS: dict[Duty, Text] = {
    Duty.CLERK: _("Clerk: decides applications"),
    Duty.SUPERVISOR: _("Supervisor: hands out work and answers for it"),
    Duty.CASHIER: _("Cashier: takes and gives back money"),
    Duty.ADMINISTRATOR: _("Administrator: fees, staff, registers, messages"),
    Duty.AUDITOR: _("Auditor: reads the trail"),
}


@dataclass(frozen=True, slots=True)
class Held:
    """A duty somebody has, and where: a desk, an authority, or (empty) everywhere. `mine`: this administrator may take it."""

    id: int
    name: str
    where: str
    mine: bool

    @property
    def label(self) -> Text:
        return LABELS[Duty(self.name)] if self.name in LABELS else Text(self.name)


@dataclass(frozen=True, slots=True)
class Colleague:
    """A member of staff as an administrator sees them. `whole`: all their roles are this administrator's to take, so the account is too."""

    id: int
    name: str
    email: str
    blocked_at: dt.datetime | None
    roles: tuple[Held, ...]
    own: bool
    whole: bool


# --- Reading ---------------------------------------------------------------------------------------------------------------------


def places(actor: Actor) -> dict[str, Text]:
    """Where this administrator may give a duty: codes and titles. Raises NotAllowed for who administers nothing."""
    found: dict[str, Text] = {"": _("The whole portal")} if administering.administers_all(actor) else {}
    for code in administering.authorities_of(actor):
        authority = catalogue.authorities[code]
        found[code] = authority.title
        found |= {f"{code}.{section}": title for section, title in authority.sections.items()}
    return found


def page(actor: Actor, after: int | None = None) -> tuple[list[Colleague], int | None]:
    """Who has a role at one of the administrator's places, in the order they came, and the mark of the next page."""
    here = _here(actor)
    working = (
        Role.select(Role.account).where(here & (Role.account > (after or 0))).distinct().order_by(Role.account).limit(PAGE + 1)
    )
    ids = [row.account_id for row in working]
    shown = ids[:PAGE]
    return _colleagues(actor, shown), shown[-1] if len(ids) > PAGE else None


def of(actor: Actor, number: int) -> Colleague:
    """One of them. Raises NotAllowed, NotFound."""
    if not Role.select().where(_here(actor) & (Role.account == number)).exists():
        raise NotFound
    return _colleagues(actor, [number])[0]


def _here(actor: Actor) -> Any:
    """Roles of this administrator's places; of everything, any role there is."""
    theirs = list(places(actor))
    return Role.id.is_null(False) if administering.administers_all(actor) else Role.authority.in_(theirs)


def _colleagues(actor: Actor, ids: list[int]) -> list[Colleague]:
    theirs, everything = places(actor), administering.administers_all(actor)
    roles: dict[int, list[Held]] = {number: [] for number in ids}
    for role in Role.select().where(Role.account.in_(ids)).order_by(Role.id):
        mine = (everything or role.authority in theirs) and role.account_id != actor.account
        roles[role.account_id].append(Held(role.id, role.name, role.authority, mine))
    email = (Identifier.account == Account.id) & (Identifier.type == IdentifierType.EMAIL) & Identifier.verified_at.is_null(False)
    rows = (
        Account.select(Account, fn.MIN(Identifier.value).alias("email"))
        .join(Identifier, JOIN.LEFT_OUTER, on=email)
        .where(Account.id.in_(ids))
        .group_by(Account.id)
        .order_by(Account.id)
        .objects()
    )
    return [
        Colleague(
            row.id,
            staff.name_of(row, actor.locale),
            row.email or "",
            row.blocked_at,
            tuple(held for held in roles[row.id] if everything or held.where in theirs),
            row.id == actor.account,
            all(held.mine for held in roles[row.id]),
        )
        for row in rows
    ]


# --- Roles -----------------------------------------------------------------------------------------------------------------------


def invite(actor: Actor, *, email: str, name: str, duty: str, where: str) -> int:
    """An account with its first role; the person chooses a password by a link that counts for a day. Raises Refusal for a field."""
    _check(actor, duty, where)
    with database.atomic():
        account = accounts.invited(actor, email=email, name=name, role=duty, authority=where)
    return int(account.id)


@database.atomic()
def give(actor: Actor, number: int, duty: str, where: str) -> None:
    """One more role. The person signs in anew, with it."""
    account = _other(actor, number)
    _check(actor, duty, where)
    made, new = Role.get_or_create(account=account, name=duty, authority=where)
    if new:
        _changed(actor, account, "role-given", made)


@database.atomic()
def take(actor: Actor, number: int, role: int) -> None:
    """Take a role away; every session of the person ends. Raises Refusal for the last administrator."""
    account = _other(actor, number)
    held = next((item for item in of(actor, number).roles if item.id == role and item.mine), None)
    if held is None:
        raise NotFound
    if not Role.select().where((Role.account == actor.account) & (Role.name == Duty.ADMINISTRATOR)).exists():
        raise NotAllowed  # taken from them a moment ago
    if (held.name, held.where) == (Duty.ADMINISTRATOR, ""):
        blocking.check_not_last(account)
    row = Role.get_by_id(role)
    row.delete_instance()
    _changed(actor, account, "role-taken", row)


def _changed(actor: Actor, account: Account, kind: str, role: Role) -> None:
    sessions.end_all(account)
    place = both(places(actor).get(role.authority, Text(role.authority)))
    label = both(LABELS[Duty(role.name)]) if role.name in LABELS else both(role.name)
    audit.record(actor, f"staff.{kind}", f"account:{account.id}", role=role.name, authority=role.authority)
    audit.security(account.id, kind)
    template = kind.replace("-", "_")
    messages.tell_owner(account, template, key=f"{kind}:{account.id}:{now().isoformat()}", role=label, place=place)


def _check(actor: Actor, duty: str, where: str) -> None:
    if where not in places(actor):
        raise NotFound
    if duty not in LABELS:
        raise Refusal(_("Choose one of the duties."), field="duty")


# --- Accounts --------------------------------------------------------------------------------------------------------------------


@database.atomic()
def block(actor: Actor, number: int) -> None:
    """Nobody signs in to it any more. Raises Refusal for the last administrator, NotFound unless all its roles are theirs to take."""
    blocking.block(_whole(actor, number), actor)


@database.atomic()
def unblock(actor: Actor, number: int) -> None:
    blocking.unblock(_whole(actor, number), actor)


@database.atomic()
def reset_second_factor(actor: Actor, number: int) -> None:
    """For who lost phone and recovery codes: the next sign-in sets up another app."""
    second_factor.take_away(_whole(actor, number), actor)


@database.atomic()
def end_sessions(actor: Actor, number: int) -> None:
    account = _whole(actor, number)
    sessions.end_all(account)
    audit.record(actor, "staff.sessions-ended", f"account:{number}")


def _whole(actor: Actor, number: int) -> Account:
    account = _other(actor, number)
    if not of(actor, number).whole:
        raise NotFound
    return account


def _other(actor: Actor, number: int) -> Account:
    """Somebody else of theirs. One change of the staff at a time: who administers is held first, whatever follows."""
    of(actor, number)
    blocking.hold_administrators()
    if number == actor.account:
        raise Refusal(_("This is your own account. Another administrator changes it."))
    return Account.get_by_id(number)  # type: ignore[no-any-return]
