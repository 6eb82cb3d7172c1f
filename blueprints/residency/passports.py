"""What the two passport services share: the visit to a centre, the refusals, and the paper of an application that is with the printing house.

*[ours]*: the number of a new passport is the printing house's, so approving makes no record of it; the next extract brings it. Nobody is
fined for coming late. What to bring and how long it takes are our words.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

from engine.calendar import whole_years
from engine.fields import Slot
from engine.service import Case, Certificate, Charge, Decision, Fee, Quote, Rows, Sample, Step
from engine.wording import Text, _

OF_AGE = 18
BRINGS = (_("ID card"), _("The originals of what you attached"), _("For a child: the child, and one of the parents"))


def under_age(born: dt.date, today: dt.date) -> bool:
    return whole_years(born, today) < OF_AGE


def visit(also: Callable[[Case], Rows] = lambda case: ()) -> Step:
    """The step in which one chooses when to come."""
    slot = Slot("visit", _("Appointment"), office="residency.passports", brings=BRINGS)
    return Step("visit", _("Where and when will you come?"), slot, shows=Quote(also))


def slip(record: str, title: Text) -> Certificate:
    """The paper that an approval at the centre issues, about the person or passport of that name."""

    def rows(case: Case) -> Rows:
        came = case.appointment("visit")
        yield _("Asked for"), title
        yield _("Serial number"), came.serial
        yield _("Centre"), came.centre
        yield _("Was there on"), came.at
        yield _("Bring to collect it"), _("This slip, the ID card, and the old passport if there is one")

    return Certificate(
        "appointment_slip.html",
        title=_("Passport application slip"),
        named=lambda case: case.record(record).title,
        rows=rows,
        says={
            "opening": _("Photo and fingerprints were taken. The passport is being made for"),
            "statement": _("The new number stands in the passport: the printing house gives it. The centre hands it out."),
        },
    )


def decided_at_a_centre(code: str) -> dict[str, Any]:
    """Its one fee, and that a clerk at the centre decides once it is paid."""

    def samples(day: dt.date) -> Iterator[Sample]:
        yield Sample(_("Whoever asks"))

    return {
        "section": "passports",
        "fees": lambda case: (Fee(code),),
        "fee_codes": (code,),
        "samples": samples,
        "charge": Charge.ON_SUBMISSION,
        "decision": Decision.CLERK,
    }
