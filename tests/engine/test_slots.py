"""Slots: within the office's hours, on working days, one after another; none that has begun, none too far ahead."""

import datetime as dt

from engine.clock import MUSCAT
from engine.slots import Opening
from engine.working_time import IN_RAMADAN, Calendar, Hours, Special

OPENING = Opening(Hours(dt.time(8), dt.time(13)), minutes=60, seats=2, days=7)
SUNDAY = dt.date(2026, 11, 22)
NOON = dt.datetime(2026, 11, 22, 8, tzinfo=dt.UTC)


def days(calendar: Calendar, opening: Opening = OPENING) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for at in opening.slots(calendar, NOON):
        there = at.astimezone(MUSCAT)
        found.setdefault(f"{there:%a}", []).append(f"{there:%H:%M}")
    return found


def test_every_hour_of_the_working_days_from_tomorrow_on():
    hours = ["08:00", "09:00", "10:00", "11:00", "12:00"]
    assert days(Calendar()) == dict.fromkeys(("Mon", "Tue", "Wed", "Thu", "Sun"), hours)


def test_a_holiday_has_none_and_ramadan_only_what_fits_its_hours():
    holiday = Special(dt.date(2026, 11, 23), dt.date(2026, 11, 23))
    ramadan = Special(dt.date(2026, 11, 24), dt.date(2026, 11, 24), IN_RAMADAN)
    found = days(Calendar([holiday, ramadan]))
    assert "Mon" not in found and found["Tue"] == ["09:00", "10:00", "11:00", "12:00"]


def test_the_last_one_ends_before_the_office_closes():
    opening = Opening(Hours(dt.time(12), dt.time(20)), minutes=45, seats=1, days=1)
    assert days(Calendar(), opening) == {"Mon": ["12:00", "12:45", "13:30"]}  # the house closes at 14:30


def test_times_are_utc_and_in_order():
    times = list(OPENING.slots(Calendar(), NOON))
    assert times == sorted(times) and {at.tzinfo for at in times} == {dt.UTC}
    assert times[0] == dt.datetime(2026, 11, 23, 4, tzinfo=dt.UTC)
