"""The days on which the authorities keep other hours or are closed, as administrators know them; and the calendar they make.

Religious days follow the moon: what a command fills in beforehand is an estimate that somebody corrects when the moon was seen. Whatever
changes here moves what is due (`service_clock`).
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Any

from engine.actor import Actor
from engine.errors import NotFound, Refusal
from engine.wording import Words, _
from engine.working_time import DAY, IN_RAMADAN, Calendar, Hours, Special
from models import SpecialDays, database
from operations import audit, outbox, staff
from operations.now import now
from operations.staff import Duty
from statements import locked, statement

LONGEST_CLOSED = 30  # days: more is a slip of the finger
LONGEST_NAME = 80
YEARS = range(1970, 2101)
CHANGED = "working-time-changed"
RECOUNT_AFTER = dt.timedelta(seconds=5)  # whoever was counting by the old calendar has ended by then


def calendar(since: dt.date) -> Calendar:
    """As it stands now, for moments from that day on."""
    return Calendar(_special(row) for row in _known.run(since))


@statement
def _known(since: Any) -> Any:
    columns = (SpecialDays.first, SpecialDays.last, SpecialDays.opens, SpecialDays.closes)
    return SpecialDays.select(*columns).where((SpecialDays.last >= since) & SpecialDays.removed_at.is_null())


def _special(row: SpecialDays) -> Special:
    return Special(row.first, row.last, hours_of(row))


def hours_of(row: SpecialDays) -> Hours | None:
    """The hours of these days, None when closed."""
    return None if row.opens is None else Hours(_time(row.opens), _time(row.closes))


def _time(minutes: int) -> dt.time:
    return dt.time(*divmod(minutes, 60))


def _minutes(time: dt.time) -> int:
    return time.hour * 60 + time.minute


# --- Administrators --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Days:
    """What an administrator says of special days."""

    first: dt.date
    last: dt.date
    hours: Hours | None
    name: Words


def listed(actor: Actor, year: int) -> list[SpecialDays]:
    """The special days that touch a year, in their order. Raises NotAllowed for who is no administrator."""
    staff.require(actor, Duty.ADMINISTRATOR)
    return _of_year.all(dt.date(year, 1, 1), dt.date(year, 12, 31))


@statement
def _of_year(begin: Any, end: Any) -> Any:
    touching = (SpecialDays.last >= begin) & (SpecialDays.first <= end) & SpecialDays.removed_at.is_null()
    return SpecialDays.select().where(touching).order_by(SpecialDays.first, SpecialDays.id)


def one(actor: Actor, number: int) -> SpecialDays:
    """Raises NotAllowed, NotFound."""
    staff.require(actor, Duty.ADMINISTRATOR)
    return _found(number)


@database.atomic()
def add(actor: Actor, days: Days) -> None:
    """Raises Refusal where the days contradict themselves."""
    staff.require(actor, Duty.ADMINISTRATOR)
    row = SpecialDays.create(**_columns(days), changed_at=now(), changed_by=actor.account)
    _changed(actor, "holidays.added", row)


@database.atomic()
def change(actor: Actor, number: int, days: Days) -> None:
    """The moon was seen a day later. Raises NotFound, Refusal."""
    staff.require(actor, Duty.ADMINISTRATOR)
    row = _found(number)
    before = f"{row.first}/{row.last}"
    for name, value in _columns(days).items():
        setattr(row, name, value)
    row.changed_at, row.changed_by = now(), actor.account
    row.save()
    _changed(actor, "holidays.changed", row, before=before)


@database.atomic()
def remove(actor: Actor, number: int) -> None:
    """The day is worked after all. Raises NotFound."""
    staff.require(actor, Duty.ADMINISTRATOR)
    row = _found(number)
    row.removed_at, row.changed_by = now(), actor.account
    row.save()
    _changed(actor, "holidays.removed", row)


def _found(number: int) -> SpecialDays:
    row = _numbered.first(number)
    if row is None:
        raise NotFound
    return row  # type: ignore[no-any-return]


@statement
def _numbered(number: Any) -> Any:
    return locked(SpecialDays.select().where((SpecialDays.id == number) & SpecialDays.removed_at.is_null()))


def _columns(days: Days) -> dict[str, Any]:
    if days.last < days.first:
        raise Refusal(_("The last day comes before the first."), field="last")
    if not (days.first.year in YEARS and days.last.year in YEARS):
        raise Refusal(_("Give a year between %(first)s and %(last)s.", first="1970", last="2100"), field="first")
    if days.hours is None and (days.last - days.first).days >= LONGEST_CLOSED:
        raise Refusal(_("More than %(num)s days closed in a row? Please check the dates.", num=LONGEST_CLOSED), field="last")
    if days.hours is not None and days.hours.closes <= days.hours.opens:
        raise Refusal(_("It closes before it opens."), field="closes")
    if not all(0 < len(name) <= LONGEST_NAME for name in (days.name["ar"], days.name["en"])):
        raise Refusal(_("Give a name in both languages, of at most %(num)s letters.", num=LONGEST_NAME), field="name_ar")
    return {
        "first": days.first,
        "last": days.last,
        "opens": None if days.hours is None else _minutes(days.hours.opens),
        "closes": None if days.hours is None else _minutes(days.hours.closes),
        "name": dict(days.name),
    }


def _changed(actor: Actor | None, action: str, row: SpecialDays, **details: Any) -> None:
    """Record it, and have what is due counted again."""
    _recorded(actor, action, row, **details)
    _recount(f"{row.id}:{now().isoformat()}")


def _recorded(actor: Actor | None, action: str, row: SpecialDays, **details: Any) -> None:
    audit.record(actor, action, f"days:{row.id}", days=f"{row.first}/{row.last}", name=row.name["en"], **details)


def _recount(change: str) -> None:
    outbox.put(CHANGED, f"{CHANGED}:{change}", wait=RECOUNT_AFTER, change=change, after=0)


# --- A start from the `holidays` package -----------------------------------------------------------------------------------------


@database.atomic()
def known(year: int) -> bool:
    """Whether anything is written down for that year: without it every Sunday to Thursday counts as a working day."""
    first, last = dt.date(year, 1, 1), dt.date(year, 12, 31)
    return bool(SpecialDays.select().where((SpecialDays.last >= first) & (SpecialDays.first <= last)).exists())


def fill(year: int) -> tuple[int, int]:
    """Write down Oman's holidays of a year and its Ramadan; returns how many were added and how many were known already.

    What is known stays as it is, corrected or removed: an estimate never overwrites what a person knows. Raises ValueError for a year
    that the package does not reckon.
    """
    if year not in YEARS:
        raise ValueError(f"{year}: not a year between {YEARS[0]} and {YEARS[-1]}")
    known = {row.origin for row in SpecialDays.select(SpecialDays.origin).where(SpecialDays.origin.is_null(False))}
    proposed = [(origin, days) for origin, days in _proposed(year) if origin not in known]
    for origin, days in proposed:
        row = SpecialDays.create(**_columns(days), origin=origin, changed_at=now())
        _recorded(None, "holidays.filled", row)
    if proposed:
        _recount(f"{year}:{now().isoformat()}")
    return len(proposed), len(_proposed(year)) - len(proposed)


@cache
def _proposed(year: int) -> tuple[tuple[str, Days], ...]:
    """Each with what it is known by: its name, the year, and which of its name in that year it is (the Hijri year is shorter)."""
    seen: dict[str, int] = {}
    made = []
    for days in sorted([*_holidays(year), *_ramadans(year)], key=lambda days: days.first):
        name = days.name["en"]
        seen[name] = seen.get(name, 0) + 1
        made.append((f"{name}:{year}:{seen[name]}", days))
    return tuple(made)


def _holidays(year: int) -> Iterator[Days]:
    """Days of one name that follow each other are one."""
    from holidays.countries.oman import Oman  # 8 MB that only this command needs

    arabic, english = (Oman(years=year, language=language, islamic_show_estimated=False) for language in ("ar", "en_US"))
    for (name, _run), days in groupby(sorted(english), key=lambda day: (english[day], day.toordinal() - _place(english, day))):
        run = list(days)
        yield Days(run[0], run[-1], None, {"ar": arabic[run[0]], "en": name})


def _place(named: Any, day: dt.date) -> int:
    """Which of the days of its name it is: days in a row keep the same distance from it."""
    return sorted(other for other in named if named[other] == named[day]).index(day)


def _ramadans(year: int) -> Iterator[Days]:
    """Those that begin in the year, to the eve of the feast."""
    from holidays.countries.oman import OmanIslamicHolidays

    moon = OmanIslamicHolidays()
    feasts = sorted({day for around in (year, year + 1) for day, _estimated in moon.eid_al_fitr_dates(around)})
    for first in sorted({day for day, _estimated in moon.ramadan_beginning_dates(year) if day.year == year}):
        last = next(feast for feast in feasts if feast > first) - DAY
        yield Days(first, last, IN_RAMADAN, {"ar": "شهر رمضان", "en": "Ramadan"})
