"""What must be true of money at every moment, whatever happened before: `assert_books_stand()`."""

from collections import Counter

from engine.ledger import SUSPENSE, clearing
from engine.money import Money
from models import (
    AttemptState,
    Bill,
    BillState,
    Journal,
    JournalEntry,
    PaymentAttempt,
    Payout,
    PayoutState,
    Receipt,
    ReconciliationItem,
    Refund,
    RefundState,
)
from operations import ledger


def assert_books_stand() -> None:
    captured = list(PaymentAttempt.select().where(PaymentAttempt.state == AttemptState.CAPTURED))
    receipts = list(Receipt.select())
    refunds = list(Refund.select())
    done = [refund for refund in refunds if refund.state == RefundState.DONE]
    _one_receipt_per_paid_bill(captured, receipts)
    _what_is_paid_together_is_taken_together()
    _no_number_is_missing(receipts)
    _every_journal_has_its_cause(captured, done)
    _balances(captured, done)
    amounts = {attempt.id: attempt.amount for attempt in captured}
    for attempt_id, given in _sums((r.attempt_id, r.amount) for r in refunds if r.state != RefundState.FAILED).items():
        assert given <= amounts[attempt_id], "more is given back than was taken"


def _one_receipt_per_paid_bill(captured: list[PaymentAttempt], receipts: list[Receipt]) -> None:
    bills = {bill.id: bill for bill in Bill.select()}
    paid = Counter(id for id, bill in bills.items() if bill.state == BillState.PAID)
    assert Counter(receipt.bill_id for receipt in receipts) == paid
    assert Counter(attempt.receipt_id for attempt in captured if attempt.receipt_id) == Counter(row.id for row in receipts)
    of = {receipt.id: receipt for receipt in receipts}
    for attempt in captured:
        assert bool(attempt.receipt_id) != attempt.stray
        if attempt.receipt_id:
            receipt = of[attempt.receipt_id]
            assert receipt.bill_id == attempt.bill_id
            assert receipt.amount == attempt.amount == bills[attempt.bill_id].total


def _what_is_paid_together_is_taken_together() -> None:
    attempts = {attempt.id: attempt for attempt in PaymentAttempt.select()}
    for attempt in attempts.values():
        leader = attempts[attempt.leader_id or attempt.id]
        assert leader.leader_id is None
        same = ("payer_id", "provider", "mode", "profile", "card_brand", "card_masked")
        assert [getattr(attempt, name) for name in same] == [getattr(leader, name) for name in same]
        assert (attempt.state == AttemptState.CAPTURED) == (leader.state == AttemptState.CAPTURED)
        assert attempt is leader or attempt.provider_transaction is None


def _no_number_is_missing(receipts: list[Receipt]) -> None:
    for series, year in {(receipt.series, receipt.year) for receipt in receipts}:
        numbers = sorted(receipt.sequence for receipt in receipts if (receipt.series, receipt.year) == (series, year))
        assert numbers == list(range(1, len(numbers) + 1))


def _every_journal_has_its_cause(captured: list[PaymentAttempt], done: list[Refund]) -> None:
    causes = {f"{'stray' if attempt.stray else 'capture'}:{attempt.uuid}" for attempt in captured}
    causes |= {f"refund:{refund.key}" for refund in done}
    causes |= {f"payout-owed:{payout.subject}" for payout in Payout.select()}
    causes |= {f"payout-paid:{payout.subject}" for payout in Payout.select().where(Payout.state == PayoutState.PAID)}
    journals = {journal.id: journal.source_key for journal in Journal.select()}
    assert Counter(journals.values()) == Counter(causes)
    sums = _sums((entry.journal_id, entry.amount) for entry in JournalEntry.select())
    assert set(sums) == set(journals) and not any(sums.values())


def _balances(captured: list[PaymentAttempt], done: list[Refund]) -> None:
    stray = {attempt.id for attempt in captured if attempt.stray}
    at_tills = {attempt.id for attempt in captured if attempt.cashier_id}
    taken = sum((attempt.amount for attempt in captured if attempt.id in at_tills), Money(0))
    tills = JournalEntry.select().where(JournalEntry.account.startswith("till:"))
    assert sum((entry.amount for entry in tills), Money(0)) == taken
    for provider, mode in {(attempt.provider, attempt.mode) for attempt in captured if attempt.id not in at_tills}:
        here = {attempt.id: attempt.amount for attempt in captured if (attempt.provider, attempt.mode) == (provider, mode)}
        given = sum((refund.amount for refund in done if refund.attempt_id in here), Money(0))
        assert ledger.balance(clearing(provider, mode)) == sum(here.values(), Money(0)) - given
    held = sum((attempt.amount for attempt in captured if attempt.stray), Money(0))
    assert ledger.balance(SUSPENSE) == sum((refund.amount for refund in done if refund.attempt_id in stray), Money(0)) - held


def _sums(pairs: object) -> dict[object, Money]:
    sums: dict[object, Money] = {}
    for key, amount in pairs:  # type: ignore[attr-defined]
        sums[key] = sums.get(key, Money(0)) + amount
    return sums


def flags() -> list[str]:
    """What waits for a person, oldest first."""
    return [row.kind for row in ReconciliationItem.select().order_by(ReconciliationItem.id)]
