"""Giving money back: never more than was taken, never by one person alone, never twice, and booked only once it is true."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from peewee import IntegrityError

import models
from engine.actor import Actor
from engine.errors import Conflict, NotAllowed, NotFound, Refusal
from engine.ledger import SUSPENSE, clearing
from engine.money import Money
from models import AuditEntry, PaymentAttempt, Refund, RefundState, Role
from operations import applications, ledger, refunds
from operations.outside import outside
from tests.support.bank import Bank, tell, work
from tests.support.books import assert_books_stand, flags
from tests.support.builders import a_cashier, a_person, a_submitted_renewal, signed_in
from tests.support.clock import Clock

CLEARING = clearing("cybersource", "test")
WHOLE = Money(25_000)


@pytest.fixture
def paid(till: Bank) -> str:
    """The uuid of a payment of 25 rials."""
    uuid = till.opens(a_submitted_renewal().goes_to_pay())
    tell(till.decides(uuid))
    return uuid


@pytest.fixture
def stray(till: Bank) -> str:
    """The key of what is owed back for a bill that was closed."""
    renewal = a_submitted_renewal()
    uuid = till.opens(renewal.goes_to_pay())
    applications.withdraw(renewal.actor, renewal.reference)
    tell(till.decides(uuid))
    return f"stray-{uuid}"


def asked(uuid: str, amount: Money = WHOLE, key: str = "one", by: Actor | None = None) -> Refund:
    return refunds.request(by or a_cashier(), uuid, amount, reason="paid for the wrong company", key=key)


def state(key: str) -> str:
    return str(Refund.get(Refund.key == key).state)


# --- Asking and approving --------------------------------------------------------------------------------------------------------


def test_stray_money_goes_back_once_a_cashier_approves(till: Bank, stray: str) -> None:
    work()
    assert not till.refunds and ledger.balance(SUSPENSE) == -WHOLE
    refunds.approve(a_cashier(), stray)
    assert not till.refunds and ledger.balance(SUSPENSE) == -WHOLE, "booked when it is done, not when it is meant"
    work()
    assert till.refunds == {stray: WHOLE} and state(stray) == "done"
    assert ledger.balance(SUSPENSE) == ledger.balance(CLEARING) == till.holds == Money(0)
    assert_books_stand()


def test_a_payment_goes_back_in_parts_and_never_more_than_was_taken(till: Bank, paid: str) -> None:
    one, other = a_cashier(), a_cashier()
    asked(paid, Money(10_000), "first", one)
    refunds.approve(other, "first")
    work()
    asked(paid, Money(15_000), "second", one)
    for amount in (Money(1), WHOLE):
        with pytest.raises(Conflict, match="left"):
            asked(paid, amount, "third", one)
    refunds.approve(other, "second")
    work()
    assert till.holds == ledger.balance(CLEARING) == Money(0)
    assert ledger.balance("refunds:chamber") == WHOLE
    assert_books_stand()


@pytest.mark.parametrize("amount", [Money(0), Money(-1), Money(25_001)])
def test_only_what_was_taken_can_be_given_back(paid: str, amount: Money) -> None:
    with pytest.raises(Conflict):
        asked(paid, amount)


def test_what_was_not_captured_cannot_be_given_back(till: Bank) -> None:
    uuid = till.opens(a_submitted_renewal().goes_to_pay())
    with pytest.raises(Conflict):
        asked(uuid, Money(1))


def test_the_same_request_twice_is_one_refund(paid: str) -> None:
    cashier = a_cashier()
    assert asked(paid, Money(20_000), by=cashier).id == asked(paid, Money(20_000), by=cashier).id
    assert Refund.select().count() == 1


def test_a_reason_is_owed(paid: str) -> None:
    with pytest.raises(Refusal) as refused:
        refunds.request(a_cashier(), paid, WHOLE, reason="  ", key="one")
    assert refused.value.field == "reason"


def test_whoever_asked_does_not_approve(till: Bank, paid: str) -> None:
    cashier = a_cashier()
    asked(paid, by=cashier)
    with pytest.raises(Refusal, match="somebody else"):
        refunds.approve(cashier, "one")
    work()
    assert not till.refunds and state("one") == "requested"


def test_the_database_too_refuses_one_person_for_both(paid: str) -> None:
    cashier = a_cashier()
    refund = asked(paid, by=cashier)
    with pytest.raises(IntegrityError), models.database.atomic():
        Refund.update(approved_by=cashier.account).where(Refund.id == refund.id).execute()


@pytest.mark.parametrize(
    "act", [lambda actor, uuid: asked(uuid, Money(1), "two", actor), lambda actor, _uuid: refunds.approve(actor, "one")]
)
def test_only_a_cashier_of_that_authority_may(paid: str, act: Callable[..., Any]) -> None:
    asked(paid, Money(1))
    nobody, applicant, clerk = Actor(), signed_in(a_person()), a_person()
    Role.create(account=clerk, name="clerk", authority="chamber")
    for actor in (nobody, applicant, signed_in(clerk)):
        with pytest.raises(NotAllowed):
            act(actor, paid)
    with pytest.raises(NotFound):
        act(a_cashier("municipality"), paid)
    act(a_cashier(""), paid)


def test_no_cashier_gives_back_their_own_payment(till: Bank) -> None:
    cashier = a_person(civil_number="55501234")
    Role.create(account=cashier, name="cashier", authority="chamber")
    uuid = till.opens(a_submitted_renewal(actor=signed_in(cashier)).goes_to_pay())
    tell(till.decides(uuid))
    with pytest.raises(NotAllowed):
        asked(uuid, by=signed_in(cashier))
    asked(uuid)
    with pytest.raises(NotAllowed):
        refunds.approve(signed_in(cashier), "one")


def test_a_refund_is_approved_once(stray: str) -> None:
    refunds.approve(a_cashier(), stray)
    with pytest.raises(Conflict):
        refunds.approve(a_cashier(), stray)
    with pytest.raises(NotFound):
        refunds.approve(a_cashier(), "no-such-refund")


def test_who_asked_and_who_approved_is_on_record(till: Bank, paid: str) -> None:
    one, other = a_cashier(), a_cashier()
    asked(paid, by=one)
    refunds.approve(other, "one")
    work()
    told = [
        (row.action, row.account_id) for row in AuditEntry.select().where(AuditEntry.subject == "one").order_by(AuditEntry.id)
    ]
    assert told == [("refund.requested", one.account), ("refund.approved", other.account), ("refund.done", None)]
    kinds = [event.kind for event in PaymentAttempt.get(PaymentAttempt.uuid == paid).events]
    assert kinds[-3:] == ["refund:approved", "refund:sent", "refund:done"]


def test_requests_racing_for_the_same_money_get_it_once(paid: str) -> None:
    cashiers = [a_cashier() for _ in range(4)]
    barrier = threading.Barrier(4)

    def ask(number: int) -> object:
        try:
            barrier.wait(10)
            return asked(paid, Money(20_000), f"race-{number}", cashiers[number])
        except Conflict as problem:
            return problem
        finally:
            models.database.close()

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(ask, range(4)))
    assert sum(isinstance(answer, Refund) for answer in answers) == 1 and Refund.select().count() == 1
    assert_books_stand()


# --- Sending ---------------------------------------------------------------------------------------------------------------------


def test_no_answer_means_unknown_and_the_same_key_is_asked_again(till: Bank, stray: str, clock: Clock) -> None:
    refunds.approve(a_cashier(), stray)
    till.slow = True
    for _ in range(3):
        work()
        assert state(stray) == "unknown" and ledger.balance(SUSPENSE) == -WHOLE
        till.down, till.slow = True, False
        clock.forward(minutes=16)
    till.down = False
    work()
    assert till.refunds == {stray: WHOLE} and state(stray) == "done"
    assert ledger.balance(CLEARING) == till.holds == Money(0)
    assert_books_stand()


def test_money_whose_fate_is_unknown_is_not_asked_for_again(till: Bank, paid: str) -> None:
    asked(paid)
    refunds.approve(a_cashier(), "one")
    till.slow = True
    work()
    with pytest.raises(Conflict):
        asked(paid, Money(1), "two")


def test_what_the_bank_refuses_is_seen_and_may_be_asked_anew(till: Bank, stray: str, clock: Clock) -> None:
    refunds.approve(a_cashier(), stray)
    till.refuses = True
    work()
    assert state(stray) == "failed" and flags()[-1] == "refund-failed"
    clock.forward(days=2)
    work()
    till.refuses = False
    asked(stray.removeprefix("stray-"), key="again")
    refunds.approve(a_cashier(), "again")
    work()
    assert till.refunds == {"again": WHOLE} and ledger.balance(SUSPENSE) == Money(0)
    assert_books_stand()


def test_a_worker_that_dies_after_the_bank_gave_back_books_it_next_time(
    till: Bank, stray: str, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    refunds.approve(a_cashier(), stray)
    with monkeypatch.context() as patch:
        patch.setattr("operations.ledger.post", dies)
        work()
    assert till.refunds == {stray: WHOLE} and state(stray) == "sent" and ledger.balance(SUSPENSE) == -WHOLE
    clock.forward(minutes=5)
    work()
    assert state(stray) == "done" and ledger.balance(CLEARING) == till.holds == Money(0)
    assert_books_stand()


def dies(*_arguments: Any) -> None:
    raise RuntimeError("killed")


def test_the_same_work_twice_gives_back_once(till: Bank, stray: str) -> None:
    refunds.approve(a_cashier(), stray)
    for _ in range(3):
        refunds.send({"key": stray})
    assert till.refunds == {stray: WHOLE}
    assert_books_stand()


def test_what_nobody_approved_is_never_sent(till: Bank, stray: str) -> None:
    refunds.send({"key": stray})
    assert not till.refunds and state(stray) == RefundState.REQUESTED


def test_the_bank_is_not_called_inside_a_transaction(till: Bank, stray: str, monkeypatch: pytest.MonkeyPatch) -> None:
    refunds.approve(a_cashier(), stray)
    inside: list[bool] = []
    answer = till.answer
    monkeypatch.setattr(till, "answer", lambda *asked: (inside.append(models.database.in_transaction()), answer(*asked))[1])
    gateway_refund = outside.bank.refund
    monkeypatch.setattr(
        outside.bank, "refund", lambda *asked: (inside.append(models.database.in_transaction()), gateway_refund(*asked))[1]
    )
    work()
    assert inside and not any(inside) and state(stray) == "done"


def test_money_of_another_bank_or_mode_is_not_asked_from_this_one(till: Bank, stray: str) -> None:
    outside.bank = till.gateway("live")
    refunds.approve(a_cashier(), stray)
    work()
    assert not till.refunds and till.asked == 0
    assert state(stray) == "failed" and flags()[-1] == "refund-failed"


def test_a_bank_that_gives_back_another_amount_is_not_booked(till: Bank, stray: str) -> None:
    till.refunds[stray] = Money(1)
    refunds.approve(a_cashier(), stray)
    work()
    assert state(stray) == "unknown" and flags()[-1] == "refund-mismatch"
    assert ledger.balance(SUSPENSE) == -WHOLE
