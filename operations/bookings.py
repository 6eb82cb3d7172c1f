"""Bookings: the seat in a slot of a centre, or of an office that goes out, that an application holds.

A draft holds it for a while, a submitted application until it is decided against, withdrawn, or its person gives it up. That no slot is
given to more than it has seats for, the database sees to: a seat is a row that only one can write.
"""

import datetime as dt
from itertools import groupby, islice
from typing import Any

from peewee import fn

from engine.clock import business_day
from engine.fields import Slot, moment
from engine.lifecycle import State
from engine.service import Service
from models import Application, Booking
from operations import centres, office_hours
from operations.now import now
from statements import statement

HELD_FOR = dt.timedelta(minutes=30)  # by a draft, from the last time its owner looked at it
OFFERED = 12  # times of an office that goes out
DAYS = 3  # of a centre, on one page
GIVEN_UP = frozenset({State.WITHDRAWN, State.REFUSED})


def free(place: str, mine: dt.datetime | None = None) -> list[dt.datetime]:
    """The next times at which there is still a seat, in order; `mine` (the time that stands) is one of them while it is to come."""
    return list(islice(_free(place, mine), OFFERED))


def free_days(place: str, mine: dt.datetime | None = None, since: dt.date | None = None) -> list[dt.datetime]:
    """All of the next days, from that one on, on which there is still a seat."""
    coming = (at for at in _free(place, mine) if since is None or business_day(at) >= since)
    return [at for _day, times in islice(groupby(coming, business_day), DAYS) for at in times]


def _free(place: str, mine: dt.datetime | None) -> Any:
    opening = centres.opening(place)
    calendar = office_hours.calendar(business_day(now()))
    taken = {row["at"]: row["n"] for row in _taken.all(place, now(), now())}
    return (at for at in opening.slots(calendar, now()) if at == mine or taken.get(at, 0) < opening.seats)


@statement
def _taken(office: Any, since: Any, moment: Any) -> Any:
    live = (Booking.office == office) & (Booking.at >= since) & (Booking.until.is_null() | (Booking.until > moment))
    return Booking.select(Booking.at, fn.COUNT(Booking.id).alias("n")).where(live).group_by(Booking.at).dicts()


def hold(row: Application, field: Slot, answer: Any) -> None:
    """Hold that time for a locked application, in place of the one it held. Inside the transaction.

    Raises Refusal beside the field when all its seats are taken, or when nobody is expected at that time.
    """
    place, at, until = field.place(answer), moment(answer), now() + HELD_FOR
    if _prolong(row, field, place, at, until):
        return
    if at not in centres.opening(place).slots(office_hours.calendar(business_day(now())), now()):
        raise field.refuse(field.missing())
    if not sit(row, field.name, place, at, until):
        raise field.refuse(field.gone)
    # The new seat is taken before the old one is given up: who changes places with somebody else waits for nobody.
    Booking.delete().where(_mine(row, field.name) & ~_slot(place, at)).execute()


def _prolong(row: Application, field: Slot, place: str, at: dt.datetime, until: dt.datetime) -> bool:
    """Whether it is theirs already. A draft's must be to come; a submitted one needs no more time, also when it has passed."""
    own = Booking.get_or_none(_mine(row, field.name) & _slot(place, at))
    if own is None or own.until is None:
        return own is not None
    return at > now() and bool(Booking.update(until=until).where(Booking.id == own.id).execute())


def sit(row: Application, name: str, place: str, at: dt.datetime, until: dt.datetime) -> bool:
    """Take a free seat there, under that name; False when there is none. Where a centre has fewer counters than it had, all seats count."""
    centres.hold(place)
    Booking.delete().where(_slot(place, at) & (Booking.until < now())).execute()
    seats = centres.opening(place).seats
    if Booking.select().where(_slot(place, at)).count() >= seats:
        return False
    return any(_sit(row, name, place, at, until, seat) for seat in range(1, seats + 1))


def _sit(row: Application, name: str, place: str, at: dt.datetime, until: dt.datetime, seat: int) -> bool:
    seated = {"office": place, "at": at, "seat": seat, "application": row, "field": name, "until": until}
    return bool(Booking.insert(seated).on_conflict_ignore().as_rowcount().execute())


def confirm(row: Application, service: Service) -> None:
    """The application is submitted: what it holds is its own. Raises Refusal when a time was given to somebody else meanwhile."""
    for field in slots_of(service):
        if answer := row.answers.get(field.name):
            hold(row, field, answer)
            keep(row, field.name)


def keep(row: Application, name: str) -> None:
    """It is held for good."""
    Booking.update(until=None).where(_mine(row, name)).execute()


def trade(row: Application, name: str, better: str) -> None:
    """What is held under the name `better` takes the place, for good, of what was held under the other."""
    release(row, name)
    Booking.update(field=name, until=None).where(_mine(row, better)).execute()


def loosen(row: Application) -> None:
    """It is a draft again: held for a while only."""
    Booking.update(until=now() + HELD_FOR).where(Booking.application == row).execute()


def release(row: Application, name: str | None = None) -> list[tuple[str, dt.datetime]]:
    """It needs them no more (`name`: that one): others may have them. What was given up: where, and at what time."""
    theirs = (Booking.application == row) if name is None else _mine(row, name)
    given_up = [(held.office, held.at) for held in Booking.select().where(theirs)]
    centres.hold(*(place for place, _at in given_up))  # before the row: who wants the seat waits for it while holding the centre
    Booking.delete().where(theirs).execute()
    return given_up


def slots_of(service: Service) -> list[Slot]:
    return [field for step in service.steps for field in step.fields if isinstance(field, Slot)]


def visit_of(service: Service) -> Slot | None:
    """The question by which its applicant chooses when to come."""
    return next((field for field in slots_of(service) if field.at_centre), None)


def _slot(place: str, at: dt.datetime) -> Any:
    return (Booking.office == place) & (Booking.at == at)


def _mine(row: Application, name: str) -> Any:
    return (Booking.application == row) & (Booking.field == name)
