"""Months and years as fee rules count them."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.calendar import add_months, whole_years

DAYS = st.dates(dt.date(1970, 1, 1), dt.date(2200, 12, 31))


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2018-03-19", 12, "2019-03-19"),
        ("2018-03-19", 24, "2020-03-19"),
        ("2018-03-19", 18, "2019-09-19"),
        ("2018-12-31", 2, "2019-02-28"),
        ("2019-12-31", 2, "2020-02-29"),
        ("2026-01-31", 1, "2026-02-28"),
        ("2026-01-31", 3, "2026-04-30"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-02-29", 48, "2028-02-29"),
        ("2096-02-29", 48, "2100-02-28"),  # 2100 is no leap year
        ("2026-03-31", -1, "2026-02-28"),
        ("2026-01-15", -1, "2025-12-15"),
        ("2026-11-22", 0, "2026-11-22"),
    ],
)
def test_months_later_is_the_same_day_or_the_months_last(start: str, months: int, end: str):
    assert add_months(dt.date.fromisoformat(start), months) == dt.date.fromisoformat(end)


@pytest.mark.parametrize(
    ("start", "end", "years"),
    [
        ("2018-03-19", "2018-03-18", 0),
        ("2018-03-19", "2018-03-19", 0),
        ("2018-03-19", "2019-03-18", 0),
        ("2018-03-19", "2019-03-19", 1),
        ("2018-03-19", "2026-11-22", 8),
        ("2018-03-19", "2027-03-18", 8),
        ("2026-11-22", "2018-03-19", 0),
        ("2024-02-29", "2025-02-27", 0),
        ("2024-02-29", "2025-02-28", 1),
        ("2024-02-29", "2028-02-28", 3),
        ("2024-02-29", "2028-02-29", 4),
    ],
)
def test_a_year_is_whole_on_its_anniversary(start: str, end: str, years: int):
    assert whole_years(dt.date.fromisoformat(start), dt.date.fromisoformat(end)) == years


@given(DAYS, st.integers(-1200, 1200))
def test_months_move_the_month_by_exactly_that_many(day: dt.date, months: int):
    moved = add_months(day, months)
    assert (moved.year - day.year) * 12 + moved.month - day.month == months
    assert moved.day == day.day or (moved.day < day.day and (moved + dt.timedelta(days=1)).day == 1)


@given(DAYS, DAYS)
def test_whole_years_never_exceed_the_time_passed(start: dt.date, end: dt.date):
    years = whole_years(start, end)
    if end >= start:
        assert add_months(start, 12 * years) <= end < add_months(start, 12 * (years + 1))
    else:
        assert years == 0
