"""Slots: the times at which a centre expects people, or an office sends somebody to them. How many come at once its opening says."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from engine.clock import MUSCAT, business_day
from engine.wording import Words
from engine.working_time import DAY, Calendar, Hours


@dataclass(frozen=True, slots=True)
class Opening:
    """When an office gives slots: on working days, within its hours, one after another of so many `minutes`, `seats` in each.

    The first is on the next day, the last within `days` days.
    """

    hours: Hours
    minutes: int
    seats: int
    days: int = 30

    def slots(self, calendar: Calendar, moment: dt.datetime) -> Iterator[dt.datetime]:
        """The beginnings (UTC) of all that may still be booked at that moment, in order."""
        today = business_day(moment)
        for number in range(1, self.days + 1):
            yield from self._of_day(calendar, today + number * DAY)

    def _of_day(self, calendar: Calendar, day: dt.date) -> Iterator[dt.datetime]:
        """Where the whole office keeps shorter hours, as in Ramadan, those count."""
        if (worked := calendar.hours(day)) is None:
            return
        at, closes = (
            dt.datetime.combine(day, time, MUSCAT)
            for time in (max(self.hours.opens, worked.opens), min(self.hours.closes, worked.closes))
        )
        length = dt.timedelta(minutes=self.minutes)
        while at + length <= closes:
            yield at.astimezone(dt.UTC)
            at += length


@dataclass(frozen=True, slots=True)
class Appointment:
    """Where and when (UTC) an application's person comes, and the number by which they are called there."""

    centre: Words
    address: Words
    at: dt.datetime
    serial: str
