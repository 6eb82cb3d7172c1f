"""Completion certificate with the letter for electricity and water. Somebody of the engineering comes to look, at a time one chooses.

Source: Sohar municipality's list of services, "Completion certificate with electricity and water letter". Ours, the sources being silent:
the fee, due on approval, the hours of the inspection, and ten working days.
"""

from collections.abc import Iterator

from blueprints.municipality import permits
from blueprints.municipality.flat_fee import flat
from blueprints.municipality.registers import COMPLETED, STARTED
from engine.errors import Refusal
from engine.fields import Slot
from engine.service import Case, Certificate, Charge, Decision, Effect, Quote, Rows, Service, Step, WorkingDays
from engine.wording import Text, _

NOT_BEGUN = _("The municipality has not permitted to start this building yet. Apply for the permit to start first.")
TWICE = _("This building is certified as completed already. If you have lost the certificate, ask for a replacement.")


def refusals(case: Case) -> Iterator[Refusal]:
    if case.record("permit").state != STARTED:
        yield Refusal(TWICE if case.record("permit").state == COMPLETED else NOT_BEGUN)


def effects(case: Case) -> Iterator[Effect]:
    yield Effect(case.record("permit"), {"state": COMPLETED, "completed": (case.issued or case.today).isoformat()})


def site(case: Case) -> Text:
    return _("Plot %(number)s", number=case.record("permit").plot)


def certificate(case: Case) -> Rows:
    yield from permits.building(case.record("permit"))
    yield _("Completed on"), case.record("permit").completed or case.issued


def connections(case: Case) -> Rows:
    yield _("Subject"), _("Electricity and water")
    yield from certificate(case)


CERTIFICATE = Certificate(
    "completion.html",
    title=_("Completion certificate"),
    named=permits.owner,
    rows=certificate,
    says={
        "opening": _(
            "The municipality certifies that the building described below is completed as its permit allows. Its owner:"
        ),
        "statement": _("The municipality has inspected the building. With this certificate the owner may ask for the deposit."),
    },
)
LETTER = Certificate(
    "connection_letter.html",
    title=_("Letter for electricity and water"),
    named=permits.owner,
    rows=connections,
    says={
        "opening": _("To whom it may concern: about the building of"),
        "statement": _("The building is completed. The municipality has no objection to connecting it to electricity and water."),
    },
)
service = Service(
    code="municipality.completion-letter",
    section="engineering",
    title=_("Completion certificate with electricity and water letter"),
    summary=_(
        "The building is finished: choose a time for the inspection, then get the certificate and the letter for its connections."
    ),
    needs=(_("Your building permit"), _("Somebody who opens the building at the time you choose")),
    takes=_("You fill it in in three minutes. The papers come after the inspection."),
    known_as=(_("Completion certificate"), _("Building inspection")),
    steps=(
        *permits.chosen("office", "contractor"),
        Step(
            "inspection",
            _("When shall we come to look?"),
            Slot("inspection", _("Time of the inspection"), office="municipality.engineering", site=site),
            shows=Quote(),
        ),
    ),
    **flat("municipality.completion-letter", permits.samples),
    refusals=refusals,
    effects=effects,
    charge=Charge.ON_APPROVAL,
    decision=Decision.CLERK,
    within=WorkingDays(10),
    subject="permit",
    issues=(CERTIFICATE, LETTER),
)
