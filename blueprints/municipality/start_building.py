"""Permit to start building: who supervises and who builds. A clerk of the engineering decides.

Source: Sohar municipality's list of services, "Permit to start building". Ours, the sources being silent: the fee, and three working days.
"""

from collections.abc import Iterator

from blueprints.municipality import permits
from blueprints.municipality.flat_fee import flat
from blueprints.municipality.registers import GRANTED, STARTED
from engine.errors import Refusal
from engine.fields import Text
from engine.service import Case, Certificate, Charge, Decision, Effect, Quote, Rows, Service, Step, WorkingDays
from engine.wording import _


def refusals(case: Case) -> Iterator[Refusal]:
    if case.record("permit").state != GRANTED:
        yield Refusal(_("Building under this permit has begun already: it needs no second permit to start."))


def effects(case: Case) -> Iterator[Effect]:
    yield Effect(case.record("permit"), {"office": case["office"], "contractor": case["contractor"], "state": STARTED})


def paper(case: Case) -> Rows:
    yield from permits.building(case.record("permit"))
    yield _("Consulting office"), case["office"]
    yield _("Contractor"), case["contractor"]
    yield _("Date of issue"), case.issued


service = Service(
    code="municipality.start-building",
    section="engineering",
    title=_("Permit to start building"),
    summary=_("You have the building permit: say who supervises and who builds, and begin."),
    needs=(_("Your building permit"), _("The names of the consulting office and of the contractor")),
    takes=_("You fill it in in three minutes. An engineer of the municipality looks at it."),
    known_as=(_("Start of construction"),),
    steps=(
        *permits.chosen(),
        Step(
            "builders",
            _("Who supervises, and who builds?"),
            Text("office", _("Consulting office"), hint=_("It supervises the building."), longest=100),
            Text("contractor", _("Contractor"), hint=_("The company that builds."), longest=100),
            shows=Quote(),
        ),
    ),
    **flat("municipality.start-building", permits.samples),
    refusals=refusals,
    effects=effects,
    charge=Charge.ON_APPROVAL,
    decision=Decision.CLERK,
    within=WorkingDays(3),
    subject="permit",
    issues=Certificate(
        "start_permit.html",
        title=_("Permit to start building"),
        named=permits.owner,
        rows=paper,
        says={
            "opening": _("The municipality permits that building begins, to"),
            "statement": _(
                "Keep this permit at the building site, and tell the municipality before the office or the contractor changes."
            ),
        },
    ),
)
