"""Before a record ends, whoever's it is hears of it: at each mark its register names, once, by mail and by SMS, until they want no more.

A record carries the day of its next reminder (`remind_on`, kept by imports and effects), so a sweep of the worker reads only what is due,
by an index that holds nothing else. Once it was looked at, the record waits for its next mark; a message is sent once for its key.

Where its holder has no account, whoever is nearest to them hears of it: father, mother, husband, sponsor, as the register lists them. The
owner of a company has many: they hear once a day of all there are, in one message.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from engine.actor import Actor
from engine.catalogue import catalogue
from engine.errors import NotFound, Start
from engine.lifecycle import PENDING
from engine.registers import Record, Register, Reminder
from engine.wording import Words
from models import (
    Account,
    Application,
    Identifier,
    IdentifierType,
    Message,
    NoReminder,
    RegisterRecord,
    WaitingReminder,
    database,
)
from operations import audit, messages, outbox, registers, secrets
from operations.now import now, today
from operations.outside import outside
from operations.rendering import both, shown
from statements import locked, statement

EVERY = dt.timedelta(hours=1)
BATCH = 200  # records in one transaction
LISTED = 30  # records that a message about many names one by one


# --- The worker's round ------------------------------------------------------------------------------------------------------------


def schedule() -> None:
    """Called by every worker at start; the row is one for all of them."""
    outbox.put("reminders", "reminders")


@outbox.handles("reminders")
def sweep(_payload: dict[str, Any]) -> None:
    """Never done: it comes back in an hour, at once while more is waiting. Once all are looked at, owners of companies get their lists."""
    if remind() >= BATCH:
        raise outbox.Postpone(dt.timedelta(0))
    tell_owners()
    raise outbox.Postpone(EVERY)


def remind() -> int:
    """Remind of what is due, at most BATCH records of each register; returns of how many the fullest had."""
    return max((_remind(register) for register in _reminding()), default=0)


def _reminding() -> Iterator[Register]:
    return (register for register in catalogue.registers.values() if register.reminds and register.reminds.days)


@database.atomic()
def _remind(register: Register) -> int:
    rows, day = _due.all(register.code, today(), BATCH), today()
    for row in rows:
        end = register.last_day(row.data)
        assert register.reminds and end, "what has a reminder ends"
        mark = register.reminds.mark((end - day).days)
        heard = _hears(register, row) if mark is not None else None
        if heard and not _spared(register, heard.account, row):
            _told(register, row, heard, end, mark)
        row.remind_on = _next(register.reminds, end, day)
        row.save()
    return len(rows)


@statement
def _due(register: Any, day: Any, most: Any) -> Any:
    due = (RegisterRecord.register == register) & RegisterRecord.remind_on.is_null(False) & (RegisterRecord.remind_on <= day)
    return locked(RegisterRecord.select().where(due).order_by(RegisterRecord.remind_on).limit(most), skip=True)


def _next(reminder: Reminder, end: dt.date, day: dt.date) -> dt.date | None:
    """The next mark that is still to come."""
    left = reminder.next_after((end - day).days)
    return None if left is None else end - dt.timedelta(days=left)


@dataclass(frozen=True, slots=True)
class Hearer:
    """Who hears of a record: whose it is, or who handles it for them; as a company's owner among all that are theirs."""

    account: Account
    own: bool = False
    company: bool = False


def _hears(register: Register, row: RegisterRecord) -> Hearer | None:
    """Its holder, where they have an account; else the nearest to them who has one. None: nobody."""
    assert register.reminds
    holder = _holder(register.reminds, row)
    if account := _proven(holder):
        return Hearer(account, own=True)
    for number in (row.data.get(column) for column in register.relations):
        person = registers.person_behind(number) if number and register.through else number
        if person and (account := _proven(person)):
            return Hearer(account, company=person != number)
    return None


def _proven(civil_number: str | None) -> Account | None:
    """Who has proven that it is theirs."""
    return _account.first(civil_number) if civil_number else None


def _holder(reminder: Reminder, row: RegisterRecord) -> str | None:
    """The civil number it is filed under: its own, or that of what it hangs on."""
    if not reminder.of:
        return row.holder  # type: ignore[no-any-return]
    of = registers.find(reminder.of, row.parent) if row.parent else None
    return of.data.get(of.register.holder or "") if of else None


@statement
def _account(civil_number: Any) -> Any:
    proven = (Identifier.type == IdentifierType.CIVIL_NUMBER) & (Identifier.value == civil_number)
    open_ = Account.blocked_at.is_null() & Account.closed_at.is_null()
    return Account.select().join(Identifier).where(proven & Identifier.verified_at.is_null(False) & open_)


def _spared(register: Register, account: Account, row: RegisterRecord) -> bool:
    """Who wants to hear no more, or is renewing it already."""
    assert register.reminds
    key = register.record(row.number, row.data).key
    return (
        _stopped.first(account, register.code) is not None
        or _running.first(register.reminds.service_for(row.data), key) is not None
    )


@statement
def _stopped(account: Any, register: Any) -> Any:
    return NoReminder.select().where((NoReminder.account == account) & (NoReminder.register == register))


@statement
def _running(service: Any, subject: Any) -> Any:
    this = (Application.service == service) & (Application.subject == subject)
    return Application.select(Application.id).where(this & Application.state.in_(sorted(PENDING)))


def _told(register: Register, row: RegisterRecord, heard: Hearer, end: dt.date, mark: int | None) -> None:
    if heard.company:
        _wait.run(heard.account, row)
    else:
        _tell(register, row, heard, end, mark)


@statement
def _wait(account: Any, record: Any) -> Any:
    return WaitingReminder.insert(account=account, record=record).on_conflict_ignore().as_rowcount()


def _tell(register: Register, row: RegisterRecord, heard: Hearer, end: dt.date, mark: int | None) -> None:
    assert register.reminds
    account = heard.account
    messages.tell_person(
        account,
        "record_ending",
        key=f"reminder:{register.code}:{row.number}:{end}:{mark}",
        name=account.called(account.locale),
        what=both(register.reminds.what),
        number=row.number,
        about=register.record(row.number, row.data).title,
        until=both(end),
        own=heard.own,
        link=f"{outside.portal_url}/reminders/{register.code}/{row.number}",
        stop_link=f"{outside.portal_url}/reminders/{register.code}/stop/{token(account, register)}",
    )


# --- Owners of companies: all at once -------------------------------------------------------------------------------------------------


def tell_owners() -> int:
    """One message a day to each, of everything that waits; what comes later that day waits for tomorrow. Returns how many were told."""
    return sum(_tell_owner(row.account_id) for row in WaitingReminder.select(WaitingReminder.account).distinct())


@database.atomic()
def _tell_owner(account_id: int) -> bool:
    account, key = Account.get_by_id(account_id), f"reminders:{account_id}:{today()}"
    if Message.select().where(Message.key.startswith(f"{key}:")).exists():
        return False
    waiting = [row.record for row in _waiting.all(account)]
    WaitingReminder.delete().where(WaitingReminder.account == account).execute()
    ending = [row for row in waiting if row.ends_on and row.ends_on >= today()]
    if not ending or account.blocked_at or account.closed_at:
        return False
    messages.tell_person(
        account,
        "records_ending",
        key=key,
        name=account.called(account.locale),
        count=str(len(ending)),
        list=_lines(ending[:LISTED]),
        more=len(ending[LISTED:]) or "",
        link=f"{outside.portal_url}/people",
        stop_link=f"{outside.portal_url}/account/reminders",
    )
    return True


@statement
def _waiting(account: Any) -> Any:
    rows = WaitingReminder.select(WaitingReminder, RegisterRecord).join(RegisterRecord)
    return locked(rows.where(WaitingReminder.account == account).order_by(RegisterRecord.ends_on, RegisterRecord.id))


def _lines(rows: list[RegisterRecord]) -> Words:
    """A line for each: what it is, whose, until when."""
    told = [(catalogue.registers[row.register], row) for row in rows]
    return {"ar": _listed(told, "ar"), "en": _listed(told, "en")}


def _listed(told: list[tuple[Register, RegisterRecord]], locale: str) -> str:
    lines = []
    for register, row in told:
        what = shown(register.reminds.what, locale) if register.reminds else ""
        title = shown(register.record(row.number, row.data).title, locale)
        lines.append(f"{what} {row.number} · {title} · {shown(row.ends_on, locale)}")
    return "\n\n".join(lines)


# --- What it leads to --------------------------------------------------------------------------------------------------------------


def renewal(actor: Actor, code: str, number: str) -> tuple[Record, Start]:
    """A record that the register lets this person see, and the renewal that a reminder of it begins.

    NotFound for any other, as for one that does not exist, or that cannot be renewed here.
    """
    register = _register(code)
    row = RegisterRecord.get_or_none((RegisterRecord.register == code) & (RegisterRecord.number == number))
    assert register.reminds
    if row is None or actor.holder is None or not _lets_in(actor.holder, register, row):
        raise NotFound
    start = renewal_of(register, row)
    if start is None:
        raise NotFound
    return register.record(row.number, row.data), start


def _lets_in(civil_number: str, register: Register, row: RegisterRecord) -> bool:
    assert register.reminds
    return _holder(register.reminds, row) == civil_number or registers.sees(civil_number, register.record(row.number, row.data))


def renewal_of(register: Register, row: RegisterRecord) -> Start | None:
    """The service that renews this very record, with what is known; None where there is none."""
    if register.reminds is None or (code := register.reminds.service_for(row.data)) not in catalogue.services:
        return None
    return Start(code, register.reminds.answers(row.number, row.parent))


def _register(code: str) -> Register:
    register = catalogue.registers.get(code)
    if register is None or register.reminds is None:
        raise NotFound
    return register


# --- Stopping them -----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Choice:
    """Whether a person hears when their records of a register end."""

    register: Register
    on: bool


def choices(actor: Actor) -> list[Choice]:
    return [Choice(register, _stopped.first(actor.account, register.code) is None) for register in _reminding()]


@database.atomic()
def choose(actor: Actor, code: str, *, on: bool) -> Register:
    """For oneself, in one's account."""
    register = _register(code)
    _set(actor.account, register, on)
    audit.record(actor, f"reminders.{'on' if on else 'off'}", register.code)
    return register


def token(account: Account | int, register: Register) -> str:
    """What a mail's link carries, so that reminders can be stopped without signing in: whose they are, and a proof that we wrote it."""
    number = account if isinstance(account, int) else account.id
    return f"{number}-{secrets.derived('reminders', f'{number}:{register.code}').hex()[:32]}"


def stoppable(code: str, given: str) -> Register:
    """The register whose reminders that link stops. NotFound for a link that we did not write."""
    register, number = _register(code), given.partition("-")[0]
    if not number.isdecimal() or not secrets.same(given, token(int(number), register)):
        raise NotFound
    return register


@database.atomic()
def stop(code: str, given: str) -> Register:
    """By the link of a mail. Raises as `stoppable`."""
    register, number = stoppable(code, given), int(given.partition("-")[0])
    if Account.get_or_none(Account.id == number) is None:
        raise NotFound
    _set(number, register, on=False)
    audit.record(None, "reminders.stopped", f"account:{number}", register=register.code)
    return register


def _set(account: Any, register: Register, on: bool) -> None:
    this = (NoReminder.account == account) & (NoReminder.register == register.code)
    if on:
        NoReminder.delete().where(this).execute()
    else:
        NoReminder.insert(account=account, register=register.code, at=now()).on_conflict_ignore().execute()
