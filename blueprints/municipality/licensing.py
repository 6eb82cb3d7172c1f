"""What the services of licences share: the paper of a licence, and a made-up licence for samples."""

import datetime as dt
from collections.abc import Callable

from blueprints.municipality.registers import ACTIVITIES, STANDING, licences
from engine.calendar import add_months
from engine.registers import Record
from engine.service import Case, Certificate, Rows
from engine.wording import _

PAPER = "licence.html"


def issued_until(expires: Callable[[Case], dt.date]) -> Certificate:
    """The licence on paper, as long as it now stands."""

    def rows(case: Case) -> Rows:
        licence = case.record("licence")
        yield _("Licence number"), licence.number
        yield _("Activity"), ACTIVITIES[licence.activity]
        yield _("Commercial registration"), licence.establishment
        yield _("Addressing number of the premises"), licence.premises
        yield _("Date of issue"), case.issued
        yield _("Date of expiry"), expires(case)

    return Certificate(
        PAPER,
        title=_("Municipal licence"),
        named=lambda case: case.record("licence").title,
        rows=rows,
        says={
            "licensed": _("The municipality licenses"),
            "to": _("to carry on the activity below at the premises below."),
            "statement": _("Hang it where customers see it. Scan the code to see whether it still stands."),
        },
        valid_until=expires,
    )


def a_licence(day: dt.date, months: int = 1) -> dict[str, Record]:
    """One that ends so many months after that day (before it, if negative)."""
    data = {"expires": add_months(day, months).isoformat(), "state": STANDING}
    return {"licence": licences.record("", data)}
