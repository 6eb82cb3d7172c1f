"""Permit for a large building. Engineering looks at the drawings, then the head of the municipality decides; then fee and deposit are due.

The fee counts the square metres above a threshold; its amounts and the deposit's are not published: the schedule holds ours, unconfirmed.
"""

import datetime as dt
from collections.abc import Iterator

from blueprints.municipality.registers import BUILDINGS, GRANTED, HELD, permits
from engine.assurance import Assurance
from engine.fees import Fee
from engine.fields import PDF, Choice, CivilNumber, Pattern, Upload, Whole
from engine.service import Case, Certificate, Charge, Creation, Decision, Quote, Rows, Sample, Service, Stage, Step, WorkingDays
from engine.wording import Words, _


def fees(case: Case) -> Iterator[Fee]:
    yield Fee("municipality.major-permit", quantity=case["area"])
    yield Fee("municipality.building-deposit", deposit=True)


def samples(day: dt.date) -> Iterator[Sample]:
    yield Sample(_("A villa of 480 square metres"), {"use": "villa", "area": 480})
    yield Sample(_("A block of flats of 3,200 square metres"), {"use": "flats", "area": 3200})


def effects(case: Case) -> Iterator[Creation]:
    yield Creation(
        "permit",
        permits,
        {
            "holder": case.holder,
            "name": case.applicant,
            "plot": case["plot"],
            "use": case["use"],
            "floors": str(case["floors"]),
            "area": str(case["area"]),
            "engineer": case["engineer"],
            "office": "",
            "contractor": "",
            "state": GRANTED,
            "completed": "",
            "deposit": case.price.deposit.baisa if case.price else 0,
            "deposit_state": HELD,
        },
    )


def owner(case: Case) -> Words:
    return case.record("permit").title


def paper(case: Case) -> Rows:
    permit = case.record("permit")
    yield permits.number, permit.number
    for name in ("plot", "use", "floors", "area", "engineer", "deposit"):
        yield permits.column(name).label, permits.column(name).shown(permit.data[name])
    yield _("Date of issue"), case.issued


service = Service(
    code="municipality.major-permit",
    title=_("Major building permit"),
    summary=_("Get permission to build a house, a block of flats or another large building on your plot."),
    needs=(
        _("The number of your plot, as the title deed (mulkiya) shows it"),
        _("The drawings and the soil report as PDF files, up to 10 MB each"),
        _("The civil number of the engineer who answers for the drawings"),
    ),
    takes=_("You fill it in in ten minutes. Engineers look at the drawings, then the head of the municipality decides."),
    known_as=(_("Building permit"), _("Licence to build")),
    fee_codes=("municipality.major-permit", "municipality.building-deposit"),
    steps=(
        Step(
            "plot",
            _("Where will you build, and what for?"),
            Pattern(
                "plot",
                _("Plot number"),
                shape=r"\d{1,10}",
                wrong=_("A plot number has up to 10 digits. It stands on the title deed."),
            ),
            Choice("use", _("Use of the building"), options=tuple(BUILDINGS.items())),
            assurance=Assurance.SUBSTANTIAL,
        ),
        Step(
            "building",
            _("How large will it be?"),
            Whole("floors", _("Number of floors"), hint=_("The ground floor is one of them."), least=1, most=60),
            Whole("area", _("Built area in square metres"), hint=_("All floors together."), least=1, most=1_000_000),
        ),
        Step(
            "papers",
            _("Who answers for the drawings?"),
            CivilNumber("engineer", _("Civil number of the engineer")),
            Upload("drawings", _("Drawings"), hint=_("PDF, up to 10 MB."), types=(PDF,)),
            Upload("soil", _("Soil report"), hint=_("PDF, up to 10 MB."), types=(PDF,)),
            shows=Quote(),
        ),
    ),
    fees=fees,
    samples=samples,
    effects=effects,
    charge=Charge.ON_APPROVAL,
    decision=Decision.CLERK,
    stages=(Stage("engineering", _("Engineering")), Stage("head", _("Head of the municipality"))),
    within=WorkingDays(10),
    subject="permit",
    issues=Certificate(
        "permit.html",
        title=_("Major building permit"),
        named=owner,
        rows=paper,
        says={
            "opening": _("The municipality permits the building described below to"),
            "statement": _(
                "Building begins only with the permit to start. The approved drawings hold. The deposit is paid back after completion."
            ),
        },
    ),
)
