"""The deposit of a building goes back to its owner's account. Engineering looks whether it may, then the finance section decides.

Source: Sohar municipality's list of services, "Refund of deposit". Ours, the sources being silent: the two stages and their ten working
days, and that what goes back is the deposit on the permit's record, once.
"""

from collections.abc import Iterator

from blueprints.municipality import permits
from blueprints.municipality.registers import COMPLETED, HELD, RETURNED
from engine.assurance import Assurance
from engine.fields import Iban, Upload
from engine.service import Case, Charge, Decision, Effect, Payout, Quote, Refusal, Service, Stage, Step, WorkingDays
from engine.wording import _

NOT_COMPLETED = _(
    "The register does not show this building as completed. Ask for the completion certificate first, or attach yours."
)
IF_UNKNOWN = _("Only if the register does not show the building as completed: PDF, JPEG or PNG, up to 10 MB.")


def refusals(case: Case) -> Iterator[Refusal]:
    permit = case.record("permit")
    if permit.deposit_state == RETURNED:
        yield Refusal(_("The deposit of this building was paid back already."))
    elif permit.deposit_state != HELD or not permit.deposit:
        yield Refusal(_("The municipality holds no deposit for this building."))


def not_completed(case: Case) -> Iterator[Refusal]:
    if case.record("permit").state != COMPLETED and not case.get("certificate"):
        yield Refusal(NOT_COMPLETED, field="certificate")


def effects(case: Case) -> Iterator[Effect | Payout]:
    permit = case.record("permit")
    yield Effect(permit, {"deposit_state": RETURNED, "deposit": permit.data["deposit"]})
    yield Payout(permit, permit.deposit, case["iban"])


service = Service(
    code="municipality.deposit-refund",
    title=_("Refund of deposit"),
    summary=_("The building is completed: have the deposit you left with the municipality transferred to your account."),
    needs=(
        _("Your building permit"),
        _("The IBAN of your own account: your bank's application shows it"),
        _("The completion certificate, if the municipality did not issue it here"),
    ),
    takes=_("You fill it in in five minutes. Engineers look at it, then the finance section has the money transferred."),
    known_as=(_("Insurance refund"), _("Building deposit")),
    steps=(
        *permits.chosen("completed", "deposit", "deposit_state", assurance=Assurance.SUBSTANTIAL),
        Step(
            "account",
            _("Where shall the money go?"),
            Iban("iban", _("IBAN of your account"), hint=_("It begins with OM and has 23 characters.")),
            Upload("certificate", _("Completion certificate"), hint=IF_UNKNOWN, required=False),
            shows=Quote(also=lambda case: [(_("You get back"), case.record("permit").deposit)]),
            refusals=not_completed,
        ),
    ),
    refusals=refusals,
    effects=effects,
    charge=Charge.NEVER,
    decision=Decision.CLERK,
    stages=(Stage("engineering", _("Engineering")), Stage("finance", _("Finance"))),
    within=WorkingDays(10),
    subject="permit",
)
