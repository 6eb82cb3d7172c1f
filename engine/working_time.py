"""Working time: when the authorities are at work, how much of it lies between two moments, and when so much of it is over.

Oman's government works Sunday to Thursday (since 1 May 2013). Its hours, 07:30 to 14:30 and in Ramadan 09:00 to 14:00 by Muscat's clock,
are *[ours]*: what the civil service has long kept, to be confirmed by each authority. Which days are unlike others is data: holidays and
Ramadan are `Special`, and so is a season of other hours.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from engine.clock import MUSCAT, business_day

FRIDAY, SATURDAY = 4, 5
WEEKEND = frozenset({FRIDAY, SATURDAY})
DAY, MINUTE, INSTANT = dt.timedelta(days=1), dt.timedelta(minutes=1), dt.timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Hours:
    """From when to when a day is worked, by Muscat's clock."""

    opens: dt.time
    closes: dt.time


OFFICIAL = Hours(dt.time(7, 30), dt.time(14, 30))
IN_RAMADAN = Hours(dt.time(9), dt.time(14))


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """How long something may take."""

    count: int


@dataclass(frozen=True, slots=True)
class Special:
    """Days unlike others, the first and the last included: with hours of their own, or closed (None)."""

    first: dt.date
    last: dt.date
    hours: Hours | None = None


Stretch = tuple[dt.datetime, dt.datetime]
"""From when to when one day is worked."""


class Calendar:
    """Knows which moments are worked. Of several specials of one day, closed counts before all, then the one that began last."""

    def __init__(self, specials: Iterable[Special] = ()) -> None:
        self._specials = sorted(specials, key=lambda special: special.first)

    def hours(self, day: dt.date) -> Hours | None:
        """The hours of that day, None when nobody works."""
        if day.weekday() in WEEKEND:
            return None
        special = [special.hours for special in self._specials if special.first <= day <= special.last]
        return None if None in special else (special or [OFFICIAL])[-1]

    def minutes(self, start: dt.datetime, end: dt.datetime) -> int:
        """Whole working minutes from one moment to another; 0 when the second is not later."""
        worked = dt.timedelta()
        for opens, closes in self._stretches(start):
            if opens >= end:
                break
            worked += min(end, closes) - max(start, opens)
        return worked // MINUTE

    def after(self, moment: dt.datetime, minutes: int) -> dt.datetime:
        """When so many working minutes are over: that moment itself when none are left."""
        return self._after(moment, minutes, lambda _opens, _closes: MINUTE)

    def days_after(self, moment: dt.datetime, within: WorkingDays) -> dt.datetime:
        """When so many working days are over. Of the first day only its rest counts, and of the last as much as that lacked.

        A short day of Ramadan is a whole day: three days from Sunday at ten o'clock are over on Wednesday at ten, or as far into its hours.
        """
        return self._after(moment, within.count, lambda opens, closes: closes - opens)

    def _after(self, moment: dt.datetime, amount: int, unit: Callable[[dt.datetime, dt.datetime], dt.timedelta]) -> dt.datetime:
        left = Fraction(amount)
        if left <= 0:
            return moment
        for opens, closes in self._stretches(moment):
            begin, one = max(moment, opens), unit(opens, closes) // INSTANT
            here = Fraction((closes - begin) // INSTANT, one)
            if left <= here:
                return begin + int(left * one) * INSTANT
            left -= here
        raise AssertionError("the calendar never ends")

    def _stretches(self, moment: dt.datetime) -> Iterator[Stretch]:
        """What is worked from that moment on, a day at a time; today only while it lasts."""
        day = business_day(moment)
        while True:
            if hours := self.hours(day):
                opens, closes = (dt.datetime.combine(day, at, MUSCAT).astimezone(dt.UTC) for at in (hours.opens, hours.closes))
                if closes > moment:
                    yield opens, closes
            day += DAY
