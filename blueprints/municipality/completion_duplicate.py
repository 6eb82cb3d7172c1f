"""Completion certificate in place of a lost one: at once, marked as a duplicate.

Source: Sohar municipality's list of services, "Completion certificate, replacement". Ours, the sources being silent: the fee.
"""

from collections.abc import Iterator
from dataclasses import replace

from blueprints.municipality import completion_letter, permits
from blueprints.municipality.flat_fee import flat
from blueprints.municipality.registers import COMPLETED
from engine.errors import Refusal
from engine.service import Case, Charge, Decision, Rows, Service
from engine.wording import _


def refusals(case: Case) -> Iterator[Refusal]:
    if case.record("permit").state != COMPLETED:
        yield Refusal(_("This building is not certified as completed yet, so there is no certificate to replace."))


def certificate(case: Case) -> Rows:
    yield from completion_letter.certificate(case)
    yield _("Date of issue"), case.issued


service = Service(
    code="municipality.completion-duplicate",
    section="engineering",
    title=_("Completion certificate, replacement"),
    summary=_("You have lost the completion certificate of your building: get another one at once."),
    needs=(_("Your building permit"),),
    takes=_("You have it within five minutes."),
    known_as=(_("Lost completion certificate"),),
    steps=permits.chosen("completed"),
    **flat("municipality.completion-duplicate", permits.samples),
    refusals=refusals,
    charge=Charge.ON_SUBMISSION,
    decision=Decision.AUTOMATIC,
    subject="permit",
    issues=replace(completion_letter.CERTIFICATE, rows=certificate, duplicate=True),
)
