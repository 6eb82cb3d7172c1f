"""Lists of an office: what is shown before is what happens after, row by row, and only once."""

from dataclasses import dataclass, replace
from typing import Any

import pytest

from engine.actor import Actor
from engine.assurance import Assurance
from engine.errors import Conflict, NotAllowed, NotFound, Refusal
from engine.money import Money
from models import (
    Account,
    Application,
    ApplicationEvent,
    Batch,
    BatchRow,
    Counter,
    Delegation,
    FeeRule,
    Journal,
    Outbox,
    PaymentAttempt,
)
from operations import applications, batches, outbox, payments, submission
from operations.now import now
from tests.support.bank import Bank, tell, work
from tests.support.books import assert_books_stand
from tests.support.builders import a_company, a_person, signed_in
from tests.support.clock import Clock
from tests.support.offices import agreed, an_office, an_operator
from tests.support.renewals import answer

SERVICE = "chamber.renew-membership"


@dataclass
class Customer:
    account: Account
    civil_number: str
    company: str
    delegation: Delegation

    def row(self, months: str = "12", membership: str | None = None) -> str:
        return f"{self.civil_number},{self.company},{membership or '9' + self.company},{months}"


@pytest.fixture
def operator(till: Bank) -> Actor:
    """Somebody of an office who signed in with Mobile ID."""
    return replace(an_operator(an_office()), assurance=Assurance.SUBSTANTIAL)


def a_customer(operator: Actor, civil_number: str) -> Customer:
    account = a_person(civil_number=civil_number)
    return Customer(account, civil_number, a_company(civil_number), agreed(Office(operator), account, operator))


def Office(operator: Actor) -> Any:
    return operator.office


@pytest.fixture
def customers(operator: Actor) -> list[Customer]:
    return [a_customer(operator, f"6100{number}") for number in range(3)]


def brought(operator: Actor, *rows: str) -> str:
    return batches.bring(
        operator, SERVICE, "list.csv", "\n".join(["customer,registration,membership,months", *rows]).encode()
    ).uuid


def checked(operator: Actor, *rows: str) -> str:
    uuid = brought(operator, *rows)
    work()
    return uuid


def filed(operator: Actor, *rows: str) -> str:
    uuid = checked(operator, *rows)
    batches.confirm(operator, uuid)
    work()
    return uuid


# --- Before --------------------------------------------------------------------------------------------------------------------------


def test_the_preview_says_what_each_row_costs_and_leaves_nothing_behind(operator: Actor, customers: list[Customer]) -> None:
    before = (Application.select().count(), list(Counter.select().tuples()))
    seen = batches.of(operator, checked(operator, customers[0].row(), customers[1].row("24"), customers[2].row("١٨")))
    assert [line.amount for line in seen.lines] == [Money(25_000), Money(50_000), Money(37_500)]
    assert seen.total == Money(112_500) and seen.batch.state == "checked"
    assert (Application.select().count(), list(Counter.select().tuples())) == before
    assert not Journal.select().exists() and not ApplicationEvent.select().exists()


def test_what_cannot_be_filed_says_why(operator: Actor, customers: list[Customer], till: Bank) -> None:
    one, revoked, third = customers
    stranger = a_person(civil_number="61999")
    Delegation.update(revoked_at=now()).where(Delegation.id == revoked.delegation.id).execute()
    own = signed_in(third.account)
    opened = applications.start(own, SERVICE)
    for step, typed in (
        ("establishment", {"registration": third.company}),
        ("membership", {"membership": "9" + third.company}),
        ("period", {"months": "12"}),
    ):
        answer(own, opened, step, **typed)
    submission.submit(own, opened.reference, submission.offer(opened).seal)
    seen = batches.of(
        operator,
        checked(
            operator,
            one.row(),
            one.row("24"),
            revoked.row(),
            f"{stranger.identity_number},{one.company},9{one.company},12",
            f"404,{one.company},9{one.company},12",
            third.row(),
            f"{one.civil_number},{third.company},9{third.company},12",
            one.row("13"),
            one.row(membership="1"),
        ),
    )
    said = [line.problem["en"] if line.problem else "" for line in seen.lines]
    nobody = "No customer of this office has this civil number and a consent for this service."
    assert said[:5] == ["", "The same record stands in row 1 of this list already.", nobody, nobody, nobody]
    assert "already under way" in said[5]
    assert "is not registered for the applicant, their family or their companies" in said[6] and "is not registered" in said[8]
    assert "“13” cannot be chosen. Write one of these:" in said[7]
    assert seen.total == Money(25_000) and len(seen.good) == 1


def test_a_fee_that_nobody_has_set_is_said(operator: Actor, customers: list[Customer]) -> None:
    FeeRule.update(amount=None).where(FeeRule.code == "chamber.first-year").execute()
    seen = batches.of(operator, checked(operator, customers[0].row()))
    assert seen.lines[0].problem and seen.lines[0].amount is None
    with pytest.raises(Conflict):
        batches.confirm(operator, seen.batch.uuid)


def test_a_consent_for_other_services_does_not_do(operator: Actor, customers: list[Customer]) -> None:
    Delegation.update(services=["municipality.general-request"]).where(Delegation.id == customers[0].delegation.id).execute()
    assert batches.of(operator, checked(operator, customers[0].row())).lines[0].problem


# --- Who ---------------------------------------------------------------------------------------------------------------------------


def test_only_its_office_sees_it(operator: Actor, customers: list[Customer]) -> None:
    uuid = checked(operator, customers[0].row())
    other = an_operator(an_office())
    for act in (lambda who: batches.of(who, uuid), lambda who: batches.confirm(who, uuid), lambda who: batches.pay(who, uuid)):
        with pytest.raises(NotFound):
            act(other)
        with pytest.raises(NotAllowed):
            act(signed_in(customers[0].account))
    assert batches.all_of(other) == [] and [batch.uuid for batch in batches.all_of(operator)] == [uuid]
    with pytest.raises(NotAllowed):
        brought(signed_in(customers[0].account), customers[0].row())
    with pytest.raises(NotFound):
        batches.bring(operator, "municipality.general-request", "x.csv", b"")


def test_the_operator_proves_themselves_once_for_the_list(operator: Actor, customers: list[Customer]) -> None:
    uuid = checked(operator, customers[0].row())
    with pytest.raises(Refusal, match="Prove first"):
        batches.confirm(replace(operator, assurance=Assurance.PASSWORD), uuid)
    assert not Outbox.select().where(Outbox.kind == "batch-file").exists()
    batches.confirm(operator, uuid)
    assert Batch.get().assurance == Assurance.SUBSTANTIAL


def test_who_left_the_office_between_confirming_and_filing_files_nothing(operator: Actor, customers: list[Customer]) -> None:
    uuid = checked(operator, customers[0].row())
    batches.confirm(operator, uuid)
    Delegation.update(revoked_at=now()).execute()
    work()
    [line] = batches.of(operator, uuid).lines
    assert line.problem and not line.reference and not Application.select().exists()


# --- Filing ------------------------------------------------------------------------------------------------------------------------


def test_each_row_is_its_customers_own_application_filed_by_the_office(operator: Actor, customers: list[Customer]) -> None:
    filed(operator, *(customer.row() for customer in customers))
    rows = list(Application.select().order_by(Application.id))
    assert [row.account_id for row in rows] == [customer.account.id for customer in customers]
    assert {(row.filed_by_id, row.office_id, row.state) for row in rows} == {(operator.account, operator.office, "to-pay")}


def test_two_companies_of_one_customer_are_two_applications_and_a_draft_under_way_stays(
    operator: Actor, customers: list[Customer]
) -> None:
    one = customers[0]
    amal = replace(operator, acting_for=batches._for(operator, one.account.id).acting_for)  # type: ignore[union-attr]
    draft = applications.start(amal, SERVICE)
    second = replace(one, company=a_company(one.civil_number))
    filed(operator, one.row(), second.row())
    assert Application.select().where(Application.state == "to-pay").count() == 2
    assert applications.of(amal, draft.reference).answers == {}


def test_nothing_is_filed_twice_whoever_presses_or_is_killed(
    operator: Actor, customers: list[Customer], clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    uuid = checked(operator, *(customer.row() for customer in customers))
    batches.confirm(operator, uuid)
    calls = iter(range(10))
    submit = submission.submit

    def dying(*given: Any) -> Any:
        if next(calls) == 1:
            raise KeyboardInterrupt
        return submit(*given)

    with monkeypatch.context() as patch:
        patch.setattr("operations.submission.submit", dying)
        with pytest.raises(KeyboardInterrupt):
            outbox.drain()
    assert Application.select().count() == 1
    batches.confirm(operator, uuid)
    clock.forward(minutes=3)
    work()
    for _ in range(2):
        batches.file({"uuid": uuid})
        batches.check({"uuid": uuid})
    for row in BatchRow.select():
        batches._file(Batch.get(), row)
    assert Application.select().count() == 3 and len({row.application_id for row in BatchRow.select()}) == 3
    assert Batch.get().state == "filed"


def test_a_price_that_changed_since_is_not_charged(operator: Actor, customers: list[Customer]) -> None:
    uuid = checked(operator, customers[0].row())
    FeeRule.update(amount=Money(30_000)).where(FeeRule.code == "chamber.first-year").execute()
    batches.confirm(operator, uuid)
    work()
    assert "The price changed" in batches.of(operator, uuid).lines[0].problem["en"]  # type: ignore[index]
    assert not Application.select().exists()


def test_long_lists_leave_room_for_other_work(
    operator: Actor, customers: list[Customer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "AT_ONCE", 1)
    uuid = brought(operator, *(customer.row() for customer in customers))
    with pytest.raises(outbox.Postpone):
        batches.check({"uuid": uuid})
    seen = batches.of(operator, uuid)
    assert seen.working and seen.done == 1
    work()
    assert batches.of(operator, uuid).batch.state == "checked"


# --- Paying ------------------------------------------------------------------------------------------------------------------------


def test_all_of_it_is_one_checkout_and_a_receipt_for_each(till: Bank, operator: Actor, customers: list[Customer]) -> None:
    uuid = filed(operator, *(customer.row() for customer in customers))
    checkout = till.opens(payments.checkout(operator, batches.pay(operator, uuid)))
    assert till.sales[checkout].request["amount"] == "75.000"
    tell(till.decides(checkout))
    lines = batches.of(operator, uuid).lines
    assert {str(line.status) for line in lines} == {"Completed"} and len({line.receipt for line in lines}) == 3
    assert_books_stand()
    with pytest.raises(Refusal):
        batches.pay(operator, uuid)


def test_a_customer_who_takes_their_consent_back_is_neither_shown_nor_paid(
    till: Bank, operator: Actor, customers: list[Customer]
) -> None:
    uuid = filed(operator, *(customer.row() for customer in customers))
    Delegation.update(revoked_at=now()).where(Delegation.id == customers[1].delegation.id).execute()
    lines = batches.of(operator, uuid).lines
    assert [line.status is None for line in lines] == [False, True, False] and lines[1].receipt == ""
    checkout = till.opens(payments.checkout(operator, batches.pay(operator, uuid)))
    assert till.sales[checkout].request["amount"] == "50.000" and PaymentAttempt.select().count() == 2
