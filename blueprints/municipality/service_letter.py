"""Letters that let a building be connected: electricity, water, sewerage. A clerk of the engineering decides; each company gets its own letter.

Source: Sohar municipality's list of services, "Letter for electricity, water, sewerage". Ours, the sources being silent: a fee for each
letter, due on approval, and three working days.
"""

import datetime as dt
from collections.abc import Iterator

from engine.fees import Fee
from engine.fields import Choice, Pattern, Several, Upload
from engine.service import Case, Certificate, Charge, Decision, Quote, Rows, Sample, Service, Step, WorkingDays
from engine.wording import _

UTILITIES = {"electricity": _("Electricity"), "water": _("Water"), "sewerage": _("Sewerage")}
NUMBERS = {"plot": _("Plot number"), "address": _("Addressing number")}


def fees(case: Case) -> Iterator[Fee]:
    yield Fee("municipality.service-letter", quantity=len(case["utilities"]))


def samples(day: dt.date) -> Iterator[Sample]:
    yield Sample(_("One letter"), {"utilities": ["water"]})
    yield Sample(_("Three letters"), {"utilities": list(UTILITIES)})


def letter(utility: str) -> Certificate:
    def rows(case: Case) -> Rows:
        yield _("Subject"), UTILITIES[utility]
        yield NUMBERS[case["kind"]], case["number"]
        yield _("Date of issue"), case.issued

    return Certificate(
        "letter.html",
        title=_("Letter for %(utility)s", utility=UTILITIES[utility]),
        named=lambda case: case.applicant or {"ar": "", "en": ""},
        rows=rows,
        says={
            "opening": _("To whom it may concern: about the building of"),
            "statement": _(
                "The municipality has no objection to connecting the building named above to the service named above."
            ),
        },
        when=lambda case: utility in case["utilities"],
    )


service = Service(
    code="municipality.service-letter",
    section="engineering",
    title=_("Letter for electricity, water, sewerage"),
    summary=_("Get the letters with which the companies connect your building: one for each."),
    needs=(_("The number of the plot, or the addressing number of the building"),),
    takes=_("You fill it in in three minutes. An engineer of the municipality looks at it."),
    known_as=(_("Service letters"), _("Electricity letter"), _("Water letter")),
    fee_codes=("municipality.service-letter",),
    steps=(
        Step(
            "building",
            _("Which building?"),
            Choice("kind", _("Which number do you have?"), options=tuple(NUMBERS.items())),
            Pattern(
                "number",
                _("The number"),
                shape=r"[0-9A-Za-z/-]{1,20}",
                wrong=_("Type the number as it stands on the paper: digits and Latin letters."),
            ),
            Upload(
                "deed",
                _("Title deed or rent contract"),
                hint=_("PDF, JPEG or PNG, up to 10 MB. You may go on without one."),
                required=False,
            ),
        ),
        Step(
            "utilities",
            _("What is to be connected?"),
            Several("utilities", _("Services"), hint=_("You receive a letter for each."), options=tuple(UTILITIES.items())),
            shows=Quote(),
        ),
    ),
    fees=fees,
    samples=samples,
    charge=Charge.ON_APPROVAL,
    decision=Decision.CLERK,
    within=WorkingDays(3),
    issues=tuple(letter(utility) for utility in UTILITIES),
)
