"""Time as operations read it, moved at will: `clock.forward(hours=2)`. The business day follows, unless one is set."""

import datetime as dt
from collections.abc import Iterator

import pytest

from operations import now


class Clock:
    """Stands in for the module `datetime` inside `operations.now`, and only there."""

    UTC, date = dt.UTC, dt.date

    def __init__(self) -> None:
        self._ahead = dt.timedelta()

    @property
    def datetime(self) -> "Clock":
        return self

    def now(self, zone: dt.tzinfo) -> dt.datetime:
        return dt.datetime.now(zone) + self._ahead

    def forward(self, **ahead: float) -> None:
        self._ahead += dt.timedelta(**ahead)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    clock = Clock()
    monkeypatch.setattr(now, "dt", clock)
    yield clock
    now.set_business_day(None)
