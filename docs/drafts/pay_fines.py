"""Pay violations of a company, or one by its number: the register says what they are and cost. Waits for `Found`."""

from collections.abc import Iterator

from engine.assurance import Assurance
from engine.fields import Found, Pattern
from engine.service import Case, Charge, Decision, Effect, Fee, Quote, Refusal, Service, Step
from engine.wording import _

PAID = "paid"


def fees(case: Case) -> Iterator[Fee]:
    """A line for each: the schedule names the law, the register the amount."""
    for violation in case.found("violations"):
        yield Fee("municipality.violation", base=violation.amount, of=violation)


def refusals(case: Case) -> Iterator[Refusal]:
    if any(violation.state == PAID for violation in case.found("violations")):
        yield Refusal(_("One of these violations is paid already. Choose the others."), field="violations")


def effects(case: Case) -> Iterator[Effect]:
    for violation in case.found("violations"):
        yield Effect(violation, {"state": PAID})


service = Service(
    code="municipality.pay-fines",
    title=_("Pay violations"),
    summary=_("See the violations of a company, choose which to pay, and pay them at once."),
    takes=_("About five minutes. The receipt comes at once."),
    known_as=(_("Pay a fine"), _("Municipal violations")),
    fee_codes=("municipality.violation",),
    steps=(
        Step(
            "search",
            _("Whose violations?"),
            Pattern("establishment", _("Commercial registration"), shape=r"\d{1,9}", required=False),
            Pattern("violation", _("or the violation number"), shape=r"\d{1,12}", required=False),
            assurance=Assurance.PASSWORD,
        ),
        Step(
            "violations",
            _("Which will you pay?"),
            Found("violations", _("Violations"), register="municipality.violations", by=("establishment", "violation")),
            shows=Quote(),
        ),
    ),
    fees=fees,
    refusals=refusals,
    effects=effects,
    charge=Charge.ON_SUBMISSION,
    decision=Decision.AUTOMATIC,
)
