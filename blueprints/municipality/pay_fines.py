"""Pay violations of a company, or one by its number: the municipality's register says what they are and what they cost.

Source: Sohar municipality's list of services, "Pay violations". Ours, the sources being silent: anybody may pay for anybody, all that is
unpaid is chosen until somebody chooses, and objecting hinders nobody from paying.
"""

import datetime as dt
from collections.abc import Iterator

from blueprints.municipality.outside_registers import DUE, PAYABLE, violations
from engine.fields import Found, Pattern
from engine.money import Money
from engine.service import Case, Charge, Decision, Fee, Quote, Refusal, Sample, Service, Settlement, Step
from engine.wording import Words, _


def fees(case: Case) -> Iterator[Fee]:
    """A line for each: the schedule says what the line is called, the register how much it is."""
    for violation in case.found("violations"):
        what: Words = violation.what
        about: Words = {"ar": f"{violation.number} · {what['ar']}", "en": f"{violation.number} · {what['en']}"}
        yield Fee("municipality.violation", base=violation.amount, about=about)


def samples(day: dt.date) -> Iterator[Sample]:
    what = {"ar": "لوحة بلا ترخيص", "en": "A sign without a licence"}
    made_up = violations.record("1", {"what": what, "amount": Money.rials(50).baisa, "state": DUE})
    yield Sample(_("A violation of 50 rials"), records={"violations:1": made_up})


def nothing_typed(case: Case) -> Iterator[Refusal]:
    if not (case.get("establishment") or case.get("violation")):
        yield Refusal(_("Type the commercial registration, or the violation's number."), field="establishment")


def not_due(case: Case) -> Iterator[Refusal]:
    for violation in case.found("violations"):
        if violation.state not in PAYABLE:
            yield Refusal(_("Violation %(number)s is paid or cancelled meanwhile. Choose the others.", number=violation.number))


def effects(case: Case) -> Iterator[Settlement]:
    for violation in case.found("violations"):
        yield Settlement(violation, violation.amount)


service = Service(
    code="municipality.pay-fines",
    title=_("Pay violations"),
    summary=_("See the unpaid violations of a company, or one by its number, choose which to pay, and pay them at once."),
    needs=(_("The commercial registration, or the number on the violation notice"), _("A bank card")),
    takes=_("About three minutes. The receipt comes at once, and the municipality's register is told by itself."),
    known_as=(_("Pay a fine"), _("Municipal violations"), _("Fines"), _("Violation enquiry")),
    fee_codes=("municipality.violation",),
    steps=(
        Step(
            "search",
            _("Whose violations?"),
            Pattern(
                "establishment",
                _("Commercial registration"),
                hint=_("Of any company: you may pay for another."),
                required=False,
                shape=r"\d{1,9}",
                wrong=_("A commercial registration is up to 9 digits."),
            ),
            Pattern(
                "violation",
                _("Violation number"),
                hint=_("It stands at the top of the notice. Both together find that one of that company."),
                required=False,
                shape=r"\d{1,12}",
                wrong=_("A violation number is up to 12 digits."),
            ),
            refusals=nothing_typed,
        ),
        Step(
            "violations",
            _("Which will you pay?"),
            Found(
                "violations",
                _("Unpaid violations"),
                hint=_("Amounts are those of the municipality's register at this moment."),
                register="municipality.violations",
                by=("establishment", "violation"),
                open=lambda violation: violation.state in PAYABLE,
                objection="municipality.general-request",
                none=_("No unpaid violation has this number. Compare it with the notice; what is paid leaves the list at once."),
            ),
            shows=Quote(),
        ),
    ),
    fees=fees,
    samples=samples,
    refusals=not_due,
    effects=effects,
    charge=Charge.ON_SUBMISSION,
    decision=Decision.AUTOMATIC,
)
