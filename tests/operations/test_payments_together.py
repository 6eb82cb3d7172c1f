"""Several bills, one card payment: a receipt each; what was closed meanwhile is owed back, and nobody pays twice."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from peewee import Database, IntegrityError, SqliteDatabase

import models
from engine.actor import Actor
from engine.errors import Conflict, NotFound, Refusal
from engine.ledger import SUSPENSE, clearing
from engine.lifecycle import State
from engine.money import Money
from models import Application, AttemptState, Bill, Outbox, PaymentAttempt, Receipt, Refund
from operations import applications, ledger, payments, refunds
from operations.attempts import _found, lock
from tests.support.bank import Bank, tell, work
from tests.support.books import assert_books_stand, flags
from tests.support.builders import Renewal, a_cashier, a_person, a_submitted_renewal, signed_in
from tests.support.clock import Clock

CLEARING = clearing("cybersource", "test")
EACH = Money(25_000)


@pytest.fixture
def payer(till: Bank) -> Actor:
    return signed_in(a_person(civil_number="55501234"))


@pytest.fixture
def three(payer: Actor) -> list[Renewal]:
    return [a_submitted_renewal(actor=payer) for _ in range(3)]


def begun(payer: Actor, renewals: list[Renewal]) -> str:
    return payments.begin_together(payer, [(each.actor, each.reference) for each in renewals])


def at_bank(bank: Bank, payer: Actor, renewals: list[Renewal]) -> str:
    return bank.opens(payments.checkout(payer, begun(payer, renewals)))


def states(renewals: list[Renewal]) -> list[str]:
    return [Application.get(Application.reference == each.reference).state for each in renewals]


def attempts(uuid: str) -> list[PaymentAttempt]:
    return [part.attempt for part in lock(uuid)]


# --- Going to the bank -----------------------------------------------------------------------------------------------------------


def test_the_bank_is_asked_once_for_what_all_bills_come_to(till: Bank, payer: Actor, three: list[Renewal]) -> None:
    uuid = at_bank(till, payer, three)
    assert till.sales[uuid].request["amount"] == "75.000" and len(till.sales) == 1
    assert till.sales[uuid].request["bill_to_forename"] == "Salim"
    assert [attempt.state for attempt in attempts(uuid)] == [AttemptState.SUBMITTED] * 3
    assert Outbox.select().where(Outbox.kind == "payment-check").count() == 1


def test_choosing_the_same_bills_again_in_any_order_is_the_same_payment(till: Bank, payer: Actor, three: list[Renewal]) -> None:
    assert begun(payer, three) == begun(payer, three[::-1]) == begun(payer, [*three, three[0]])
    assert PaymentAttempt.select().count() == 3


def test_what_the_bank_never_heard_of_gives_way_to_another_choice(till: Bank, payer: Actor, three: list[Renewal]) -> None:
    alone = payments.begin(payer, three[0].reference)
    whole = begun(payer, three)
    part = begun(payer, three[:2])
    assert len({alone, whole, part}) == 3
    assert {attempt.state for attempt in attempts(alone) + attempts(whole)} == {AttemptState.CANCELLED}
    assert {attempt.state for attempt in attempts(part)} == {AttemptState.CREATED}
    assert payments.checkout(payer, whole) is None


@pytest.mark.parametrize("bank_says", ["", "REVIEW"])
def test_a_bill_that_may_be_paid_at_the_bank_at_any_moment_is_not_paid_elsewhere(
    till: Bank, payer: Actor, three: list[Renewal], bank_says: str
) -> None:
    uuid = at_bank(till, payer, three[:2])
    if bank_says:
        tell(till.decides(uuid, bank_says))
    for other in (
        lambda: begun(payer, three),
        lambda: begun(payer, three[1:]),
        lambda: payments.begin(payer, three[1].reference),
    ):
        with pytest.raises(Conflict):
            other()
    assert len(till.sales) == 1 and {attempt.state for attempt in PaymentAttempt} == {bank_says.lower() or "submitted"}
    assert payments.begin(payer, three[2].reference)


@pytest.mark.parametrize("decision", ["DECLINE", "CANCEL"])
def test_after_a_refusal_any_choice_may_be_paid(till: Bank, payer: Actor, three: list[Renewal], decision: str) -> None:
    tell(till.decides(at_bank(till, payer, three), decision))
    assert {attempt.state for attempt in PaymentAttempt} == {"declined" if decision == "DECLINE" else "cancelled"}
    tell(till.decides(at_bank(till, payer, three[1:])))
    assert states(three) == [State.TO_PAY, State.COMPLETED, State.COMPLETED]
    assert_books_stand()


def test_nothing_and_too_much_are_refused(
    till: Bank, payer: Actor, monkeypatch: pytest.MonkeyPatch, three: list[Renewal]
) -> None:
    with pytest.raises(Refusal, match="at least one"):
        begun(payer, [])
    monkeypatch.setattr("operations.payments.TOGETHER", 2)
    with pytest.raises(Refusal, match="At most 2"):
        begun(payer, three)
    assert not PaymentAttempt.select().exists()


def test_one_bill_that_cannot_be_paid_stops_the_whole(till: Bank, payer: Actor, three: list[Renewal], clock: Clock) -> None:
    strangers = a_submitted_renewal()
    with pytest.raises(NotFound):
        payments.begin_together(payer, [(payer, three[0].reference), (payer, strangers.reference)])
    applications.withdraw(payer, three[2].reference)
    with pytest.raises(Conflict, match="nothing to pay"):
        begun(payer, three)
    clock.forward(hours=25)
    with pytest.raises(Conflict, match="run out"):
        begun(payer, three[:2])
    assert not PaymentAttempt.select().exists()


# --- For others ------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def of_two_people(till: Bank) -> list[Renewal]:
    return [a_submitted_renewal(), a_submitted_renewal()]


def test_whoever_pays_for_others_sees_all_of_it_and_they_their_own(
    till: Bank, payer: Actor, of_two_people: list[Renewal]
) -> None:
    first, second = of_two_people
    uuid = at_bank(till, payer, of_two_people)
    assert payments.standing(payer, uuid).total == Money(50_000)
    for each, attempt in zip(of_two_people, attempts(uuid), strict=True):
        seen = payments.standing(each.actor, attempt.uuid)
        assert (seen.total, len(seen.parts), seen.application.reference) == (EACH, 1, each.reference)
        with pytest.raises(NotFound):
            payments.checkout(each.actor, attempt.uuid)
    with pytest.raises(NotFound):
        payments.standing(first.actor, attempts(uuid)[1].uuid)
    with pytest.raises(NotFound):
        payments.standing(signed_in(a_person()), uuid)
    with pytest.raises(Conflict):
        payments.begin(second.actor, second.reference)
    tell(till.decides(uuid))
    assert states(of_two_people) == [State.COMPLETED] * 2
    assert [payments.standing(each.actor, a.uuid).receipt.number for each, a in zip(of_two_people, attempts(uuid), strict=True)]


# --- Coming back -----------------------------------------------------------------------------------------------------------------


def test_every_bill_gets_a_receipt_of_its_own(till: Bank, payer: Actor, three: list[Renewal]) -> None:
    uuid = at_bank(till, payer, three)
    word = till.decides(uuid)
    assert tell(word, "browser") == tell(word, "merchant") == uuid
    assert states(three) == [State.COMPLETED] * 3
    receipts = list(Receipt.select().order_by(Receipt.sequence))
    assert [receipt.sequence for receipt in receipts] == [1, 2, 3] and {receipt.amount for receipt in receipts} == {EACH}
    assert ledger.balance(CLEARING) == till.holds == Money(75_000) and not flags()
    assert {attempt.transaction for attempt in attempts(uuid)} == {till.sales[uuid].transaction}
    assert_books_stand()


def test_when_both_posts_are_lost_the_poller_settles_all(till: Bank, payer: Actor, three: list[Renewal], clock: Clock) -> None:
    till.decides(at_bank(till, payer, three))
    clock.forward(minutes=3)
    work()
    assert states(three) == [State.COMPLETED] * 3
    assert_books_stand()


def test_each_of_them_may_ask_the_bank_at_once(till: Bank, payer: Actor, of_two_people: list[Renewal]) -> None:
    uuid = at_bank(till, payer, of_two_people)
    till.decides(uuid)
    payments.ask_now(of_two_people[1].actor, attempts(uuid)[1].uuid)
    assert states(of_two_people) == [State.COMPLETED] * 2
    assert_books_stand()


def test_a_checkout_nobody_finished_expires_whole_and_a_late_capture_still_pays(
    till: Bank, payer: Actor, three: list[Renewal], clock: Clock
) -> None:
    uuid = at_bank(till, payer, three)
    clock.forward(minutes=61)
    work()
    assert {attempt.state for attempt in attempts(uuid)} == {AttemptState.EXPIRED}
    alone = till.opens(three[1].goes_to_pay())
    tell(till.decides(alone))
    tell(till.decides(uuid))
    assert states(three) == [State.COMPLETED] * 3
    assert [attempt.stray for attempt in attempts(uuid)] == [False, True, False]
    assert ledger.balance(SUSPENSE) == -EACH and till.holds == ledger.balance(CLEARING) == Money(100_000)
    assert_books_stand()


def test_only_the_part_of_a_bill_closed_meanwhile_is_owed_back(till: Bank, payer: Actor, three: list[Renewal]) -> None:
    for closed in range(3):
        renewals = [a_submitted_renewal(actor=payer) for _ in range(3)]
        uuid = at_bank(till, payer, renewals)
        applications.withdraw(payer, renewals[closed].reference)
        tell(till.decides(uuid))
        held = attempts(uuid)[closed]
        assert [attempt.stray for attempt in attempts(uuid)] == [number == closed for number in range(3)]
        [refund] = held.refunds
        assert (refund.key, refund.amount, refund.reason) == (f"stray-{held.uuid}", EACH, "bill closed")
        assert states(renewals).count(State.COMPLETED) == 2
    assert_books_stand()
    for refund in Refund.select():
        refunds.approve(a_cashier(), refund.key)
    work()
    assert till.holds == ledger.balance(CLEARING) == Money(150_000) and ledger.balance(SUSPENSE) == Money(0)
    assert_books_stand()


def test_all_of_it_closed_is_all_owed_back(till: Bank, payer: Actor, three: list[Renewal]) -> None:
    uuid = at_bank(till, payer, three)
    for each in three:
        applications.withdraw(payer, each.reference)
    tell(till.decides(uuid))
    assert not Receipt.select().exists() and Refund.select().count() == 3
    assert ledger.balance(SUSPENSE) == -till.holds == Money(-75_000)
    assert_books_stand()


def test_a_checkout_of_which_one_bill_was_closed_is_not_sent_to_the_bank_any_more(
    till: Bank, payer: Actor, three: list[Renewal]
) -> None:
    uuid = begun(payer, three)
    applications.withdraw(payer, three[1].reference)
    assert payments.checkout(payer, uuid) is None
    again = begun(payer, [three[0], three[2]])
    assert again != uuid and payments.checkout(payer, again)


@pytest.mark.parametrize("amount", ["25.000", "74.999", "75.001"])
def test_another_amount_than_the_whole_pays_nothing(till: Bank, payer: Actor, three: list[Renewal], amount: str) -> None:
    uuid = at_bank(till, payer, three)
    tell(till.decides(uuid, auth_amount=amount))
    assert flags() == ["mismatch-amount"] and not Receipt.select().exists() and not models.Journal.select().exists()


@pytest.mark.parametrize("point", ["ledger.post", "counters.take", "documents.issue_receipt", "messages.tell"])
@pytest.mark.parametrize("at", [1, 2, 3])
def test_a_crash_at_any_of_them_leaves_nothing_and_the_redelivery_settles_all(
    till: Bank, payer: Actor, three: list[Renewal], point: str, at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    uuid = at_bank(till, payer, three)
    word = till.decides(uuid)
    with monkeypatch.context() as patch:
        patch.setattr(f"operations.{point}", crashing(at, point))
        with pytest.raises(Crash):
            tell(word)
    assert states(three) == [State.TO_PAY] * 3 and not Receipt.select().exists() and not models.JournalEntry.select().exists()
    tell(word)
    assert states(three) == [State.COMPLETED] * 3
    assert_books_stand()


class Crash(Exception):
    pass


def crashing(at: int, point: str) -> Callable[..., Any]:
    """Does its work until it is called for the so manieth time."""
    module, name = point.split(".")
    does = getattr(getattr(__import__("operations", fromlist=[module]), module), name)
    calls = iter(range(1, 100))

    def run(*arguments: Any, **options: Any) -> Any:
        if next(calls) == at:
            raise Crash
        return does(*arguments, **options)

    return run


def test_a_post_about_a_followers_own_uuid_is_refused(till: Bank, payer: Actor, three: list[Renewal]) -> None:
    uuid = at_bank(till, payer, three)
    follower = attempts(uuid)[1]
    assert tell(till.decides(uuid, req_transaction_uuid=follower.uuid)) is None
    with pytest.raises(NotFound):
        lock(follower.uuid)
    assert not Receipt.select().exists()


def test_the_database_refuses_a_bill_in_two_open_checkouts(till: Bank, payer: Actor, three: list[Renewal]) -> None:
    leader = attempts(begun(payer, three))[0]
    bill = Bill.get(Bill.application == Application.get(Application.reference == three[1].reference))
    with pytest.raises(IntegrityError), models.database.atomic():
        payments._new_attempt(payer, bill, leader)
    with pytest.raises(IntegrityError), models.database.atomic():
        payments._new_attempt(payer, bill)


def test_finding_what_is_paid_together_looks_at_no_other_payment(till: Bank, database: Database) -> None:
    """Both ways in are by an index; on SQLite, where the plan does not depend on how many rows there are, we can see it."""
    if not isinstance(database, SqliteDatabase):
        pytest.skip("PostgreSQL reads small tables whole")
    _found.all("x")
    kept = next(iter(_found._kept.values()))
    plan = [row[3] for row in database.execute_sql(f"EXPLAIN QUERY PLAN {kept._text}", ["x", "x"]).fetchall()]
    assert not [line for line in plan if line.startswith("SCAN")], plan


def test_locks_are_taken_in_the_order_of_references(till: Bank, payer: Actor, three: list[Renewal]) -> None:
    uuid = begun(payer, three[::-1])
    references = [part.application.reference for part in lock(uuid)]
    assert all(before < after for before, after in pairwise(references))
    assert lock(uuid)[0].attempt.leader_id is None
