"""For how long a residence is renewed, and from when it may be.

*[ours]*, the sources being silent: for a year, counted from the old end, or from the day it is renewed once that has passed; and from the
day on which its first reminder goes out.
"""

import datetime as dt

from blueprints.residency.lateness import renewed_from
from engine.calendar import add_months
from engine.registers import Record
from engine.service import Case

MONTHS = 12
OPENS = dt.timedelta(days=60)


def new_expiry(case: Case) -> dt.date:
    return add_months(renewed_from(case.record("residence"), case.today), MONTHS)


def opens(residence: Record) -> dt.date:
    """The first day on which it can be renewed."""
    return residence.expires - OPENS  # type: ignore[no-any-return]
