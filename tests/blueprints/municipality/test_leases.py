"""The seven services about leases: what they cost, whom they go to, what they change, and what they hand out."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from peewee import Database

from blueprints.municipality import amend_lease, cancel_lease, print_renewal, print_supplement, register_lease, renew_lease
from blueprints.municipality.registers import leases
from engine.fees import Schedule
from engine.lifecycle import State
from engine.money import Money
from engine.service import Case, Service
from models import Application, Document, DocumentCopy, FeeRule, Outcome, RecordParty, RegisterRecord
from operations import applications, casework, fees, registers, submission
from operations.now import set_business_day
from operations.outside import outside
from tests.support.database import database, postgres_database, postgres_migrated, sqlite_template, sqlite_url
from tests.support.leases import LANDLORD, LEASE, TENANT, a_clerk, a_lease, a_party, filled, handed_in
from tests.support.portal_rules import rules

__all__ = ["database", "postgres_database", "postgres_migrated", "rules", "sqlite_template", "sqlite_url"]
TODAY = dt.date(2026, 11, 22)
CHOSEN = {"lease": {"lease": LEASE["number"]}}


@pytest.fixture(autouse=True)
def registered(rules: Database, tmp_path: Path) -> Iterator[None]:
    a_lease(tmp_path)
    set_business_day(TODAY)
    outside.demo_fees = True  # our own assumptions are not confirmed
    yield
    outside.demo_fees = False


@pytest.fixture
def schedule(registered: None) -> Schedule:
    return fees.schedule()


def case(today: dt.date = TODAY, /, *, lease: dict[str, Any] | None = None, **answers: Any) -> Case:
    record = leases.record(LEASE["number"], leases.read(LEASE) | (lease or {}))
    return Case({"lease": LEASE["number"], **answers}, {"lease": record}, today, issued=today)


def lines(schedule: Schedule, service: Service, asked: Case) -> dict[str, str]:
    return {line.fee.partition(".")[2]: line.amount.plain() for line in schedule.quote(service.fees(asked), asked.today).lines}


def refused(service: Service, asked: Case) -> list[str | None]:
    return [refusal.field for refusal in service.refusals(asked)]


# --- What it costs, what is refused ----------------------------------------------------------------------------------------------


def test_registering_costs_three_per_cent_of_the_yearly_rent(schedule: Schedule) -> None:
    assert lines(schedule, register_lease.service, case(rent=3_600_000)) == {"lease": "108.000"}


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (dt.date(2026, 11, 22), {"lease-renewal": "108.000"}),
        (dt.date(2026, 12, 1), {"lease-renewal": "108.000", "lease-late": "0.000"}),
        (dt.date(2026, 12, 30), {"lease-renewal": "108.000", "lease-late": "0.000"}),
        (dt.date(2026, 12, 31), {"lease-renewal": "108.000", "lease-late": "54.000"}),
    ],
)
def test_renewing_late_costs_half_as_much_again_after_the_days_of_grace(
    schedule: Schedule, today: dt.date, expected: dict[str, str]
) -> None:
    assert lines(schedule, renew_lease.service, case(today, rent=3_600_000)) == expected


def test_the_others_cost_the_same_for_everybody(schedule: Schedule) -> None:
    for service, amount in ((amend_lease, "5.000"), (cancel_lease, "2.000"), (print_renewal, "1.000")):
        assert list(lines(schedule, service.service, case()).values()) == [amount]


def test_a_lease_ends_after_it_begins_and_has_two_sides() -> None:
    asked = case(starts="2026-12-01", until="2026-12-01", landlord="1", tenant="1")
    assert refused(register_lease.service, asked) == ["until", "tenant"]
    assert refused(register_lease.service, case(starts="2026-12-01", until="2027-11-30", landlord="1", tenant="2")) == []


def test_a_cancelled_lease_is_neither_renewed_amended_cancelled_nor_printed() -> None:
    asked = case(lease={"state": "cancelled", "renewals": 1}, until="2027-11-30", rent=1, ends="2026-11-25", unit="9", use="shop")
    for module in (renew_lease, amend_lease, cancel_lease, print_renewal):
        assert refused(module.service, asked) == ["lease"], module.__name__


def test_there_is_nothing_to_print_of_what_never_was() -> None:
    for module, column in ((print_renewal, "renewals"), (print_supplement, "supplements")):
        assert refused(module.service, case()) == ["lease"]
        assert refused(module.service, case(lease={column: 1})) == []


def test_a_lease_ends_from_today_to_the_end_of_its_term() -> None:
    days = ("2026-11-21", "2026-11-22", "2026-11-30", "2026-12-01")
    assert [refused(cancel_lease.service, case(ends=day)) for day in days] == [["ends"], [], [], ["ends"]]


def test_a_supplement_needs_something_that_differs() -> None:
    same = {"unit": "3", "use": "shop", "rent": 3_600_000}
    assert refused(amend_lease.service, case(**same)) == ["agreed"]
    assert refused(amend_lease.service, case(**same, agreed="A roof.")) == []
    assert amend_lease.differing(case(**same | {"unit": None, "rent": 1})) == {"unit": "", "rent": 1}


def test_the_new_term_starts_filled_in_and_follows_the_old_one() -> None:
    until, rent = renew_lease.service.field("until"), renew_lease.service.field("rent")
    assert until and rent and until.starts_as and rent.starts_as
    assert (until.starts_as(case()), rent.starts_as(case())) == ("2027-11-30", 3_600_000)
    assert renew_lease.changes(case(until="2027-11-30", rent=1))["starts"] == "2026-12-01"
    assert refused(renew_lease.service, case(until="2026-11-30", rent=1)) == ["until"]
    assert refused(renew_lease.service, case(dt.date(2030, 1, 1), until="2027-11-30", rent=1)) == ["until"]


# --- From the first step to the paper --------------------------------------------------------------------------------------------


def settled(person: Any, reference: str) -> Application:
    """As if its bill had been paid."""
    row = applications.lock(person, reference)
    applications.paid(row)
    return row


def contents(kind: str) -> dict[str, Any]:
    return Document.select().where(Document.template == kind).order_by(Document.id.desc()).get().content  # type: ignore[no-any-return]


def printed(kind: str) -> dict[str, str]:
    return {row["label"]["en"]: row["value"]["en"] for row in contents(kind)["rows"]}


def test_a_registered_lease_belongs_to_both_and_is_printed_again_as_the_same_file() -> None:
    landlord, clerk = a_party(LANDLORD), a_clerk()
    opened = _registered(landlord)
    casework.decide(clerk, opened.reference, Outcome.APPROVE)
    assert Application.get().state == State.TO_PAY
    assert settled(landlord, opened.reference).state == State.COMPLETED
    record = RegisterRecord.get(RegisterRecord.number == "2026/00001")
    assert (record.holder, record.data["rent"], record.data["tenant_name"]["ar"]) == (LANDLORD, 3_600_000, "منى الزدجالي")
    assert [party.number for party in RecordParty.select().where(RecordParty.record == record)] == [TENANT]
    contract = Document.get(Document.template == "lease_contract.html")
    assert contract.subject == "municipality.leases:2026/00001" and len(contents("lease_contract.html")["clauses"]) == 14
    assert contract.valid_until == dt.date(2027, 11, 30)

    tenant = a_party(TENANT)
    again = handed_in(tenant, filled(tenant, "print-lease", lease={"lease": "2026/00001"}))
    settled(tenant, again.reference)
    assert DocumentCopy.get().document_id == contract.id and Document.select().where(Document.kind == "certificate").count() == 1


def _registered(landlord: Any) -> Any:
    """Handed in, without its files: what a clerk compares is not the rules' business."""
    opened = applications.start(landlord, "municipality.register-lease")
    answers = {
        "landlord_name": "Salim Al Harthy", "landlord": LANDLORD, "landlord_phone": "92001111",
        "tenant_name": "منى الزدجالي", "tenant": TENANT, "tenant_phone": "92003333",
        "address": "31107441", "plot": "441", "unit": "4", "use": "home",
        "starts": "2026-12-01", "until": "2027-11-30", "rent": 3_600_000, "deposit": None,
    }  # fmt: skip
    paper = {"name": "a.pdf", "digest": "0" * 64, "size": 1, "type": "application/pdf"}
    answers |= dict.fromkeys(("landlord_id", "tenant_id", "deed"), paper)
    Application.update(answers=answers).where(Application.reference == opened.reference).execute()
    return handed_in(landlord, applications.of(landlord, opened.reference))


@pytest.mark.parametrize(("rent", "then"), [("3600", State.COMPLETED), ("3700", State.IN_REVIEW)])
def test_a_renewal_is_paid_first_and_then_goes_by_its_rent(rent: str, then: State) -> None:
    tenant = a_party(TENANT)
    opened = handed_in(tenant, filled(tenant, "renew-lease", **CHOSEN, terms={"until": "2027-11-30", "rent": rent}))
    assert Application.get().state == State.TO_PAY
    row = settled(tenant, opened.reference)
    assert row.state == then
    if then is State.IN_REVIEW:
        casework.decide(a_clerk(), opened.reference, Outcome.APPROVE)
        assert Application.get().state == State.COMPLETED  # paid already
    lease = registers.find(leases.code, LEASE["number"])
    assert lease and (lease.starts, lease.until) == (dt.date(2026, 12, 1), dt.date(2027, 11, 30))
    assert (lease.rent, lease.renewals) == (Money.parse(rent), 1)
    assert printed("lease_renewal.html")["From"] == "1 December 2026"


def test_an_amendment_states_what_changes_and_the_lease_as_it_stands() -> None:
    landlord = a_party(LANDLORD)
    typed = {"unit": "3", "use": "office", "rent": "3600", "agreed": "للمستأجر موقف واحد."}
    opened = handed_in(landlord, filled(landlord, "amend-lease", **CHOSEN, changes=typed))
    casework.decide(a_clerk(), opened.reference, Outcome.APPROVE)
    settled(landlord, opened.reference)
    rows = printed("lease_supplement.html")
    assert (rows["Supplement"], rows["Changed: Use"], rows["Use"]) == ("1", "An office", "An office")
    assert "Changed: Yearly rent" not in rows and rows["Until"] == "30 November 2026"
    content = contents("lease_supplement.html")
    assert content["body"]["lines"] == ["للمستأجر موقف واحد."] and "clauses" not in content


def test_cancelling_revokes_the_papers_that_said_it_was_in_force() -> None:
    tenant = a_party(TENANT)
    opened = handed_in(tenant, filled(tenant, "renew-lease", **CHOSEN, terms={"until": "2027-11-30", "rent": "3600"}))
    settled(tenant, opened.reference)
    ending = filled(tenant, "cancel-lease", **CHOSEN, end={"ends": "2027-01-31", "reason": "Moved."})
    row = Application.get(Application.reference == ending.reference)
    row.frozen = submission.freeze(ending, submission.offer(ending)) | {"agreed": "2026-11-22"}
    row.subject, row.state = f"{leases.code}:{LEASE['number']}", State.IN_REVIEW
    row.save()
    applications.complete(row)
    states = {each.template: each.state for each in Document.select().where(Document.kind == "certificate")}
    assert states == {"lease_renewal.html": "revoked", "letter.html": "valid"}
    assert contents("letter.html")["body"]["lines"] == ["Moved."]


def test_our_assumptions_are_not_charged_in_production() -> None:
    rules = FeeRule.select().where(FeeRule.code.startswith("municipality.lease"))
    assert rules.count() == 6 and not any(rule.confirmed for rule in rules)
