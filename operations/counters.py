"""Numbers without gaps: taken by the transaction that uses them, so a rollback gives the number back."""

from models import Counter


def take(series: str, year: int) -> int:
    """The next number of the series, from 1. The row stays locked until the caller's transaction ends: take it late."""
    Counter.insert(series=series, year=year).on_conflict_ignore().execute()
    row = (
        Counter.update(last=Counter.last + 1)
        .where((Counter.series == series) & (Counter.year == year))
        .returning(Counter.last)
        .execute()
    )
    return int(next(iter(row)).last)
