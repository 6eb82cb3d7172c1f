"""From the drawings to the completed building, as the municipality's rules have it; every paper and every baisa on the way."""

import pytest

from engine.errors import Refusal
from engine.ledger import deposits
from engine.lifecycle import State
from engine.money import Money
from models import Bill, Document, Outcome, RegisterRecord
from operations import applications, casework, ledger, submission, tills, visits
from operations.visits import Finding
from tests.support.bank import Bank
from tests.support.books import assert_books_stand
from tests.support.builders import a_cashier
from tests.support.buildings import (
    ENGINEERING,
    HEAD,
    a_clerk,
    a_permit,
    an_owner,
    approve,
    begin,
    completion,
    major_permit,
    record,
    row_of,
    submit,
)
from tests.support.clock import Clock

pytestmark = pytest.mark.usefixtures("rules")


def papers(opened: applications.Opened) -> list[tuple[str, str]]:
    rows = Document.select().where((Document.application == opened.row.id) & (Document.kind == "certificate"))
    return [(row.template, row.content["title"]["en"]) for row in rows.order_by(Document.id)]


def test_a_permit_passes_two_stages_costs_by_area_and_makes_a_record_with_its_deposit(bank: Bank) -> None:
    owner = an_owner()
    opened = major_permit(owner, area="480")
    approve(opened, ENGINEERING)
    assert not Bill.select().exists(), "the head decides"
    approve(opened, HEAD)
    bill = Bill.get()
    assert (row_of(opened).state, bill.total) == (State.TO_PAY, Money.rials(370))  # 280 m² above 200, and the deposit
    tills.take(a_cashier("municipality"), opened.reference, "cash")
    permit = RegisterRecord.get(RegisterRecord.register == "municipality.permits")
    assert (permit.holder, permit.data["plot"], permit.data["state"]) == (owner.holder, "412", "granted")
    assert (permit.data["deposit"], permit.data["deposit_state"]) == (300_000, "held")
    assert ledger.balance(deposits("municipality")) == -Money.rials(300)
    assert ledger.balance("income:municipality:municipality.major-permit") == -Money.rials(70)
    assert papers(opened) == [("permit.html", "Major building permit")]
    assert Document.get(Document.kind == "certificate").subject == f"municipality.permits:{permit.number}"
    assert_books_stand()


def test_below_the_threshold_only_the_deposit_is_due(bank: Bank) -> None:
    opened = major_permit(an_owner(), area="200")
    approve(opened, ENGINEERING, HEAD)
    assert Bill.get().total == Money.rials(300)


def test_starting_to_build_writes_who_builds_and_replaces_no_other_paper(bank: Bank) -> None:
    owner = an_owner()
    number = a_permit(owner)
    builders = ("builders", {"office": "Al Ufuq", "contractor": "Sawaid"})
    opened = submit(owner, begin(owner, "start-building", ("permit", {"permit": number}), builders))
    approve(opened, ENGINEERING)
    tills.take(a_cashier("municipality"), opened.reference, "cash")
    kept = record(number)
    assert (kept["state"], kept["office"], kept["contractor"]) == ("started", "Al Ufuq", "Sawaid")
    assert papers(opened) == [("start_permit.html", "Permit to start building")]
    again = begin(owner, "start-building", ("permit", {"permit": number}), builders)
    with pytest.raises(Refusal, match="begun already"):
        submit(owner, again)


def test_somebody_elses_permit_cannot_be_chosen() -> None:
    number = a_permit(an_owner())
    with pytest.raises(Refusal):
        begin(an_owner(), "start-building", ("permit", {"permit": number}))


def test_completion_needs_the_inspection_and_issues_certificate_and_letter(bank: Bank, clock: Clock) -> None:
    owner = an_owner()
    number = a_permit(owner, state="started", office="Al Ufuq", contractor="Sawaid")
    opened = submit(owner, completion(owner, number))
    inspector = a_clerk(ENGINEERING)
    casework.take(inspector, opened.reference)
    with pytest.raises(Refusal, match="site visit"):
        casework.decide(inspector, opened.reference, Outcome.APPROVE)
    clock.forward(days=10)
    visits.report(inspector, opened.reference, Finding.IN_ORDER, "As drawn.")
    casework.decide(inspector, opened.reference, Outcome.APPROVE)
    tills.take(a_cashier("municipality"), opened.reference, "cash")
    assert record(number)["state"] == "completed" and record(number)["completed"]
    assert papers(opened) == [
        ("completion.html", "Completion certificate"),
        ("connection_letter.html", "Letter for electricity and water"),
    ]
    assert {row.state for row in Document.select().where(Document.kind == "certificate")} == {"valid"}

    lost = submit(owner, begin(owner, "completion-duplicate", ("permit", {"permit": number})))
    tills.take(a_cashier("municipality"), lost.reference, "cash")
    before, letter, after = Document.select().where(Document.kind == "certificate").order_by(Document.id)
    assert (before.state, letter.state, after.state) == ("replaced", "valid", "valid")
    assert after.replaces_id == before.id and after.content["duplicate"]
    assert [row["value"]["en"] for row in after.content["rows"] if row["label"]["en"] == "Completed on"] == [
        row["value"]["en"] for row in before.content["rows"] if row["label"]["en"] == "Completed on"
    ]


@pytest.mark.parametrize(("state", "says"), [("granted", "start first"), ("completed", "replacement")])
def test_only_a_building_that_was_begun_is_inspected(state: str, says: str) -> None:
    owner = an_owner()
    opened = completion(owner, a_permit(owner, state=state))
    with pytest.raises(Refusal, match=says):
        submit(owner, opened)


@pytest.mark.parametrize("state", ["granted", "started"])
def test_there_is_no_duplicate_of_what_was_never_issued(state: str) -> None:
    owner = an_owner()
    opened = begin(owner, "completion-duplicate", ("permit", {"permit": a_permit(owner, state=state)}))
    with pytest.raises(Refusal, match="no certificate to replace"):
        submit(owner, opened)


@pytest.mark.parametrize("asked", ["water", "electricity,sewerage", "electricity,water,sewerage"])
def test_each_service_that_is_asked_for_gets_its_letter(bank: Bank, asked: str) -> None:
    person = an_owner()
    building = ("building", {"kind": "plot", "number": "٤١٢"})
    opened = submit(person, begin(person, "service-letter", building, ("utilities", {"utilities": asked})))
    assert opened.answers["number"] == "412"
    approve(opened, ENGINEERING)
    names = asked.split(",")
    assert Bill.get().total == Money.rials(1) * len(names)
    tills.take(a_cashier("municipality"), opened.reference, "cash")
    assert papers(opened) == [("letter.html", f"Letter for {name.capitalize()}") for name in names]
    assert len({row.key for row in Document.select()}) == len(names) + 1
    assert {row.state for row in Document.select()} == {"valid"}


def test_what_was_asked_reads_as_words_on_the_check_page() -> None:
    person = an_owner()
    building = ("building", {"kind": "address", "number": "12-345"})
    opened = begin(person, "service-letter", building, ("utilities", {"utilities": "water,electricity"}))
    frozen = submission.freeze(opened, submission.offer(opened))
    assert frozen["steps"][1]["rows"][0]["value"] == {"en": "Electricity, Water", "ar": "الكهرباء، الماء"}
