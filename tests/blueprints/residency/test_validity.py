"""Six months of passport, at the edges of months and of February."""

import datetime as dt

import pytest

from blueprints.residency import validity
from tests.support.residences import renewing


@pytest.mark.parametrize(
    ("day", "needed"),
    [
        ("2026-11-22", "2027-05-22"),
        ("2026-08-31", "2027-02-28"),  # there is no 31 February
        ("2027-08-31", "2028-02-29"),  # nor in a leap year
        ("2027-08-29", "2028-02-29"),
        ("2026-08-29", "2027-02-28"),
        ("2028-02-29", "2028-08-29"),
        ("2026-12-31", "2027-06-30"),
        ("2026-07-01", "2027-01-01"),
    ],
)
def test_a_passport_is_refused_a_day_short_with_the_date_it_would_need(day: str, needed: str):
    today, last = dt.date.fromisoformat(day), dt.date.fromisoformat(needed)
    assert not list(validity.refusals(renewing(day=today, passport_expires=needed)))
    short = last - dt.timedelta(days=1)
    (refusal,) = validity.refusals(renewing(day=today, passport_expires=short.isoformat()))
    assert refusal.field == "passport_expires"
    assert refusal.message.values == {"valid": short, "needed": last}
    assert f"at least {needed}" in str(refusal.message)
