"""Paying a bill, and everything that goes wrong on the way: one receipt, nothing lost, nothing taken that is not booked."""

import datetime as dt
import itertools
import re
from collections.abc import Callable
from typing import Any

import pytest
from peewee import Database, IntegrityError, TextField

import models
from engine.errors import Conflict, NotFound
from engine.ledger import SUSPENSE, clearing
from engine.lifecycle import State
from engine.money import Money
from gateways.payments import Channel
from models import (
    Application,
    AttemptEvent,
    AttemptState,
    Bill,
    BillState,
    GatewayInbox,
    Outbox,
    PaymentAttempt,
    Receipt,
    Refund,
)
from operations import applications, counters, ledger, payments, submission
from operations.now import set_business_day
from operations.outside import outside
from tests.support.bank import PROFILE, Bank, tell, work
from tests.support.books import assert_books_stand, flags
from tests.support.builders import Renewal, a_person, a_submitted_renewal, signed_in
from tests.support.clock import Clock

CLEARING = clearing("cybersource", "test")


@pytest.fixture
def renewal(till: Bank) -> Renewal:
    return a_submitted_renewal()


def attempt(uuid: str) -> PaymentAttempt:
    return PaymentAttempt.get(PaymentAttempt.uuid == uuid)


def state(renewal: Renewal) -> State:
    return State(Application.get(Application.reference == renewal.reference).state)


def resubmit(renewal: Renewal) -> None:
    opened = applications.of(renewal.actor, renewal.reference)
    submission.submit(renewal.actor, renewal.reference, submission.offer(opened).seal)


def assert_paid_once(bank: Bank, renewal: Renewal, uuid: str) -> None:
    assert payments.standing(renewal.actor, uuid).receipt
    assert Receipt.select().count() == 1 and state(renewal) is State.COMPLETED
    assert ledger.balance(CLEARING) == bank.holds == Money(25_000)
    assert_books_stand()


# --- Going to the bank -----------------------------------------------------------------------------------------------------------


def test_two_clicks_on_pay_are_the_same_attempt(till: Bank, renewal: Renewal) -> None:
    first, second = till.opens(renewal.goes_to_pay()), till.opens(renewal.goes_to_pay())
    assert first == second and len(till.sales) == 1
    assert [event.kind for event in AttemptEvent.select()] == ["submitted"]


def test_the_amount_is_the_bills(till: Bank, renewal: Renewal) -> None:
    form = renewal.goes_to_pay()
    assert form.fields["amount"] == Bill.get().total.plain() == "25.000"


def test_each_attempt_has_a_reference_of_its_own_at_the_bank(till: Bank, renewal: Renewal) -> None:
    first = till.opens(renewal.goes_to_pay())
    tell(till.decides(first, "DECLINE"))
    second = till.opens(renewal.goes_to_pay())
    assert [till.sales[uuid].request["reference_number"] for uuid in (first, second)] == [
        f"{renewal.reference}-1",
        f"{renewal.reference}-2",
    ]


def test_a_price_that_ran_out_is_not_paid(renewal: Renewal, clock: Clock) -> None:
    clock.forward(hours=25)
    with pytest.raises(Conflict, match="run out"):
        renewal.goes_to_pay()


def test_a_checkout_left_open_still_counts_after_the_price_ran_out(till: Bank, renewal: Renewal, clock: Clock) -> None:
    uuid = till.opens(renewal.goes_to_pay())
    clock.forward(hours=25)
    tell(till.decides(uuid))
    assert_paid_once(till, renewal, uuid)


def test_a_paid_bill_is_not_paid_again(till: Bank, renewal: Renewal) -> None:
    uuid = till.opens(renewal.goes_to_pay())
    tell(till.decides(uuid))
    with pytest.raises(Conflict):
        payments.begin(renewal.actor, renewal.reference)
    assert payments.checkout(renewal.actor, uuid) is None


@pytest.mark.parametrize("closed", [applications.withdraw, applications.reopen])
def test_an_old_checkout_address_leads_nowhere_once_the_bill_is_closed(renewal: Renewal, closed: Callable[..., object]) -> None:
    uuid = payments.begin(renewal.actor, renewal.reference)
    closed(renewal.actor, renewal.reference)
    assert payments.checkout(renewal.actor, uuid) is None
    assert not Outbox.select().where(Outbox.kind == "payment-check").exists()


def test_another_tab_cannot_pay_what_an_older_attempt_has_paid_meanwhile(till: Bank, renewal: Renewal, clock: Clock) -> None:
    old = till.opens(renewal.goes_to_pay())
    clock.forward(minutes=90)
    work()
    new = payments.begin(renewal.actor, renewal.reference)
    tell(till.decides(old))
    assert new != old and payments.checkout(renewal.actor, new) is None


def test_somebody_elses_payment_does_not_exist(renewal: Renewal) -> None:
    uuid, stranger = payments.begin(renewal.actor, renewal.reference), signed_in(a_person())
    for ask in (payments.standing, payments.checkout, payments.ask_now):
        with pytest.raises(NotFound):
            ask(stranger, uuid)
    with pytest.raises(NotFound):
        payments.begin(stranger, renewal.reference)


# --- Coming back -----------------------------------------------------------------------------------------------------------------


def test_return_notification_and_poller_lead_to_one_receipt(till: Bank, renewal: Renewal, clock: Clock) -> None:
    uuid = till.opens(renewal.goes_to_pay())
    word = till.decides(uuid)
    clock.forward(minutes=3)
    assert tell(word, "browser") == tell(word, "merchant") == uuid
    work()
    payments.ask_now(renewal.actor, uuid)
    assert_paid_once(till, renewal, uuid)


def test_the_same_delivery_again_is_heard_once(till: Bank, renewal: Renewal) -> None:
    uuid = till.opens(renewal.goes_to_pay())
    word = till.decides(uuid, "DECLINE")
    assert [tell(word), tell(word), tell(word)] == [uuid] * 3
    assert [event.kind for event in attempt(uuid).events] == ["submitted", "heard:declined", "declined"]
    assert GatewayInbox.select().count() == 1


@pytest.mark.parametrize(
    "point",
    [
        "ledger.post",
        "applications.paid",
        "registers.apply",
        "audit.record",
        "counters.take",
        "documents.issue_receipt",
        "messages.tell",
        "outbox.put",
    ],
)
@pytest.mark.parametrize("channel", ["browser", "merchant"])
def test_a_crash_in_between_leaves_nothing_and_the_redelivery_settles(
    till: Bank, renewal: Renewal, point: str, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    uuid = till.opens(renewal.goes_to_pay())
    word = till.decides(uuid)
    with monkeypatch.context() as patch:
        patch.setattr(f"operations.{point}", crash)
        with pytest.raises(Crash):
            tell(word, channel)
    assert attempt(uuid).state == AttemptState.SUBMITTED and Bill.get().state == BillState.OPEN
    assert not GatewayInbox.select().exists() and not models.JournalEntry.select().exists()
    assert tell(word, channel) == uuid
    assert_paid_once(till, renewal, uuid)
    assert Receipt.get().sequence == 1


class Crash(Exception):
    pass


def crash(*_args: Any, **_kwargs: Any) -> None:
    raise Crash


def test_a_tampered_or_unsigned_post_leaves_no_trace(till: Bank, renewal: Renewal) -> None:
    uuid = till.opens(renewal.goes_to_pay())
    word = till.decides(uuid)
    for forged in (word.replace(b"25.000", b"0.001"), re.sub(rb"&signature=.*", b"", word), b"", b"\xff"):
        assert tell(forged) is None
    assert payments.receive("another-bank", "browser", {}, word) is None
    assert not GatewayInbox.select().exists() and attempt(uuid).state == AttemptState.SUBMITTED


def test_a_verified_post_about_an_attempt_we_never_made_is_refused(till: Bank, renewal: Renewal) -> None:
    uuid = till.opens(renewal.goes_to_pay())
    assert tell(till.decides(uuid, req_transaction_uuid="f" * 32), "merchant") is None
    assert not GatewayInbox.select().exists() and attempt(uuid).state == AttemptState.SUBMITTED


# --- Nobody tells us -------------------------------------------------------------------------------------------------------------


def test_when_both_posts_are_lost_the_poller_settles(till: Bank, renewal: Renewal, clock: Clock) -> None:
    uuid = till.opens(renewal.goes_to_pay())
    till.decides(uuid)
    work()
    assert not Receipt.select().exists(), "it is too early to ask"
    clock.forward(minutes=2, seconds=1)
    work()
    assert_paid_once(till, renewal, uuid)


def test_the_poller_asks_after_2_5_15_60_minutes_and_then_daily(till: Bank, renewal: Renewal, clock: Clock) -> None:
    till.opens(renewal.goes_to_pay())
    for number, wait in enumerate((2, 5, 15, 60, 24 * 60, 24 * 60), start=1):
        clock.forward(minutes=wait - 0.5)
        work()
        assert till.asked == number - 1
        clock.forward(minutes=0.6)
        work()
        assert till.asked == number


def test_a_timeout_is_not_a_refusal(till: Bank, renewal: Renewal, clock: Clock) -> None:
    """The bank has the money and does not answer: for hours we know nothing, and nobody may pay again."""
    uuid = till.opens(renewal.goes_to_pay())
    till.decides(uuid)
    till.down = True
    for _ in range(6):
        clock.forward(minutes=61)
        work()
    assert attempt(uuid).state == AttemptState.SUBMITTED
    assert payments.begin(renewal.actor, renewal.reference) == uuid
    till.down = False
    clock.forward(days=1)
    work()
    assert_paid_once(till, renewal, uuid)


def test_a_bank_that_knows_of_nothing_yet_has_not_refused(till: Bank, renewal: Renewal, clock: Clock) -> None:
    uuid = till.opens(renewal.goes_to_pay())
    clock.forward(minutes=20)
    work()
    assert till.asked and attempt(uuid).state == AttemptState.SUBMITTED
    till.decides(uuid)
    clock.forward(minutes=20)
    work()
    assert_paid_once(till, renewal, uuid)


def test_a_checkout_nobody_finished_expires_and_a_new_one_may_begin(till: Bank, renewal: Renewal, clock: Clock) -> None:
    old = till.opens(renewal.goes_to_pay())
    clock.forward(minutes=61)
    work()
    assert attempt(old).state == AttemptState.EXPIRED
    assert payments.begin(renewal.actor, renewal.reference) != old


def test_an_abandoned_checkout_is_forgotten_after_two_weeks_without_bothering_anybody(
    till: Bank, renewal: Renewal, clock: Clock
) -> None:
    till.opens(renewal.goes_to_pay())
    for _ in range(20):
        clock.forward(days=1)
        work()
    asked = till.asked
    clock.forward(days=2)
    work()
    assert till.asked == asked and not flags()


def test_a_payment_nobody_decided_for_two_weeks_waits_for_a_person(till: Bank, renewal: Renewal, clock: Clock) -> None:
    tell(till.decides(till.opens(renewal.goes_to_pay()), "REVIEW"))
    for _ in range(20):
        clock.forward(days=1)
        work()
    assert flags() == ["undecided"]


def test_a_second_card_after_a_refused_one_is_found_though_its_posts_are_lost(till: Bank, renewal: Renewal, clock: Clock) -> None:
    uuid = till.opens(renewal.goes_to_pay())
    tell(till.decides(uuid, "DECLINE"))
    clock.forward(minutes=3)
    work()
    till.decides(uuid)
    clock.forward(minutes=10)
    work()
    assert_paid_once(till, renewal, uuid)


def test_the_person_may_ask_at_once(till: Bank, renewal: Renewal) -> None:
    uuid = till.opens(renewal.goes_to_pay())
    till.decides(uuid)
    payments.ask_now(renewal.actor, uuid)
    assert_paid_once(till, renewal, uuid)


# --- Every order of events -------------------------------------------------------------------------------------------------------


def test_every_order_of_events_leads_to_one_receipt(till: Bank, clock: Clock) -> None:
    payer = a_submitted_renewal().actor
    events = ("DECLINE", "REVIEW", "ACCEPT", "ask")
    for order in itertools.permutations(events):
        renewal = a_submitted_renewal(actor=payer)
        uuid = till.opens(renewal.goes_to_pay())
        words = {decision: till.decides(uuid, decision) for decision in events[:3]}
        for event in order:
            if event == "ask":
                payments.ask_now(payer, uuid)
            else:
                tell(words[event], "browser" if order.index(event) % 2 else "merchant")
        assert state(renewal) is State.COMPLETED, order
        assert payments.standing(payer, uuid).receipt, order
    assert_books_stand()
    assert ledger.balance(CLEARING) == till.holds


def test_an_old_attempt_that_expires_after_the_new_one_captured_changes_nothing(
    till: Bank, renewal: Renewal, clock: Clock
) -> None:
    old = till.opens(renewal.goes_to_pay())
    tell(till.decides(old, "DECLINE"))
    new = till.opens(renewal.goes_to_pay())
    tell(till.decides(new))
    clock.forward(days=2)
    work()
    assert attempt(old).state == AttemptState.DECLINED
    assert_paid_once(till, renewal, new)


def test_a_late_capture_of_an_expired_attempt_pays_the_bill(till: Bank, renewal: Renewal, clock: Clock) -> None:
    uuid = till.opens(renewal.goes_to_pay())
    clock.forward(minutes=61)
    work()
    assert attempt(uuid).state == AttemptState.EXPIRED
    tell(till.decides(uuid), "merchant")
    assert_paid_once(till, renewal, uuid)


def test_a_refusal_after_the_capture_changes_nothing_and_is_seen(till: Bank, renewal: Renewal) -> None:
    uuid = till.opens(renewal.goes_to_pay())
    taken = till.decides(uuid)
    refused = till.decides(uuid, "DECLINE")
    till.decides(uuid)
    tell(taken)
    tell(refused)
    assert flags() == ["declined-after-capture"]
    assert_paid_once(till, renewal, uuid)


def test_another_transaction_of_a_captured_attempt_gives_no_second_receipt(till: Bank, renewal: Renewal) -> None:
    uuid = till.opens(renewal.goes_to_pay())
    tell(till.decides(uuid))
    tell(till.decides(uuid, transaction_id="8000000000000000000001"))
    assert flags() == ["charged-twice"]
    assert_paid_once(till, renewal, uuid)


# --- Money that no open bill waits for -------------------------------------------------------------------------------------------


def assert_held_apart(bank: Bank, uuid: str, reason: str) -> None:
    held = attempt(uuid)
    assert held.state == AttemptState.CAPTURED and held.stray and held.receipt is None
    [refund] = held.refunds
    assert (refund.key, refund.amount, refund.reason, refund.state) == (f"stray-{uuid}", held.amount, reason, "requested")
    assert flags() == ["stray-money"]
    assert ledger.balance(SUSPENSE) == -held.amount and ledger.balance(CLEARING) == bank.holds
    assert_books_stand()


def test_of_two_attempts_both_charged_one_is_the_payment_and_the_other_is_owed_back(
    till: Bank, renewal: Renewal, clock: Clock
) -> None:
    old = till.opens(renewal.goes_to_pay())
    clock.forward(minutes=61)
    work()
    new = till.opens(renewal.goes_to_pay())
    tell(till.decides(new))
    late = till.decides(old)
    for channel in ("browser", "merchant"):
        tell(late, channel)
    payments.ask_now(renewal.actor, old)
    assert Receipt.select().count() == 1 and state(renewal) is State.COMPLETED
    assert_held_apart(till, old, "second payment")


@pytest.mark.parametrize("closed", [applications.withdraw, applications.reopen])
def test_money_for_a_closed_bill_is_owed_back(till: Bank, renewal: Renewal, closed: Callable[..., object]) -> None:
    uuid = till.opens(renewal.goes_to_pay())
    closed(renewal.actor, renewal.reference)
    before = state(renewal)
    tell(till.decides(uuid))
    assert not Receipt.select().exists() and state(renewal) is before
    assert_held_apart(till, uuid, "bill closed")


def test_after_reopening_and_submitting_again_each_bill_takes_only_its_own_money(till: Bank, renewal: Renewal) -> None:
    old = till.opens(renewal.goes_to_pay())
    applications.reopen(renewal.actor, renewal.reference)
    resubmit(renewal)
    new = till.opens(renewal.goes_to_pay())
    tell(till.decides(old))
    assert Bill.select().where(Bill.state == BillState.OPEN).count() == 1 and state(renewal) is State.TO_PAY
    tell(till.decides(new))
    assert Receipt.select().count() == 1 and state(renewal) is State.COMPLETED
    assert_held_apart(till, old, "bill closed")


def test_a_crash_while_money_is_held_apart_leaves_nothing_and_the_redelivery_does_it(
    till: Bank, renewal: Renewal, monkeypatch: pytest.MonkeyPatch
) -> None:
    uuid = till.opens(renewal.goes_to_pay())
    applications.withdraw(renewal.actor, renewal.reference)
    word = till.decides(uuid)
    with monkeypatch.context() as patch:
        patch.setattr("operations.refunds.owe", crash)
        with pytest.raises(Crash):
            tell(word)
    assert_books_stand()
    assert not models.JournalEntry.select().exists()
    tell(word)
    assert_held_apart(till, uuid, "bill closed")


# --- What does not fit our attempt -----------------------------------------------------------------------------------------------


def assert_quarantined(renewal: Renewal, uuid: str, kind: str) -> None:
    assert flags() == [kind]
    assert attempt(uuid).state == AttemptState.SUBMITTED and Bill.get().state == BillState.OPEN
    assert not Receipt.select().exists() and not models.Journal.select().exists()
    assert payments.begin(renewal.actor, renewal.reference) == uuid, "nobody pays again while a person looks at it"


@pytest.mark.parametrize("decision", ["ACCEPT", "REVIEW"])
@pytest.mark.parametrize(
    ("odd", "kind"),
    [
        ({"auth_amount": "24.999"}, "mismatch-amount"),
        ({"auth_amount": "25.001"}, "mismatch-amount"),
        ({"auth_amount": "2.500"}, "mismatch-amount"),
        ({"req_currency": "USD"}, "mismatch-currency"),
    ],
)
def test_another_amount_or_currency_is_never_a_payment(
    till: Bank, renewal: Renewal, decision: str, odd: dict[str, str], kind: str
) -> None:
    uuid = till.opens(renewal.goes_to_pay())
    tell(till.decides(uuid, decision, **odd))
    assert_quarantined(renewal, uuid, kind)


def test_a_test_banks_word_never_pays_a_live_order(till: Bank, renewal: Renewal) -> None:
    outside.bank = till.gateway("live")
    uuid = till.opens(renewal.goes_to_pay())
    outside.bank = till.gateway("test")
    tell(till.decides(uuid))
    assert_quarantined(renewal, uuid, "mismatch-mode")


def test_another_profiles_word_never_pays(till: Bank, renewal: Renewal) -> None:
    uuid = till.opens(renewal.goes_to_pay())
    other = "B" + PROFILE[1:]
    outside.bank = till.gateway(profile=other)
    tell(till.decides(uuid, req_profile_id=other))
    assert_quarantined(renewal, uuid, "mismatch-profile")


def test_a_partial_approval_is_for_a_person(till: Bank, renewal: Renewal, clock: Clock) -> None:
    uuid = till.opens(renewal.goes_to_pay())
    word = till.decides(uuid, takes=Money(12_500))
    for channel in ("browser", "merchant"):
        tell(word, channel)
    clock.forward(hours=3)
    work()
    assert till.asked
    assert_quarantined(renewal, uuid, "mismatch-amount")


# --- The bank looks at it --------------------------------------------------------------------------------------------------------


def test_a_payment_under_review_is_held_and_cannot_be_paid_again(till: Bank, renewal: Renewal, clock: Clock) -> None:
    uuid = till.opens(renewal.goes_to_pay())
    tell(till.decides(uuid, "REVIEW"))
    assert attempt(uuid).state == AttemptState.REVIEW and not Receipt.select().exists()
    for _ in range(3):
        with pytest.raises(Conflict, match="still checking"):
            renewal.goes_to_pay()
        assert payments.checkout(renewal.actor, uuid) is None
        clock.forward(hours=2)
        work()
    till.decides(uuid)
    clock.forward(days=1)
    work()
    assert_paid_once(till, renewal, uuid)


def test_a_payment_refused_after_review_may_be_tried_again(till: Bank, renewal: Renewal) -> None:
    uuid = till.opens(renewal.goes_to_pay())
    tell(till.decides(uuid, "REVIEW"))
    tell(till.decides(uuid, "DECLINE"))
    again = till.opens(renewal.goes_to_pay())
    assert again != uuid
    tell(till.decides(again))
    assert_paid_once(till, renewal, again)


def test_a_review_of_an_expired_attempt_holds_the_bill_too(till: Bank, renewal: Renewal, clock: Clock) -> None:
    uuid = till.opens(renewal.goes_to_pay())
    clock.forward(minutes=61)
    work()
    tell(till.decides(uuid, "REVIEW"))
    with pytest.raises(Conflict, match="still checking"):
        renewal.goes_to_pay()


def test_a_review_beside_a_newer_attempt_is_for_a_person(till: Bank, renewal: Renewal, clock: Clock) -> None:
    old = till.opens(renewal.goes_to_pay())
    clock.forward(minutes=61)
    work()
    new = till.opens(renewal.goes_to_pay())
    tell(till.decides(old, "REVIEW"))
    assert flags() == ["review-beside-another"]
    assert (attempt(old).state, attempt(new).state) == (AttemptState.EXPIRED, AttemptState.SUBMITTED)


@pytest.mark.parametrize("decision", ["DECLINE", "ERROR", "CANCEL"])
def test_after_a_refusal_the_person_may_try_again(till: Bank, renewal: Renewal, decision: str) -> None:
    uuid = till.opens(renewal.goes_to_pay())
    tell(till.decides(uuid, decision))
    assert not payments.standing(renewal.actor, uuid).pending
    again = till.opens(renewal.goes_to_pay())
    tell(till.decides(again))
    assert_paid_once(till, renewal, again)


# --- Numbers ---------------------------------------------------------------------------------------------------------------------


def test_receipt_numbers_have_no_gap_whatever_rolls_back(till: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    payer = a_submitted_renewal().actor
    for turn in range(8):
        uuid = till.opens(a_submitted_renewal(actor=payer).goes_to_pay())
        word = till.decides(uuid)
        if turn % 3:  # the number is taken by then
            with monkeypatch.context() as patch:
                patch.setattr("operations.documents.issue_receipt", crash)
                with pytest.raises(Crash):
                    tell(word)
        if turn % 2:
            tell(word)
    assert [row.sequence for row in Receipt.select().order_by(Receipt.id)] == [1, 2, 3, 4]
    assert_books_stand()


def test_receipt_numbers_begin_anew_each_year_of_muscat(till: Bank) -> None:
    payer = a_submitted_renewal().actor
    numbers = []
    for day in (dt.date(2026, 12, 31), dt.date(2026, 12, 31), dt.date(2027, 1, 1), dt.date(2026, 12, 31), dt.date(2027, 1, 2)):
        set_business_day(day)
        uuid = till.opens(a_submitted_renewal(actor=payer).goes_to_pay())
        tell(till.decides(uuid))
        receipt = payments.standing(payer, uuid).receipt
        assert receipt
        numbers.append((receipt.year, receipt.sequence))
    assert numbers == [(2026, 1), (2026, 2), (2027, 1), (2026, 3), (2027, 2)]
    assert_books_stand()


# --- What the database itself refuses --------------------------------------------------------------------------------------------


def test_the_database_refuses_a_capture_without_a_receipt(till: Bank, renewal: Renewal) -> None:
    uuid = till.opens(renewal.goes_to_pay())
    with pytest.raises(IntegrityError), models.database.atomic():
        PaymentAttempt.update(state=AttemptState.CAPTURED).where(PaymentAttempt.uuid == uuid).execute()


def test_the_database_refuses_a_receipt_or_stray_money_without_a_capture(till: Bank, renewal: Renewal) -> None:
    uuid = till.opens(renewal.goes_to_pay())
    tell(till.decides(uuid))
    for wrong in ({"state": AttemptState.DECLINED}, {"stray": True}, {"receipt": None}):
        with pytest.raises(IntegrityError), models.database.atomic():
            PaymentAttempt.update(**wrong).where(PaymentAttempt.uuid == uuid).execute()


def test_the_database_refuses_a_second_receipt_of_a_bill_and_any_change_of_one(till: Bank, renewal: Renewal) -> None:
    tell(till.decides(till.opens(renewal.goes_to_pay())))
    receipt = Receipt.get()
    twin = {name: getattr(receipt, name) for name in ("series", "year", "bill", "amount", "at")} | {
        "number": "R-2",
        "sequence": 2,
    }
    for harm in (
        lambda: Receipt.create(**twin),
        lambda: Receipt.update(amount=Money(1)).execute(),
        lambda: Receipt.delete().execute(),
        lambda: PaymentAttempt.delete().execute(),
        lambda: Bill.delete().execute(),
        lambda: AttemptEvent.delete().execute(),
    ):
        with pytest.raises(IntegrityError), models.database.atomic():
            harm()


def test_the_database_refuses_two_open_attempts_of_a_bill(till: Bank, renewal: Renewal) -> None:
    uuid = till.opens(renewal.goes_to_pay())
    row = attempt(uuid)
    with pytest.raises(IntegrityError), models.database.atomic():
        payments._new_attempt(renewal.actor, row.bill)


# --- Secrets ---------------------------------------------------------------------------------------------------------------------


def test_a_card_number_is_nowhere_in_the_database_or_the_log(
    till: Bank, renewal: Renewal, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bank that shows too much: the number and the CVN in every field that could carry them."""
    caplog.set_level("DEBUG")
    number, cvn = "4111111111111111", "98731"
    shown = {"req_card_number": number, "req_card_cvn": cvn, "req_card_expiry_date": "12-2030", "payment_token": number}
    uuid = till.opens(renewal.goes_to_pay())
    word = till.decides(uuid, **shown)
    with monkeypatch.context() as patch:
        patch.setattr("operations.documents.issue_receipt", crash)
        with pytest.raises(Crash) as crashed:
            tell(word)
    tell(word.replace(b"25.000", b"26.000"))
    for channel in ("browser", "merchant"):
        tell(word, channel)
    tell(till.decides(uuid, "DECLINE", **shown))
    assert attempt(uuid).card_masked == "411111xxxxxx1111"
    kept = "\n".join(everything_kept()) + caplog.text + repr(crashed.value)
    assert "411111xxxxxx1111" in kept, "we look in the right places"
    for secret in (number, cvn):
        assert secret not in kept


def everything_kept() -> list[str]:
    return [
        str(value) for model in models.TABLES for row in model.select().tuples().iterator() for value in row if value is not None
    ]


def test_no_amount_is_kept_as_a_fraction(database: Database) -> None:
    floating = [
        f"{model.__name__}.{field.name}"
        for model in models.TABLES
        for field in model._meta.sorted_fields
        if field.field_type in ("FLOAT", "DOUBLE", "DECIMAL")
    ]
    assert not floating and TextField.field_type == "TEXT"


def test_a_number_taken_in_a_transaction_that_fails_is_given_out_again(database: Database) -> None:
    with pytest.raises(Crash), models.database.atomic():
        assert counters.take("R", 2026) == 1
        crash()
    with models.database.atomic():
        assert counters.take("R", 2026) == 1


def test_what_was_owed_back_is_asked_for_once(till: Bank, renewal: Renewal) -> None:
    uuid = till.opens(renewal.goes_to_pay())
    applications.withdraw(renewal.actor, renewal.reference)
    word = till.decides(uuid)
    for _ in range(3):
        tell(word, "merchant")
        tell(word, "browser")
        payments.ask_now(renewal.actor, uuid)
    assert Refund.select().count() == 1
    assert_books_stand()
