"""How long an authority has had an application, and when it owes its decision.

The clock runs in working time while the application is in review. It stands while the applicant has it back and while it waits for
money, and goes on with what was left. What is promised is frozen when it first starts: a service that promises less time later changes
nothing for who came before.
"""

import datetime as dt
from typing import Any

from engine.catalogue import catalogue
from engine.clock import business_day
from engine.lifecycle import State
from engine.service import Decision
from engine.working_time import Calendar, WorkingDays
from models import Application, ServiceClock, database
from operations import figures, office_hours, outbox
from operations.now import now
from statements import locked, statement

BATCH = 200
SOON = WorkingDays(1)


def follow(row: Application) -> None:
    """The application has just moved to its state: start the clock, or stop it. Before the row is saved, in the moving transaction."""
    service = catalogue.services.get(row.service)
    if service is None or service.decision is not Decision.CLERK:
        return
    clock = _of.first(row)
    if State(row.state) is State.IN_REVIEW:
        _start(row, clock or ServiceClock(application=row, days=promised(row.service)))
    elif clock is not None and clock.since is not None:
        _stop(row, clock)


@statement
def _of(application: Any) -> Any:
    return ServiceClock.select().where(ServiceClock.application == application)


def promised(code: str) -> int | None:
    """Working days, as the service says, or else its authority."""
    service = catalogue.services[code]
    within = service.within or catalogue.authorities[service.authority].within
    return within.count if within else None


def _start(row: Application, clock: ServiceClock) -> None:
    if clock.since is None:
        clock.since = now()
        row.due_at = due(clock, office_hours.calendar(business_day(clock.since))) if clock.days is not None else None
        clock.save()


def due(clock: ServiceClock, calendar: Calendar) -> dt.datetime:
    """When a running clock of a promise runs out."""
    if clock.left is None:
        return calendar.days_after(clock.since, WorkingDays(clock.days))
    return calendar.after(clock.since, clock.left)


def _stop(row: Application, clock: ServiceClock) -> None:
    moment = now()
    calendar = office_hours.calendar(business_day(clock.since))
    clock.worked += calendar.minutes(clock.since, moment)
    if State(row.state) is State.RETURNED:
        clock.left = calendar.minutes(moment, row.due_at) if row.due_at else None
    else:
        figures.record(row, clock.worked, late=row.due_at is not None and moment > row.due_at)
        clock.left, clock.worked, row.escalated_at = None, 0, None  # overturned, it would begin anew
    clock.since = row.due_at = None
    clock.save()


def soon() -> dt.datetime:
    """What is due before that moment is due soon: a working day from now."""
    moment = now()
    return office_hours.calendar(business_day(moment)).days_after(moment, SOON)


# --- When holidays change --------------------------------------------------------------------------------------------------------


@outbox.handles(office_hours.CHANGED)
def recount(payload: dict[str, Any]) -> None:
    """Set anew when applications are due, BATCH by BATCH: each promises the next, so that no transaction grows with their number."""
    with database.atomic():
        rows = _running.all(payload["after"], BATCH)
        if not rows:
            return
        calendar = office_hours.calendar(min(business_day(clock.since) for clock in rows))
        for clock in rows:
            _move(clock.application, due(clock, calendar))
        change, last = payload["change"], rows[-1].id
        outbox.put(office_hours.CHANGED, f"{office_hours.CHANGED}:{change}>{last}", change=change, after=last)


@statement
def _running(after: Any, most: Any) -> Any:
    runs = ServiceClock.since.is_null(False) & ServiceClock.days.is_null(False) & (ServiceClock.id > after)
    rows = ServiceClock.select(ServiceClock, Application).join(Application).where(runs & Application.due_at.is_null(False))
    return locked(rows.order_by(ServiceClock.id).limit(most))


def _move(row: Application, moment: dt.datetime) -> None:
    if row.due_at == moment:
        return
    row.due_at = moment
    if moment > now():
        row.escalated_at = None  # it is no longer late; should it become so again, its supervisors hear of it again
    row.save()
