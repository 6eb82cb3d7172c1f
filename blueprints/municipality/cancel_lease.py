"""Cancel a lease. One party asks, the other agrees by link and code; then a clerk looks at it.

Source: the municipality's list of services, "Cancel a lease".
"""

import datetime as dt
from collections.abc import Iterator

from blueprints.municipality import leases
from blueprints.municipality.flat_fee import flat
from engine.assurance import Assurance
from engine.fields import Day, LongText
from engine.service import Agreement, Case, Certificate, Charge, Decision, Effect, Quote, Refusal, Rows, Service, Step
from engine.wording import _


def refusals(case: Case) -> Iterator[Refusal]:
    lease = case.record("lease")
    yield from leases.in_force(case)
    if not case.today.isoformat() <= case["ends"] <= max(lease.until, case.today).isoformat():
        yield Refusal(_("Choose a day from today to the end of the term."), field="ends")


def effects(case: Case) -> Iterator[Effect]:
    yield Effect(case.record("lease"), {"state": leases.CANCELLED, "until": case["ends"]})


def asked(case: Case) -> Rows:
    lease = case.record("lease")
    yield lease.register.number, lease.number
    yield _("What is let"), lease.name
    yield _("It ends on"), dt.date.fromisoformat(case["ends"])
    yield _("Reason"), case["reason"]


def letter(case: Case) -> Rows:
    lease = case.record("lease")
    yield lease.register.number, lease.number
    yield _("What is let"), lease.name
    yield _("Landlord"), lease.landlord_name
    yield _("Tenant"), lease.tenant_name
    yield _("It ends on"), dt.date.fromisoformat(case["ends"])
    if case.agreed:
        yield _("Agreed by the other party on"), case.agreed
    yield _("Date of issue"), case.issued


service = Service(
    code="municipality.cancel-lease",
    section="leases",
    title=_("Cancel a lease"),
    summary=_("End a registered lease before its time; landlord and tenant both agree."),
    needs=(leases.IDENTITY, leases.NUMBER, _("The other party, with the mobile number on record")),
    takes=_("Five minutes for you, and as long as the other party takes to agree. Then a clerk looks at it."),
    steps=(
        leases.choosing(_("Which lease ends?")),
        leases.looking(),
        Step(
            "end",
            _("When and why does it end?"),
            Day("ends", _("It ends on")),
            LongText("reason", _("Reason"), hint=_("The other party reads it before they agree."), longest=1000),
            assurance=Assurance.SUBSTANTIAL,
            shows=Quote(),
        ),
    ),
    subject="lease",
    **flat("municipality.lease-cancellation"),
    refusals=refusals,
    effects=effects,
    agreement=Agreement(of=lambda case: leases.both(case.record("lease")), to=asked),
    charge=Charge.ON_APPROVAL,
    decision=Decision.CLERK,
    issues=Certificate(
        "letter.html",
        title=_("Cancellation of a lease"),
        named=lambda case: leases.named(case.record("lease")),
        rows=letter,
        says={"opening": _("The municipality confirms that this lease has ended, to")},
        body=lambda case: case["reason"],
        revokes=(leases.CONTRACT, leases.RENEWAL, leases.SUPPLEMENT),
    ),
)
