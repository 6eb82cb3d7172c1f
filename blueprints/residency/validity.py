"""How long the passport of a resident is to be valid still.

Source: the seed's article of November 2023, not less than six months. *[ours]*: counted from the day of application, to the same day of the
month or the last one it has; a passport that ends on that very day is valid long enough.
"""

import datetime as dt
from collections.abc import Iterator

from engine.assurance import Assurance
from engine.calendar import add_months
from engine.fields import Day, Pattern, Upload
from engine.service import Case, Refusal, Step
from engine.wording import _

MONTHS = 6


def needed_until(day: dt.date) -> dt.date:
    """Until when a passport has to be valid that is shown on that day."""
    return add_months(day, MONTHS)


def refusals(case: Case) -> Iterator[Refusal]:
    valid, needed = dt.date.fromisoformat(case["passport_expires"]), needed_until(case.today)
    if valid < needed:
        yield Refusal(
            _(
                "This passport is valid until %(valid)s, which is too short: it has to be valid until at least %(needed)s. "
                "Renew it first, then write the number and the date of the new one here.",
                valid=valid,
                needed=needed,
            ),
            field="passport_expires",
        )


def another(case: Case) -> bool:
    """Whether it is not the passport that the register knows."""
    known = case.record("residence").data
    return (number(case), case["passport_expires"]) != (known["passport"], known["passport_expires"])


def number(case: Case) -> str:
    return str(case["passport"]).upper()


STEP = Step(
    "passport",
    _("Until when is the passport valid?"),
    Pattern(
        "passport",
        _("Passport number"),
        _("As we know it. Correct both if there is a new passport; you then attach a copy of it."),
        shape=r"[A-Za-z0-9]{5,15}",
        wrong=_("A passport number has 5 to 15 letters and digits. It stands at the top of the page with the photo."),
        starts_as=lambda case: case.record("residence").data["passport"],
    ),
    Day("passport_expires", _("Passport valid until"), starts_as=lambda case: case.record("residence").data["passport_expires"]),
    assurance=Assurance.SUBSTANTIAL,
    refusals=refusals,
)
COPY = Upload(
    "passport_copy", _("Copy of the new passport"), _("The page with the photo: PDF, JPEG or PNG, up to 10 MB."), asked=another
)
