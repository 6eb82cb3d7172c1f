"""Settling: one transaction records what the gateway says of an attempt. Whoever comes second finds it settled.

Captured absorbs everything after it; what does not fit our attempt changes nothing and waits for a person.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from engine import ledger as entries
from engine.catalogue import catalogue
from engine.fees import Quote
from engine.money import CURRENCY, Money
from engine.numbering import receipt_number
from engine.wording import Text, _
from gateways.payments import Outcome
from gateways.pdf import papers
from models import Account, AttemptEvent, AttemptState, Bill, BillState, PaymentAttempt, Receipt, database
from operations import applications, audit, counters, documents, ledger, messages, refunds
from operations.attempts import OPEN, UNDECIDED, Part, change, lock, whole
from operations.now import now, today
from operations.rendering import both
from statements import statement

SERIES = "R"
STATES: dict[Outcome, AttemptState] = {
    Outcome.REVIEW: AttemptState.REVIEW,
    Outcome.DECLINED: AttemptState.DECLINED,
    Outcome.CANCELLED: AttemptState.CANCELLED,
    Outcome.ERROR: AttemptState.DECLINED,
}


@dataclass(frozen=True)
class Verdict:
    """What a gateway says of an attempt, whichever way it reached us."""

    outcome: Outcome
    mode: str
    profile: str
    amount: Money | None
    currency: str
    transaction: str
    reason: str
    card_brand: str
    card_masked: str


@database.atomic()
def settle(uuid: str, verdict: Verdict, source: str) -> list[Receipt]:
    """Record what the gateway says happened. The first to say "captured" settles; the others are handed the same receipts.

    Captured absorbs everything after it. What does not fit our attempt changes nothing and waits for a person. Of several bills paid at
    once each settles by itself: what was closed meanwhile is owed back, the others are paid.
    """
    parts = lock(uuid)
    lead = parts[0].attempt
    _witness(lead, verdict, source)
    if lead.state == AttemptState.CAPTURED:
        _after_capture(lead, verdict, source)
    elif mismatch := _mismatch(lead, whole(parts), verdict):
        ledger.flag(f"mismatch:{uuid}:{mismatch}:{verdict.transaction}", f"mismatch-{mismatch}", lead, source=source)
    elif verdict.outcome is not Outcome.CAPTURED:
        for part in parts:
            _note(part.attempt, verdict, source)
    else:
        lead.provider_transaction = verdict.transaction
        for part in parts:
            _take(part, verdict, source)
    return [part.attempt.receipt for part in parts if part.attempt.receipt_id]


def _mismatch(attempt: PaymentAttempt, asked: Money, verdict: Verdict) -> str | None:
    """The first thing that is not as we asked for it."""
    expected = {"mode": attempt.mode, "profile": attempt.profile}
    if verdict.outcome in (Outcome.CAPTURED, Outcome.REVIEW):
        expected |= {"currency": CURRENCY, "amount": asked}
    return next((name for name, value in expected.items() if getattr(verdict, name) != value), None)


def _note(attempt: PaymentAttempt, verdict: Verdict, source: str) -> None:
    """Nothing was taken. What the bank still looks at is held, so that nobody pays twice; beside another open attempt, a person looks."""
    state = STATES[verdict.outcome]
    if attempt.state not in UNDECIDED or attempt.state == state:
        return
    if state == AttemptState.REVIEW and _others_open.first(attempt.bill_id, attempt.id):
        ledger.flag(f"review:{attempt.uuid}", "review-beside-another", attempt, source=source)
    else:
        change(attempt, state, source, reason=verdict.reason)


@statement
def _others_open(bill: Any, attempt: Any) -> Any:
    others = (PaymentAttempt.bill == bill) & (PaymentAttempt.id != attempt) & PaymentAttempt.state.in_(OPEN)
    return PaymentAttempt.select(PaymentAttempt.id).where(others).limit(1)


def _take(part: Part, verdict: Verdict, source: str) -> None:
    part.attempt.card_brand, part.attempt.card_masked = verdict.card_brand, verdict.card_masked
    if part.bill.state == BillState.OPEN:
        pay(part, verdict.transaction, source)
    else:
        _hold_apart(part.attempt, part.bill, source)


def pay(part: Part, transaction: str, source: str) -> None:
    """Close the bill, book it, move its application on, and give the receipt. Inside the transaction that holds the part."""
    application, attempt, bill = part.application, part.attempt, part.bill
    lines = Quote.thaw(bill.quote).lines
    _close.run(bill.id, now())
    ledger.post(f"capture:{attempt.uuid}", entries.capture(_holder(attempt, bill), bill.authority, lines))
    applications.paid(application)
    audit.record(None, "payment.captured", application.reference, attempt=attempt.uuid, source=source)
    receipt = _receipt(bill)
    attempt.receipt = receipt
    change(attempt, AttemptState.CAPTURED, source)
    documents.issue_receipt(application, receipt, _receipt_content(receipt, part, transaction))
    messages.tell(
        application,
        "payment_received",
        cause=f"receipt:{receipt.number}",
        title=application.frozen["title"],
        receipt=receipt.number,
        baisa=bill.total.baisa,
    )


def _holder(attempt: PaymentAttempt, bill: Bill) -> str:
    """The account of whoever holds the money now."""
    if attempt.cashier_id:
        return entries.till(attempt.provider, bill.authority, attempt.cashier_id)
    return entries.clearing(attempt.provider, attempt.mode)


@statement
def _close(bill: Any, moment: Any) -> Any:
    return Bill.update({Bill.state: BillState.PAID, Bill.paid_at: moment}).where(Bill.id == bill)


def _receipt(bill: Bill) -> Receipt:
    year = today().year
    sequence = counters.take(f"receipt:{SERIES}", year)
    return Receipt.create(
        number=receipt_number(SERIES, year, sequence),
        series=SERIES,
        year=year,
        sequence=sequence,
        bill=bill,
        amount=bill.total,
        at=now(),
    )


def _hold_apart(attempt: PaymentAttempt, bill: Bill, source: str) -> None:
    """Real money that no open bill waits for: booked as owed back, and a refund is asked for. Never a second receipt."""
    ledger.post(f"stray:{attempt.uuid}", entries.stray(attempt.provider, attempt.mode, attempt.amount))
    attempt.stray = True
    change(attempt, AttemptState.CAPTURED, source)
    refunds.owe(attempt, "second payment" if bill.state == BillState.PAID else "bill closed")
    ledger.flag(f"stray:{attempt.uuid}", "stray-money", attempt, bill=bill.state)


def _after_capture(attempt: PaymentAttempt, verdict: Verdict, source: str) -> None:
    if verdict.outcome is not Outcome.CAPTURED:
        ledger.flag(f"late:{attempt.uuid}:{verdict.outcome}", f"{verdict.outcome}-after-capture", attempt, source=source)
    elif verdict.transaction and verdict.transaction != attempt.provider_transaction:
        ledger.flag(f"twice:{attempt.uuid}:{verdict.transaction}", "charged-twice", attempt, transaction=verdict.transaction)


def _witness(attempt: PaymentAttempt, verdict: Verdict, source: str) -> None:
    AttemptEvent.create(
        attempt=attempt,
        kind=f"heard:{verdict.outcome}",
        source=source,
        details={
            "transaction": verdict.transaction,
            "reason": verdict.reason,
            "baisa": verdict.amount.baisa if verdict.amount else None,
        },
        at=now(),
    )


def _receipt_content(receipt: Receipt, part: Part, transaction: str) -> dict[str, Any]:
    application, bill = part.application, part.bill
    account: Account = application.account
    payer = {"ar": account.arabic_name or account.name, "en": account.name}
    filed_by, lines = documents.filed_by(application), Quote.thaw(bill.quote).lines
    return {
        "title": both(_("Receipt")),
        "authority": both(catalogue.authorities[bill.authority].title),
        "named": payer,
        "payer": payer,
        "paid_at": both(receipt.at),
        "filed_by": filed_by,
        "service": application.frozen["title"],
        "reference": application.reference,
        "lines": [(line.label, both(line.amount)) for line in lines],
        "notes": [line.note for line in lines],
        "total": both(bill.total),
        "card": part.attempt.card,
        "till": [(both(label), both(value)) for label, value in _at_the_till(part.attempt)],
        "transaction": transaction,
        "rows": [
            {"label": both(_("Service")), "value": application.frozen["title"]},
            {"label": both(_("Paid")), "value": both(bill.total)},
            {"label": both(_("Date of payment")), "value": both(receipt.at)},
            *([{"label": both(papers.LABELS["filed_by"]), "value": filed_by}] if filed_by else []),
        ],
    }


TAKEN = {"cash": _("In cash"), "pos": _("By card at the counter")}


def _at_the_till(attempt: PaymentAttempt) -> Iterator[tuple[Text, Any]]:
    if attempt.cashier_id:
        cashier: Account = attempt.cashier
        yield _("Paid with"), TAKEN[attempt.provider]
        yield _("Cashier"), {"ar": cashier.arabic_name or cashier.name, "en": cashier.name}
