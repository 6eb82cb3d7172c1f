"""The two clocks: real time for sessions, codes and signatures; the business day for fees and registers."""

import datetime as dt

from engine import clock

_business_day: dt.date | None = None


def now() -> dt.datetime:
    """This moment, UTC."""
    return dt.datetime.now(dt.UTC)


def today() -> dt.date:
    """The business day in Muscat, or the one set for demonstrations and tests."""
    return _business_day or clock.business_day(now())


def set_business_day(day: dt.date | None) -> None:
    global _business_day
    _business_day = day
