"""UTC in tables, Muscat for people: the day changes at eight in the evening, UTC."""

import datetime as dt

import pytest

from engine.clock import MUSCAT, business_day, in_muscat


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2018-03-18T00:00:00+00:00", "2018-03-18"),
        ("2018-03-18T19:59:59.999999+00:00", "2018-03-18"),
        ("2018-03-18T20:00:00+00:00", "2018-03-19"),  # midnight in Muscat
        ("2026-12-31T20:00:00+00:00", "2027-01-01"),
        ("2024-02-28T20:00:00+00:00", "2024-02-29"),
        ("2018-03-19T00:00:00+04:00", "2018-03-19"),
        ("2018-03-18T23:59:59+04:00", "2018-03-18"),
        ("2018-03-18T12:00:00-08:00", "2018-03-19"),
        ("2018-03-18T20:00:00", "2018-03-19"),  # as stored, without zone
        ("2018-07-01T20:00:00+00:00", "2018-07-02"),  # no summer time
    ],
)
def test_the_business_day_is_muscats(moment: str, day: str):
    assert business_day(dt.datetime.fromisoformat(moment)) == dt.date.fromisoformat(day)


def test_a_moment_is_shown_on_a_muscat_clock_and_stays_the_same_moment():
    moment = dt.datetime(2018, 3, 18, 20, 30, tzinfo=dt.UTC)
    shown = in_muscat(moment)
    assert (shown.day, shown.hour, shown.minute) == (19, 0, 30)
    assert shown == moment
    assert MUSCAT.utcoffset(None) == dt.timedelta(hours=4)
    assert in_muscat(moment.replace(tzinfo=None)) == moment
