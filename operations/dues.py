"""What falls due for a person, of everything they have to do with: one list, drawn as a calendar.

A list of sources: functions of the person and the last day looked at, each with its own statements. A new kind of due is a new source.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import groupby
from typing import Any

from peewee import JOIN

from engine.actor import Actor
from engine.catalogue import catalogue
from engine.clock import business_day
from engine.errors import NotAllowed
from engine.fees import Schedule, Unset
from engine.lifecycle import State
from engine.money import Money
from engine.registers import Record, Register
from engine.service import Case
from engine.wording import Text, _
from models import Application, Bill, BillState, Booking, RecordParty, RegisterRecord
from operations import fees, reminders
from operations.now import now, today
from statements import Statement, statement

AHEAD = dt.timedelta(days=396)  # thirteen months: what is renewed yearly is seen once more
MOST = 500  # records looked at
FOLDED = 3  # documents of a company's workers in one month: more than these are one line
WAITING = (State.DRAFT, State.RETURNED, State.TO_PAY)


@dataclass(frozen=True, slots=True)
class Due:
    """Something to do, until a day (none: it waits, whenever), about what, and the path where it is done.

    `urgent`: it is late, or stops something. `fine` is what being late costs already. `at` is the moment (UTC), where it has one. `note` is
    the number it goes by.
    """

    day: dt.date | None
    what: Any
    about: Any
    href: str
    urgent: bool = False
    todo: Text = field(default=_("Open"))
    fine: Money = Money(0)
    at: dt.datetime | None = None
    note: Any = None

    @property
    def late(self) -> bool:
        return self.urgent and self.day is not None


# --- Sources -----------------------------------------------------------------------------------------------------------------------


def records(actor: Actor, until: dt.date) -> Iterator[Due]:
    """What the registers say ends: one's own, one's family's, one's companies'. Many workers' documents of a month, or late, are one line."""
    found, schedule = list(_ending(actor, until)), cache(fees.schedule)
    for (code, company, _month), group in groupby(sorted(found, key=_place), key=_place):
        same = list(group)
        if company and len(same) > FOLDED:
            yield _folded(catalogue.registers[code], same, schedule)
        else:
            yield from (_record_due(row, schedule) for _company, row in same)


def applications(actor: Actor, _until: dt.date) -> Iterator[Due]:
    """What waits for the person: drafts, what came back, what is to be paid."""
    for row in _waiting.all(actor.account):
        if row.service in catalogue.services:
            yield _application_due(row)


def bookings(actor: Actor, until: dt.date) -> Iterator[Due]:
    """Times at which an office expects the person, or comes to them."""
    for row in _booked.all(actor.account, now()):
        if (day := business_day(row.at)) <= until:
            title = catalogue.services[row.application.service].title
            yield Due(day, title, row.application.reference, f"/applications/{row.application.reference}", at=row.at)


Source = Callable[[Actor, dt.date], Iterable[Due]]
DATED: tuple[Source, ...] = (records, bookings)
"""What has a day of its own. Appointments of offices join here."""
SOURCES: tuple[Source, ...] = (*DATED, applications)


# --- Looking ---------------------------------------------------------------------------------------------------------------------


def of(actor: Actor, sources: tuple[Source, ...] = SOURCES) -> list[Due]:
    """Everything due within thirteen months and everything late, the oldest first; what has no day comes last.

    Raises NotAllowed for who acts for a customer.
    """
    if actor.acting_for is not None:
        raise NotAllowed
    until = today() + AHEAD
    found = [due for source in sources for due in source(actor, until)]
    return sorted(found, key=lambda due: (due.day is None, due.day or today()))


def soon(actor: Actor, most: int) -> list[Due]:
    """The next ones that have a day; none while acting for somebody."""
    return of(actor, DATED)[:most] if actor.acting_for is None else []


# --- Records ---------------------------------------------------------------------------------------------------------------------


def _ending(actor: Actor, until: dt.date) -> Iterator[tuple[str, Any]]:
    """Each with the company by which alone it is theirs, as a worker's document is."""
    if actor.civil_number is None:
        return
    for row in _ends(_through()).all(actor.civil_number, until, MOST):
        register = catalogue.registers.get(row.register)
        if register is None:
            continue
        by = {str(row.data[name]) for name in (register.holder, *register.parties) if name and row.data.get(name)}
        worker = bool(register.relations) and actor.civil_number not in by
        yield " ".join(str(row.data.get(name) or "") for name in register.relations) if worker else "", row


def _place(found: tuple[str, Any]) -> tuple[str, str, str]:
    """What may be folded into one line: the documents of a register, of a company's workers, of a month; all late ones together."""
    company, row = found
    return row.register, company, f"{row.ends_on:%Y-%m}" if row.ends_on >= today() else ""


def _through() -> tuple[str, ...]:
    return tuple(sorted({register.through for register in catalogue.registers.values()} - {""}))


@cache
def _ends(through: tuple[str, ...]) -> Statement:
    def ends(civil: Any, until: Any, most: Any) -> Any:
        company = RegisterRecord.alias()
        companies = company.select(company.number).where(company.register.in_(through) & (company.holder == civil))
        party = RecordParty.alias()
        theirs = party.select(party.record).where((party.number == civil) | party.number.in_(companies))
        whose = (RegisterRecord.holder == civil) | RegisterRecord.holder.in_(companies) | RegisterRecord.parent.in_(companies)
        due = RegisterRecord.ends_on.is_null(False) & (RegisterRecord.ends_on <= until)
        return (
            RegisterRecord.select()
            .where(due & (whose | RegisterRecord.id.in_(theirs)))
            .order_by(RegisterRecord.ends_on)
            .limit(most)
        )

    return statement(ends)


def _record_due(row: Any, schedule: Callable[[], Schedule]) -> Due:
    register = catalogue.registers[row.register]
    record, start = register.record(row.number, row.data), reminders.renewal_of(register, row)
    return Due(
        row.ends_on,
        _title(register),
        record.title,
        f"/reminders/{register.code}/{row.number}" if start else f"/authorities/{register.code.partition('.')[0]}",
        urgent=row.ends_on < today(),
        todo=_("Renew") if start else _("See what helps"),
        fine=_fine(record, schedule),
        note=row.number,
    )


def _folded(register: Register, same: list[tuple[str, Any]], schedule: Callable[[], Schedule]) -> Due:
    first = min(row.ends_on for _company, row in same)
    dues = [_record_due(row, schedule) for _company, row in same]
    return Due(
        first,
        _title(register),
        _("of %(count)s workers", count=len(same)),
        "/people",
        urgent=first < today(),
        todo=_("See and renew"),
        fine=sum((due.fine for due in dues), Money(0)),
    )


def _title(register: Register) -> Text:
    return register.reminds.what if register.reminds else register.title


def _fine(record: Record, schedule: Callable[[], Schedule]) -> Money:
    """What being late with it costs by today, as its renewal would price it: with the answers of its first sample, of which none matters
    to a fine. Nothing where the schedule sets none."""
    reminder, end = record.register.reminds, record.register.last_day(record.data)
    service = catalogue.services.get(reminder.service_for(record.data)) if reminder else None
    if service is None or reminder is None or end is None or end >= today():
        return Money(0)
    sample = next(iter(service.samples(today())), None)
    case = Case(dict(sample.answers) if sample else {}, {**(sample.records if sample else {}), reminder.record: record}, today())
    try:
        quote = schedule().quote(service.fees(case), today())
    except (Unset, KeyError):
        return Money(0)
    return sum((line.amount for line in quote.lines if line.fine), Money(0))


# --- Applications and bookings -----------------------------------------------------------------------------------------------------


@statement
def _waiting(account: Any) -> Any:
    owed = (Bill.application == Application.id) & (Bill.state == BillState.OPEN)
    rows = Application.select(Application, Bill.good_until.alias("good_until"), Bill.total.alias("owed"))
    rows = rows.join(Bill, JOIN.LEFT_OUTER, on=owed).where((Application.account == account) & Application.state.in_(WAITING))
    return rows.order_by(Application.updated_at.desc()).limit(100).objects()


TODO = {State.DRAFT: _("Go on"), State.RETURNED: _("Correct"), State.TO_PAY: _("Pay")}


def _application_due(row: Any) -> Due:
    state = State(row.state)
    lasts = business_day(row.good_until) if row.good_until and row.approved_at is None and row.good_until >= now() else None
    return Due(
        lasts,
        catalogue.services[row.service].title,
        _about(row),
        f"/applications/{row.reference}" if state is State.TO_PAY else f"/applications/{row.reference}/continue",
        urgent=state is not State.DRAFT and lasts is None,
        todo=TODO[state],
        note=row.reference,
    )


def _about(row: Any) -> Any:
    """Whose matter it is: the first record that was chosen."""
    frozen = next(iter(row.records.values()), None)
    return catalogue.record(frozen).title if frozen else None


@statement
def _booked(account: Any, moment: Any) -> Any:
    live = (Booking.at >= moment) & (Booking.until.is_null() | (Booking.until > moment))
    rows = Booking.select(Booking, Application).join(Application).where((Application.account == account) & live)
    return rows.order_by(Booking.at).limit(100)
