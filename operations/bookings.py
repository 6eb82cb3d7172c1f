"""Bookings: the seat in an office's slot that an application holds.

A draft holds it for a while, a submitted application until it is decided against or withdrawn. That no slot is given to more than it has
seats for, the database sees to: a seat is a row that only one can write.
"""

import datetime as dt
from typing import Any

from peewee import fn

from engine.catalogue import catalogue
from engine.clock import business_day
from engine.fields import Slot, moment
from engine.lifecycle import State
from engine.service import Service
from models import Application, Booking
from operations import office_hours
from operations.now import now
from statements import statement

HELD_FOR = dt.timedelta(minutes=30)  # by a draft, from the last time its owner looked at it
OFFERED = 12
GIVEN_UP = frozenset({State.WITHDRAWN, State.REFUSED})


def free(office: str, mine: str | None = None) -> list[dt.datetime]:
    """The next times at which that office still has a seat, in order; `mine` (the answer that stands) is one of them while it is to come."""
    opening = catalogue.openings[office]
    calendar = office_hours.calendar(business_day(now()))
    taken = {row["at"]: row["n"] for row in _taken.all(office, now(), now())}
    standing = moment(mine) if mine else None
    times = (at for at in opening.slots(calendar, now()) if at == standing or taken.get(at, 0) < opening.seats)
    return [at for at, _number in zip(times, range(OFFERED), strict=False)]


@statement
def _taken(office: Any, since: Any, moment: Any) -> Any:
    live = (Booking.office == office) & (Booking.at >= since) & (Booking.until.is_null() | (Booking.until > moment))
    return Booking.select(Booking.at, fn.COUNT(Booking.id).alias("n")).where(live).group_by(Booking.at).dicts()


def hold(row: Application, field: Slot, answer: str) -> None:
    """Hold that time for a locked application, in place of the one it held. Inside the transaction.

    Raises Refusal beside the field when all its seats are taken, or when nobody is expected at that time.
    """
    at, until = moment(answer), now() + HELD_FOR
    if _prolong(row, field, at, until):
        return
    opening = catalogue.openings[field.office]
    if at not in opening.slots(office_hours.calendar(business_day(now())), now()):
        raise field.refuse(field.missing())
    Booking.delete().where(_slot(field.office, at) & (Booking.until < now())).execute()
    if not any(_sit(row, field, at, until, seat) for seat in range(1, opening.seats + 1)):
        raise field.refuse(field.gone)
    # The new seat is taken before the old one is given up: who changes places with somebody else waits for nobody.
    Booking.delete().where(_mine(row, field) & (Booking.at != at)).execute()


def _prolong(row: Application, field: Slot, at: dt.datetime, until: dt.datetime) -> bool:
    """Whether it is theirs already. A draft's must be to come; a submitted one needs no more time, also when it has passed."""
    own = Booking.get_or_none(_mine(row, field) & (Booking.at == at))
    if own is None or own.until is None:
        return own is not None
    return at > now() and bool(Booking.update(until=until).where(Booking.id == own.id).execute())


def _sit(row: Application, field: Slot, at: dt.datetime, until: dt.datetime, seat: int) -> bool:
    seated = {"office": field.office, "at": at, "seat": seat, "application": row, "field": field.name, "until": until}
    return bool(Booking.insert(seated).on_conflict_ignore().as_rowcount().execute())


def confirm(row: Application, service: Service) -> None:
    """The application is submitted: what it holds is its own. Raises Refusal when a time was given to somebody else meanwhile."""
    for field in slots_of(service):
        if answer := row.answers.get(field.name):
            hold(row, field, answer)
            Booking.update(until=None).where(_mine(row, field)).execute()


def loosen(row: Application) -> None:
    """It is a draft again: held for a while only."""
    Booking.update(until=now() + HELD_FOR).where(Booking.application == row).execute()


def release(row: Application) -> None:
    """It needs them no more: others may have them."""
    Booking.delete().where(Booking.application == row).execute()


def slots_of(service: Service) -> list[Slot]:
    return [field for step in service.steps for field in step.fields if isinstance(field, Slot)]


def _slot(office: str, at: dt.datetime) -> Any:
    return (Booking.office == office) & (Booking.at == at)


def _mine(row: Application, field: Slot) -> Any:
    return (Booking.application == row) & (Booking.field == field.name)
