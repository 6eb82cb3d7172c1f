"""How long the authority had each seeded application, and when it owes its decision: as `service_clock` and `figures` would have written it."""

import datetime as dt

from engine.clock import business_day
from engine.lifecycle import State
from engine.service import Service
from models import ServiceClock, TimeTaken
from operations import office_hours, service_clock
from tools.seed.bulk import Bulk


class Timing:
    """For applications of services that clerks decide. Moments are UTC without a zone, as the tables keep them."""

    def __init__(self, bulk: Bulk, since: dt.datetime) -> None:
        self._bulk = bulk
        self._calendar = office_hours.calendar(business_day(since))

    def due(self, service: Service, submitted: dt.datetime) -> dt.datetime | None:
        """When the promise made then runs out; None where nothing is promised."""
        days = service_clock.promised(service.code)
        if days is None:
            return None
        clock = ServiceClock(days=days, since=_aware(submitted))
        return service_clock.due(clock, self._calendar).replace(tzinfo=None)

    def write(self, key: int, service: Service, desk: str, state: State, submitted: dt.datetime, decided: dt.datetime) -> None:
        """The clock as it stands in that state; and if that ended the authority's turn, how long it took."""
        due = self.due(service, submitted)
        running, back = state is State.IN_REVIEW, state is State.RETURNED
        worked = 0 if running else self._calendar.minutes(_aware(submitted), _aware(decided))
        self._bulk.add(
            ServiceClock,
            application_id=key,
            days=service_clock.promised(service.code),
            since=submitted if running else None,
            left=self._calendar.minutes(_aware(decided), _aware(due)) if back and due else None,
            worked=worked if back else 0,
        )
        if not running and not back:
            late, day = due is not None and decided > due, business_day(decided)
            self._bulk.add(TimeTaken, application_id=key, desk=desk, service=service.code, day=day, minutes=worked, late=late)


def _aware(moment: dt.datetime) -> dt.datetime:
    return moment.replace(tzinfo=dt.UTC)
