"""Before a record ends, whoever's it is hears of it: at each mark its register names, once, by mail and by SMS, until they want no more.

A record carries the day of its next reminder (`remind_on`, kept by imports and effects), so a sweep of the worker reads only what is due,
by an index that holds nothing else. Once it was looked at, the record waits for its next mark; a message is sent once for its key.
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
from models import Account, Application, Identifier, IdentifierType, NoReminder, RegisterRecord, database
from operations import audit, messages, outbox, registers, secrets
from operations.now import now, today
from operations.outside import outside
from operations.rendering import both
from statements import locked, statement

EVERY = dt.timedelta(hours=1)
BATCH = 200  # records in one transaction


# --- The worker's round ------------------------------------------------------------------------------------------------------------


def schedule() -> None:
    """Called by every worker at start; the row is one for all of them."""
    outbox.put("reminders", "reminders")


@outbox.handles("reminders")
def sweep(_payload: dict[str, Any]) -> None:
    """Never done: it comes back in an hour, at once while more is waiting."""
    raise outbox.Postpone(EVERY if remind() < BATCH else dt.timedelta(0))


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
        if mark is not None and (account := _owner(register.reminds, row)) and not _spared(register, account, row):
            _tell(register, row, account, end, mark)
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


def _owner(reminder: Reminder, row: RegisterRecord) -> Account | None:
    """Who has proven to be the person whose record it is."""
    holder = _holder(reminder, row)
    return _account.first(holder) if holder else None  # type: ignore[no-any-return]


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


def _tell(register: Register, row: RegisterRecord, account: Account, end: dt.date, mark: int) -> None:
    assert register.reminds
    messages.tell_person(
        account,
        "record_ending",
        key=f"reminder:{register.code}:{row.number}:{end}:{mark}",
        name=account.called(account.locale),
        what=both(register.reminds.what),
        number=row.number,
        about=register.record(row.number, row.data).title,
        until=both(end),
        link=f"{outside.portal_url}/reminders/{register.code}/{row.number}",
        stop_link=f"{outside.portal_url}/reminders/{register.code}/stop/{token(account, register)}",
    )


# --- What it leads to --------------------------------------------------------------------------------------------------------------


def renewal(actor: Actor, code: str, number: str) -> tuple[Record, Start]:
    """The person's own record and the renewal that a reminder of it begins. NotFound for any other, as for one that does not exist."""
    register = _register(code)
    row = RegisterRecord.get_or_none((RegisterRecord.register == code) & (RegisterRecord.number == number))
    assert register.reminds
    if row is None or actor.holder is None or _holder(register.reminds, row) != actor.holder:
        raise NotFound
    return register.record(row.number, row.data), Start(
        register.reminds.service_for(row.data), register.reminds.answers(number, row.parent)
    )


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
