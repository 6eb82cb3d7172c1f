"""Cancel a lease. Both parties agree: one asks, the other confirms by a link and a code. Waits for `Consent`, `HeldBy`."""

from collections.abc import Iterator

from engine.assurance import Assurance
from engine.fields import Consent, Day, FromRegister, HeldBy, LongText
from engine.service import Case, Certificate, Charge, Decision, Effect, Fee, Refusal, Rows, Service, Step, Summary
from engine.wording import _

CANCELLED = "cancelled"


def other_party(case: Case) -> tuple[str, str]:
    """Civil number and phone of whoever did not ask."""
    lease = case.record("lease")
    asks = "landlord" if case.applicant == lease.landlord_number else "tenant"
    other = {"landlord": "tenant", "tenant": "landlord"}[asks]
    return getattr(lease, f"{other}_number"), getattr(lease, f"{other}_phone")


def fees(case: Case) -> Iterator[Fee]:
    yield Fee("municipality.lease-cancellation")


def refusals(case: Case) -> Iterator[Refusal]:
    if case.record("lease").state == CANCELLED:
        yield Refusal(_("This lease is cancelled already. You find the letter among your documents."))


def effects(case: Case) -> Iterator[Effect]:
    yield Effect(case.record("lease"), {"state": CANCELLED, "until": case["ends"]})


def letter(case: Case) -> Rows:
    yield _("Contract number"), case.record("lease").number
    yield _("Ends on"), case["ends"]
    yield _("Agreed by the other party on"), case["agreed"].at


service = Service(
    code="municipality.cancel-lease",
    title=_("Cancel a lease"),
    summary=_("End a registered lease; landlord and tenant both agree."),
    takes=_("As long as the other party takes to agree; then a clerk looks at it."),
    fee_codes=("municipality.lease-cancellation",),
    steps=(
        Step(
            "lease",
            _("Which lease?"),
            FromRegister(
                "lease", _("Contract number"), register="municipality.leases", mine=HeldBy("landlord_number", "tenant_number")
            ),
        ),
        Step("data", _("Check the lease"), Summary("lease"), assurance=Assurance.SUBSTANTIAL),
        Step("reason", _("Why does it end?"), LongText("reason", _("Reason")), Day("ends", _("Ends on"))),
        Step("agreed", _("Does the other party agree?"), Consent("agreed", _("Agreement"), of=other_party)),
    ),
    subject="lease",
    fees=fees,
    refusals=refusals,
    effects=effects,
    charge=Charge.ON_APPROVAL,
    decision=Decision.CLERK,
    issues=Certificate(
        "letter.html", title=_("Cancellation of a lease"), named=lambda case: case.record("lease").title, rows=letter, says={}
    ),
)
