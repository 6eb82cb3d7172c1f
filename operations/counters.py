"""Numbers without gaps: taken by the transaction that uses them, so a rollback gives the number back."""

from typing import Any

from models import Counter
from statements import statement


def take(series: str, year: int) -> int:
    """The next number of the series, from 1. The row stays locked until the caller's transaction ends: take it late."""
    row = _next.first(series, year)
    if row is None:
        _first.run(series, year)
        row = _next.first(series, year)
    return int(row.last)


@statement
def _next(series: Any, year: Any) -> Any:
    return (
        Counter.update(last=Counter.last + 1).where((Counter.series == series) & (Counter.year == year)).returning(Counter.last)
    )


@statement
def _first(series: Any, year: Any) -> Any:
    return Counter.insert(series=series, year=year).on_conflict_ignore()
