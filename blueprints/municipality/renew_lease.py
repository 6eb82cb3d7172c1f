"""Renew a lease, by landlord or tenant. At the same rent it is renewed at once; where the rent changes a clerk looks at it.

Source: the municipality's list of services, "Renew a lease". Ours: the rate, and that a renewal pays more once the term ended longer ago
than the days of grace in the schedule. The new term begins the day after the old one ended.
"""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from blueprints.municipality import leases
from blueprints.municipality.registers import leases as register
from engine.assurance import Assurance
from engine.fields import Amount, Day
from engine.money import Money
from engine.registers import Record
from engine.service import Case, Charge, Decision, Effect, Fee, Quote, Refusal, Rows, Sample, Service, Step
from engine.wording import _

ONE_DAY = dt.timedelta(days=1)


def fees(case: Case) -> Iterator[Fee]:
    rent, late = Money(case["rent"]), days_late(case)
    yield Fee("municipality.lease-renewal", base=rent)
    if late:
        yield Fee("municipality.lease-late", quantity=late, base=rent)


def samples(day: dt.date) -> Iterator[Sample]:
    for title, ended in ((_("Renewed in time"), 0), (_("Renewed a year late"), 365)):
        lease = register.record("", {"until": (day - ended * ONE_DAY).isoformat()})
        yield Sample(title, {"rent": Money.rials(3_600).baisa}, {"lease": lease})


def days_late(case: Case) -> int:
    return max((case.today - case.record("lease").until).days, 0)


def same_rent(case: Case) -> bool:
    return Money(case["rent"]) == case.record("lease").rent


def as_long_again(case: Case) -> str:
    lease = case.record("lease")
    return (lease.until + (lease.until - lease.starts) + ONE_DAY).isoformat()  # type: ignore[no-any-return]


def refusals(case: Case) -> Iterator[Refusal]:
    yield from leases.in_force(case)
    if case["until"] <= max(case.record("lease").until, case.today).isoformat():
        yield Refusal(_("The new term ends before it could begin. Choose a later day."), field="until")


def changes(case: Case) -> dict[str, Any]:
    lease = case.record("lease")
    term = {"starts": (lease.until + ONE_DAY).isoformat(), "until": case["until"], "rent": case["rent"]}
    return term | {"renewals": lease.renewals + 1, "state": leases.ACTIVE}


def effects(case: Case) -> Iterator[Effect]:
    yield Effect(case.record("lease"), changes(case))


def renewed(case: Case) -> Record:
    return leases.changed(case.record("lease"), changes(case))


def outcome(case: Case) -> Rows:
    yield _("The new term begins"), case.record("lease").until + ONE_DAY


service = Service(
    code="municipality.renew-lease",
    section="leases",
    title=_("Renew a lease"),
    summary=_("Go on with a registered lease for another term, at the same rent or another."),
    needs=(leases.IDENTITY, leases.NUMBER, leases.CARD),
    takes=_("Five minutes. At the same rent you receive the contract at once; else a clerk looks at it first."),
    fee_codes=("municipality.lease-renewal", "municipality.lease-late"),
    steps=(
        leases.choosing(_("Which lease is renewed?")),
        leases.looking(),
        Step(
            "terms",
            _("For which term, at which rent?"),
            Day("until", _("New term until"), starts_as=as_long_again),
            Amount("rent", _("Yearly rent"), starts_as=lambda case: case.record("lease").rent.baisa),
            assurance=Assurance.SUBSTANTIAL,
            shows=Quote(outcome),
        ),
    ),
    subject="lease",
    fees=fees,
    samples=samples,
    refusals=refusals,
    effects=effects,
    charge=Charge.ON_SUBMISSION,
    decision=Decision.CLERK,
    automatic_when=same_rent,
    issues=leases.paper(leases.RENEWAL, _("Renewal of a lease"), _("This lease goes on as stated here."), lease=renewed),
)
