"""Working time at its edges: weekends, Ramadan, holidays, midnight, the turn of the year."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.clock import MUSCAT
from engine.working_time import IN_RAMADAN, OFFICIAL, Calendar, Hours, Special, WorkingDays

RAMADAN = Special(dt.date(2027, 2, 8), dt.date(2027, 3, 8), IN_RAMADAN)
EID = Special(dt.date(2027, 3, 8), dt.date(2027, 3, 11))
NATIONAL = Special(dt.date(2026, 11, 25), dt.date(2026, 11, 26))
CALENDAR = Calendar([EID, RAMADAN, NATIONAL])


def at(text: str) -> dt.datetime:
    """A moment by Muscat's clock; 22 November 2026 is a Sunday."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=MUSCAT)


@pytest.mark.parametrize(
    ("day", "hours"),
    [
        ("2026-11-22", OFFICIAL),  # Sunday
        ("2026-11-24", OFFICIAL),
        ("2026-11-25", None),  # National Day
        ("2026-11-27", None),  # Friday
        ("2026-11-28", None),  # Saturday
        ("2027-02-07", OFFICIAL),
        ("2027-02-08", IN_RAMADAN),
        ("2027-03-07", IN_RAMADAN),
        ("2027-03-08", None),  # the Eid begins in Ramadan: closed counts before its hours
        ("2027-03-14", OFFICIAL),
    ],
)
def test_each_day_has_its_hours(day: str, hours: Hours | None) -> None:
    assert CALENDAR.hours(dt.date.fromisoformat(day)) == hours


def test_of_two_seasons_the_one_that_began_last_counts() -> None:
    later = Hours(dt.time(8), dt.time(15))
    calendar = Calendar([RAMADAN, Special(dt.date(2027, 1, 1), dt.date(2099, 1, 1), later)])
    assert calendar.hours(dt.date(2027, 2, 7)) == calendar.hours(dt.date(2027, 3, 9)) == later
    assert calendar.hours(dt.date(2027, 2, 9)) == IN_RAMADAN


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        ("2026-11-22 07:30", "2026-11-22 14:30", 420),
        ("2026-11-22 00:00", "2026-11-22 23:59", 420),
        ("2026-11-22 10:00", "2026-11-22 10:00:59", 0),
        ("2026-11-22 10:00", "2026-11-22 10:01", 1),
        ("2026-11-22 14:29", "2026-11-23 07:31", 2),  # over midnight
        ("2026-11-22 15:00", "2026-11-23 07:00", 0),
        ("2026-11-24 14:00", "2026-11-29 08:00", 60),  # a holiday and a weekend between
        ("2026-12-31 14:00", "2027-01-03 08:00", 60),  # the turn of the year is a weekend
        ("2027-02-07 14:00", "2027-02-08 10:00", 90),  # into Ramadan
        ("2027-03-07 13:00", "2027-03-14 08:00", 90),  # out of it, over the Eid
        ("2026-11-23 10:00", "2026-11-22 10:00", 0),  # backwards
    ],
)
def test_minutes_between_two_moments(start: str, end: str, minutes: int) -> None:
    assert CALENDAR.minutes(at(start), at(end)) == minutes


@pytest.mark.parametrize(
    ("start", "minutes", "end"),
    [
        ("2026-11-22 10:00", 60, "2026-11-22 11:00"),
        ("2026-11-22 10:00", 270, "2026-11-22 14:30"),  # to the very end of the day, not the next morning
        ("2026-11-22 10:00", 271, "2026-11-23 07:31"),
        ("2026-11-22 14:30", 1, "2026-11-23 07:31"),
        ("2026-11-24 14:29", 2, "2026-11-29 07:31"),
        ("2026-11-27 12:00", 0, "2026-11-27 12:00"),
        ("2026-11-27 12:00", -5, "2026-11-27 12:00"),
        ("2027-03-07 13:30", 31, "2027-03-14 07:31"),
    ],
)
def test_the_moment_when_so_many_minutes_are_over(start: str, minutes: int, end: str) -> None:
    assert CALENDAR.after(at(start), minutes) == at(end)


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        ("2026-11-15 10:00", 3, "2026-11-18 10:00"),
        ("2026-11-13 12:00", 3, "2026-11-17 14:30"),  # sent on a Friday: Sunday, Monday, Tuesday
        ("2026-11-15 20:00", 1, "2026-11-16 14:30"),  # sent in the evening: all of the next day
        ("2026-11-15 06:00", 1, "2026-11-15 14:30"),  # sent before they open: all of today
        ("2026-11-24 10:00", 2, "2026-11-30 10:00"),  # National Day and a weekend between
        ("2026-12-30 10:00", 2, "2027-01-03 10:00"),
        ("2027-02-07 11:00", 1, "2027-02-08 11:30"),  # half of a long day, half of a short one
        ("2027-02-04 09:00", 0, "2027-02-04 09:00"),
    ],
)
def test_the_moment_when_so_many_days_are_over(start: str, days: int, end: str) -> None:
    assert CALENDAR.days_after(at(start), WorkingDays(days)) == at(end)


moments = st.datetimes(dt.datetime(2026, 11, 1), dt.datetime(2027, 4, 1), timezones=st.just(dt.UTC))


@given(moments, st.integers(1, 5000))
def test_what_is_counted_forth_is_counted_back(moment: dt.datetime, minutes: int) -> None:
    end = CALENDAR.after(moment, minutes)
    assert CALENDAR.minutes(moment, end) == minutes
    assert CALENDAR.minutes(moment, end - dt.timedelta(microseconds=1)) == minutes - 1


@given(moments, st.integers(0, 3000), st.integers(0, 3000))
def test_a_pause_of_nothing_changes_nothing(moment: dt.datetime, first: int, second: int) -> None:
    assert CALENDAR.after(CALENDAR.after(moment, first), second) == CALENDAR.after(moment, first + second)


@given(moments, moments, st.integers(1, 30))
def test_who_comes_later_is_never_due_earlier(one: dt.datetime, other: dt.datetime, days: int) -> None:
    earlier, later = sorted((one, other))
    assert CALENDAR.days_after(earlier, WorkingDays(days)) <= CALENDAR.days_after(later, WorkingDays(days))


@given(moments, st.integers(1, 20), st.integers(1, 20))
def test_days_add_up(moment: dt.datetime, first: int, second: int) -> None:
    between = CALENDAR.days_after(moment, WorkingDays(first))
    whole = CALENDAR.days_after(moment, WorkingDays(first + second))
    assert abs(CALENDAR.days_after(between, WorkingDays(second)) - whole) <= dt.timedelta(microseconds=2)


@given(moments, moments, moments)
def test_minutes_of_parts_make_the_whole(one: dt.datetime, two: dt.datetime, three: dt.datetime) -> None:
    start, middle, end = sorted(moment.replace(second=0, microsecond=0) for moment in (one, two, three))
    assert CALENDAR.minutes(start, middle) + CALENDAR.minutes(middle, end) == CALENDAR.minutes(start, end)


@given(moments, st.integers(1, 5000))
def test_what_falls_due_falls_due_in_working_hours(moment: dt.datetime, minutes: int) -> None:
    end = CALENDAR.after(moment, minutes).astimezone(MUSCAT)
    hours = CALENDAR.hours(end.date())
    assert hours is not None and hours.opens < end.time() <= hours.closes
