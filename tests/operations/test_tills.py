"""Cash and cards at the counter: the same receipt, accounts of its own, never beside the bank, never one's own."""

import datetime as dt

import pytest
from peewee import IntegrityError

import models
from engine.actor import Actor
from engine.errors import Conflict, NotAllowed, NotFound, Refusal
from engine.ledger import clearing
from engine.ledger import till as account_of
from engine.money import Money
from models import Application, AttemptState, AuditEntry, Document, PaymentAttempt, Receipt, RefundState
from operations import applications, ledger, payments, refunds, tills
from operations.now import set_business_day, today
from tests.support.bank import Bank, tell, work
from tests.support.books import assert_books_stand, flags
from tests.support.builders import Renewal, a_cashier, a_person, a_submitted_renewal, signed_in
from tests.support.clock import Clock

TOTAL = Money(25_000)


@pytest.fixture
def cashier(till: Bank) -> Actor:
    return a_cashier()


@pytest.fixture
def renewal(till: Bank) -> Renewal:
    return a_submitted_renewal()


def state(renewal: Renewal) -> str:
    return str(Application.get(Application.reference == renewal.reference).state)


@pytest.mark.parametrize(("kind", "slip"), [("cash", ""), ("pos", "٠٠٤٢")])
def test_what_is_taken_is_paid_receipted_and_on_the_cashiers_account(
    till: Bank, cashier: Actor, renewal: Renewal, kind: str, slip: str
) -> None:
    receipt = tills.take(cashier, renewal.reference, kind, slip=slip)
    attempt = PaymentAttempt.get()
    assert (attempt.state, attempt.cashier_id, attempt.transaction) == ("captured", cashier.account, "0042" if slip else "")
    assert state(renewal) == "completed" and receipt.sequence == 1 and receipt.amount == TOTAL
    assert ledger.balance(account_of(kind, "chamber", cashier.account)) == TOTAL
    assert ledger.balance(clearing("cybersource", "test")) == Money(0)
    assert AuditEntry.select().where(AuditEntry.action == "till.taken").get().details["kind"] == kind
    assert_books_stand()


def test_receipts_of_till_and_bank_are_one_series(till: Bank, cashier: Actor, renewal: Renewal) -> None:
    tills.take(cashier, renewal.reference, "cash")
    tell(till.decides(till.opens(a_submitted_renewal().goes_to_pay())))
    tills.take(cashier, a_submitted_renewal().reference, "cash")
    assert [receipt.sequence for receipt in Receipt.select().order_by(Receipt.id)] == [1, 2, 3]
    assert_books_stand()


def test_the_paper_says_how_it_was_paid_and_who_took_it(till: Bank, cashier: Actor, renewal: Renewal) -> None:
    receipt = tills.take(cashier, renewal.reference, "pos", slip="42")
    content = Document.get(Document.serial == receipt.number).content
    assert content["till"][0][1]["en"] == "By card at the counter" and content["till"][1][1]["en"] == "Salim Al-Harthy"
    assert content["card"] == "" and content["transaction"] == "42"
    assert not any(row["label"]["en"] == "Cashier" for row in content["rows"]), (
        "whoever verifies the receipt learns no cashier's name"
    )


# --- Beside the bank -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("bank_says", ["", "REVIEW"])
def test_nothing_is_taken_while_the_bank_may_take_it(till: Bank, cashier: Actor, renewal: Renewal, bank_says: str) -> None:
    uuid = till.opens(renewal.goes_to_pay())
    if bank_says:
        tell(till.decides(uuid, bank_says))
    with pytest.raises(Conflict):
        tills.take(cashier, renewal.reference, "cash")
    assert not Receipt.select().exists()


def test_a_payment_the_bank_never_heard_of_makes_room(till: Bank, cashier: Actor, renewal: Renewal) -> None:
    uuid = payments.begin(renewal.actor, renewal.reference)
    tills.take(cashier, renewal.reference, "cash")
    assert PaymentAttempt.get(PaymentAttempt.uuid == uuid).state == AttemptState.CANCELLED
    assert payments.checkout(renewal.actor, uuid) is None
    with pytest.raises(Conflict):
        payments.begin(renewal.actor, renewal.reference)


def test_the_database_refuses_a_till_beside_an_open_payment(till: Bank, cashier: Actor, renewal: Renewal) -> None:
    till.opens(renewal.goes_to_pay())
    row = Application.get(Application.reference == renewal.reference)
    with pytest.raises(IntegrityError), models.database.atomic():
        tills._attempt(cashier, row, row.bills.get(), "cash", "")


def test_a_late_capture_of_the_bank_is_owed_back(till: Bank, cashier: Actor, renewal: Renewal, clock: Clock) -> None:
    uuid = till.opens(renewal.goes_to_pay())
    clock.forward(minutes=61)
    work()
    tills.take(cashier, renewal.reference, "cash")
    tell(till.decides(uuid))
    assert flags() == ["stray-money"] and Receipt.select().count() == 1
    assert_books_stand()


def test_the_bank_is_never_asked_about_it(till: Bank, cashier: Actor, renewal: Renewal, clock: Clock) -> None:
    tills.take(cashier, renewal.reference, "cash")
    attempt = PaymentAttempt.get()
    payments.ask_now(renewal.actor, attempt.uuid)
    refunds.request(a_cashier(), attempt.uuid, TOTAL, reason="wrong company", key="one")
    refunds.approve(a_cashier(), "one")
    clock.forward(days=1)
    work()
    assert till.asked == 0 and not till.refunds
    assert models.Refund.get().state == RefundState.FAILED and flags() == ["refund-failed"]


# --- Who and how -------------------------------------------------------------------------------------------------------------------


def test_only_a_cashier_of_the_authority_takes_it_and_never_their_own(till: Bank, cashier: Actor, renewal: Renewal) -> None:
    clerk = a_person()
    models.Role.create(account=clerk, name="clerk", authority="chamber")
    own = a_person(civil_number="55501234")
    models.Role.create(account=own, name="cashier", authority="chamber")
    for who in (renewal.actor, signed_in(clerk)):
        for act in (lambda: tills.take(who, renewal.reference, "cash"), lambda: tills.due(who, renewal.reference)):  # noqa: B023
            with pytest.raises(NotAllowed):
                act()
        with pytest.raises(NotAllowed):
            tills.takings(who, today())
    for reference in (renewal.reference, "CHAMBER-2026-9999999-9"):
        with pytest.raises(NotFound):
            tills.take(a_cashier("municipality"), reference, "cash")
    mine = a_submitted_renewal(actor=signed_in(own))
    filed = a_submitted_renewal()
    Application.update(filed_by=own).where(Application.reference == filed.reference).execute()
    for reference in (mine.reference, filed.reference):
        with pytest.raises(NotAllowed):
            tills.take(signed_in(own), reference, "cash")
    assert not PaymentAttempt.select().exists()


def test_the_database_refuses_ones_own_and_a_till_without_a_cashier(till: Bank, cashier: Actor, renewal: Renewal) -> None:
    tills.take(cashier, renewal.reference, "cash")
    for wrong in ({"payer": cashier.account}, {"cashier": None}, {"provider": "cybersource"}):
        with pytest.raises(IntegrityError), models.database.atomic():
            PaymentAttempt.update(**wrong).execute()


def test_pressing_twice_takes_once(till: Bank, cashier: Actor, renewal: Renewal) -> None:
    tills.take(cashier, renewal.reference, "cash")
    with pytest.raises(Conflict, match="nothing to pay"):
        tills.take(cashier, renewal.reference, "cash")
    assert Receipt.select().count() == 1


@pytest.mark.parametrize(
    ("kind", "slip", "field"), [("", "", "kind"), ("gold", "1", "kind"), ("pos", "", "slip"), ("cash", "1", "slip")]
)
def test_how_it_was_paid_is_said_whole(till: Bank, cashier: Actor, renewal: Renewal, kind: str, slip: str, field: str) -> None:
    with pytest.raises(Refusal) as refused:
        tills.take(cashier, renewal.reference, kind, slip=slip)
    assert refused.value.field == field and not PaymentAttempt.select().exists()


def test_a_slip_counts_once(till: Bank, cashier: Actor, renewal: Renewal) -> None:
    tills.take(cashier, renewal.reference, "pos", slip="42")
    with pytest.raises(Refusal, match="another bill"):
        tills.take(cashier, a_submitted_renewal().reference, "pos", slip="42")


def test_a_price_that_ran_out_and_a_withdrawn_one_are_not_taken(
    till: Bank, cashier: Actor, renewal: Renewal, clock: Clock
) -> None:
    other = a_submitted_renewal()
    applications.withdraw(other.actor, other.reference)
    clock.forward(hours=25)
    for reference in (renewal.reference, other.reference):
        with pytest.raises(Conflict):
            tills.take(cashier, reference, "cash")


def test_a_cashier_sees_their_own_takings_of_the_day_by_kind(till: Bank, cashier: Actor, renewal: Renewal, clock: Clock) -> None:
    tills.take(cashier, renewal.reference, "cash")
    tills.take(cashier, a_submitted_renewal().reference, "pos", slip="1")
    tills.take(a_cashier(), a_submitted_renewal().reference, "cash")
    set_business_day(dt.date(2018, 3, 18))
    try:
        seen = tills.takings(cashier, tills.this_day())
    finally:
        set_business_day(None)
    assert seen.by_kind == {"cash": TOTAL, "pos": TOTAL} and seen.total == Money(50_000) and len(seen.taken) == 2
    assert not tills.takings(cashier, tills.this_day() - dt.timedelta(days=1)).taken
