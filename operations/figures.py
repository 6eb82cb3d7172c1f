"""How long decisions take, by desk, service and day. Kept as they are made, so that no page ever counts a million applications.

`TimeTaken` is what happened; `DailyFigure` sums it up in steps of one working hour, so that a median is read off a few hundred rows. Both
are written in the deciding transaction; `rebuild` makes the figures again from what happened and finds the same.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from peewee import EXCLUDED, SQL, fn

from engine.clock import business_day
from models import Application, DailyFigure, TimeTaken, database
from operations.now import now
from statements import statement

HOUR = 60  # minutes


def record(row: Application, minutes: int, *, late: bool) -> None:
    """The authority's turn ended with a decision after so many working minutes. Inside the deciding transaction."""
    day = business_day(now())
    TimeTaken.create(application=row, desk=row.desk, service=row.service, day=day, minutes=minutes, late=late)
    _add.run(row.desk, day, row.service, minutes // HOUR, 1, int(late))


@statement
def _add(desk: Any, day: Any, service: Any, hours: Any, decided: Any, late: Any) -> Any:
    values = {
        DailyFigure.desk: desk,
        DailyFigure.day: day,
        DailyFigure.service: service,
        DailyFigure.hours: hours,
        DailyFigure.decided: decided,
        DailyFigure.late: late,
    }
    return DailyFigure.insert(values).on_conflict(
        conflict_target=(DailyFigure.desk, DailyFigure.day, DailyFigure.service, DailyFigure.hours),
        update={
            DailyFigure.decided: DailyFigure.decided + EXCLUDED.decided,
            DailyFigure.late: DailyFigure.late + EXCLUDED.late,
        },
    )


# --- Reading -----------------------------------------------------------------------------------------------------------------------


def decided_per_day(desk: str, first: dt.date, last: dt.date) -> dict[dt.date, int]:
    """Decisions of each day from the first to the last; days without any are 0."""
    counted = {row["day"]: row["decided"] for row in _per_day.run(desk, first, last)}
    days = (first + dt.timedelta(days=number) for number in range((last - first).days + 1))
    return {day: counted.get(day, 0) for day in days}


@statement
def _per_day(desk: Any, first: Any, last: Any) -> Any:
    within = (DailyFigure.desk == desk) & (DailyFigure.day >= first) & (DailyFigure.day <= last)
    rows = DailyFigure.select(DailyFigure.day, fn.SUM(DailyFigure.decided).alias("decided"))
    return rows.where(within).group_by(DailyFigure.day).dicts()


@dataclass(frozen=True, slots=True)
class Statistic:
    """A service in a month: decisions, those in time, and within how many working hours half and nine tenths of them were made."""

    month: dt.date
    service: str
    decided: int
    in_time: int
    median: int
    ninetieth: int


def monthly(desk: str, first: dt.date) -> list[Statistic]:
    """The newest month first, in it the services by their code."""
    rows = _by_month.all(desk, first)
    groups = groupby(rows, key=lambda row: (row["month"], row["service"]))
    made = [_statistic(month, service, list(group)) for (month, service), group in groups]
    return sorted(made, key=lambda made: (-made.month.toordinal(), made.service))


@statement
def _by_month(desk: Any, first: Any) -> Any:
    month = fn.SUBSTR(DailyFigure.day.cast("TEXT"), 1, 7)
    decided, late = fn.SUM(DailyFigure.decided).alias("decided"), fn.SUM(DailyFigure.late).alias("late")
    rows = DailyFigure.select(month.alias("month"), DailyFigure.service, DailyFigure.hours, decided, late)
    rows = rows.where((DailyFigure.desk == desk) & (DailyFigure.day >= first))
    return rows.group_by(SQL("1"), SQL("2"), SQL("3")).order_by(SQL("1"), SQL("2"), SQL("3")).dicts()


def _statistic(month: str, service: str, steps: list[dict[str, Any]]) -> Statistic:
    decided = sum(step["decided"] for step in steps)
    late = sum(step["late"] for step in steps)
    spread = [(step["hours"], step["decided"]) for step in steps]
    return Statistic(
        dt.date.fromisoformat(f"{month}-01"), service, int(decided), int(decided - late), within(spread, 50), within(spread, 90)
    )


def within(spread: Iterable[tuple[int, int]], per_cent: int) -> int:
    """Within how many working hours that share was decided. `spread`: begun hours, ascending, and how many took so long."""
    steps = list(spread)
    owed, so_far = -(-sum(many for _hours, many in steps) * per_cent // 100), 0
    for hours, many in steps:
        so_far += many
        if so_far >= owed:
            return hours + 1
    raise ValueError("nothing was decided")


# --- Making them again -------------------------------------------------------------------------------------------------------------


@database.atomic()
def rebuild() -> int:
    """Make all figures again from what happened; returns how many rows they are. Decisions wait meanwhile, pages do not."""
    if database.for_update:  # PostgreSQL: who is deciding now adds to the figures after us; SQLite lets nobody else write anyway
        database.execute_sql("LOCK TABLE daily_figure IN EXCLUSIVE MODE")
    DailyFigure.delete().execute()
    hours = (TimeTaken.minutes / SQL("60")).alias("hours")
    late = fn.SUM(TimeTaken.late.cast("INTEGER"))
    key = (TimeTaken.desk, TimeTaken.day, TimeTaken.service)
    happened = TimeTaken.select(*key, hours, fn.COUNT(SQL("*")), late).group_by(*key, SQL("4"))
    columns = (DailyFigure.desk, DailyFigure.day, DailyFigure.service, DailyFigure.hours, DailyFigure.decided, DailyFigure.late)
    DailyFigure.insert_from(happened, columns).execute()
    return int(DailyFigure.select().count())
