"""What the services of licences share: choosing one, the paper of it, and a made-up one for samples."""

import datetime as dt
from collections.abc import Callable, Iterator

from blueprints.municipality.registers import ACTIVITIES, CANCELLED, STANDING, licences
from engine.calendar import add_months
from engine.fields import FromRegister
from engine.registers import Record
from engine.service import Case, Certificate, Refusal, Rows, Step
from engine.wording import _

PAPER = "licence.html"
COMPANY = Step(
    "company", _("Which company?"), FromRegister("registration", _("Commercial registration"), register="chamber.establishments")
)
WHICH = Step("licence", _("Which licence?"), FromRegister("licence", _("Licence number"), register="municipality.licences"))
NEEDS = (_("A licence of one of your companies"),)


def refuse_cancelled(case: Case) -> Iterator[Refusal]:
    if case.record("licence").state == CANCELLED:
        yield Refusal(_("This licence was cancelled. If you need one again, ask for a new one."))


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
