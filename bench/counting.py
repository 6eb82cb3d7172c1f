"""What must be true of the money, the documents and the messages once everything has settled. Reads our tables and the bank's own book."""

import datetime as dt
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from peewee import fn

from engine.calendar import add_months
from engine.ledger import SUSPENSE
from engine.money import Money
from models import (
    Application,
    AttemptState,
    Bill,
    BillState,
    Document,
    JournalEntry,
    Message,
    Outbox,
    PaymentAttempt,
    Receipt,
    ReconciliationItem,
    Refund,
    RegisterRecord,
    State,
)
from models import Counter as Series

STANDING = ("housekeeping", "retention", "escalations", "reminders")  # work that comes back for ever
TOLD = ("payment_received", "application_completed")


def figures() -> dict[str, int]:
    """How much there was to count, so that a count of nothing is seen to be one."""
    captured = PaymentAttempt.select().where(PaymentAttempt.state == AttemptState.CAPTURED)
    return {
        "applications_completed": Application.select().where(Application.state == State.COMPLETED).count(),
        "attempts": PaymentAttempt.select().count(),
        "attempts_captured": captured.count(),
        "attempts_stray": captured.where(PaymentAttempt.stray).count(),
        "receipts": Receipt.select().count(),
        "documents_drawn": Document.select().where(Document.digest.is_null(False)).count(),
        "messages_sent": Message.select().where(Message.sent_at.is_null(False)).count(),
        "work_done": Outbox.select().where(Outbox.done_at.is_null(False)).count(),
    }


def violations(book: Path) -> list[str]:
    """A sentence for everything that is not as it must be; `book` is the bank's."""
    at_bank = captured_at(book)
    return [
        *_receipts(),
        *_journals(),
        *_against_the_bank(at_bank),
        *_strays(),
        *_applications(),
        *_registers(),
        *_promises(),
    ]


def captured_at(book: Path) -> dict[str, Money]:
    """What the bank took, by our attempt's uuid."""
    with closing(sqlite3.connect(f"file:{book}?mode=ro", uri=True)) as orders:
        rows = orders.execute("SELECT uuid, approved FROM orders WHERE decision = 'ACCEPT' AND reason = '100'").fetchall()
    return {uuid: Money.parse(approved) for uuid, approved in rows}


def _captured() -> list[PaymentAttempt]:
    return list(PaymentAttempt.select().where(PaymentAttempt.state == AttemptState.CAPTURED))


def _receipts() -> Iterator[str]:
    """One receipt per captured attempt and paid bill; numbers from 1 without a gap, as far as the counter says."""
    receipts = list(Receipt.select())
    attempts = [attempt for attempt in _captured() if not attempt.stray]
    if sorted(receipt.id for receipt in receipts) != sorted(attempt.receipt_id for attempt in attempts):
        yield f"{len(attempts)} captured attempts, but {len(receipts)} receipts, or not theirs"
    paid = {bill.id: bill.total for bill in Bill.select().where(Bill.state == BillState.PAID)}
    if paid != {receipt.bill_id: receipt.amount for receipt in receipts}:
        yield "the paid bills and the receipts are not the same"
    for series, year in {(receipt.series, receipt.year) for receipt in receipts}:
        numbers = sorted(receipt.sequence for receipt in receipts if (receipt.series, receipt.year) == (series, year))
        last = Series.get((Series.series == f"receipt:{series}") & (Series.year == year)).last
        if numbers != list(range(1, last + 1)):
            yield f"receipts {series}-{year} have a gap or a number twice: {len(numbers)} of {last}"


def _journals() -> Iterator[str]:
    """Each sums to zero; together they say what was captured, and what is owed back."""
    unbalanced = JournalEntry.select(JournalEntry.journal).group_by(JournalEntry.journal).having(fn.SUM(JournalEntry.amount) != 0)
    yield from (f"journal {entry.journal_id} does not sum to zero" for entry in unbalanced)
    booked = _booked(JournalEntry.account.startswith("clearing:"))
    taken = sum(attempt.amount.baisa for attempt in _captured())
    if booked != taken:
        yield f"the journal says the acquirer owes us {booked} baisa, the captured attempts {taken}"
    stray = sum(attempt.amount.baisa for attempt in _captured() if attempt.stray)
    if _booked(JournalEntry.account == SUSPENSE) != -stray:
        yield "what is held apart in the journal is not what the stray attempts hold"
    billed = sum(bill.total.baisa for bill in Bill.select().where(Bill.state == BillState.PAID))
    if _booked(JournalEntry.account.startswith("income:")) != -billed:
        yield "the income in the journal is not what the paid bills say"


def _booked(which: object) -> int:
    total = JournalEntry.select(fn.COALESCE(fn.SUM(JournalEntry.amount), 0)).where(which).scalar()
    return total.baisa if isinstance(total, Money) else int(total)


def _against_the_bank(at_bank: dict[str, Money]) -> Iterator[str]:
    leaders = {attempt.id: attempt.uuid for attempt in _captured()}
    ours: Counter[str] = Counter()
    for attempt in _captured():  # what is paid together, the bank knows by the leader's uuid
        ours[leaders[attempt.leader_id or attempt.id]] += attempt.amount.baisa
    yield from (
        f"the bank took {at_bank[uuid].baisa} baisa for {uuid}, we do not know of it" for uuid in at_bank.keys() - ours.keys()
    )
    yield from (f"{uuid} is captured here, the bank took nothing" for uuid in ours.keys() - at_bank.keys())
    yield from (
        f"{uuid}: not the amount the bank took" for uuid in ours.keys() & at_bank.keys() if ours[uuid] != at_bank[uuid].baisa
    )


def _strays() -> Iterator[str]:
    """Nobody pays twice, or for a closed bill, without a refund being asked for; nothing else waits for a person."""
    for attempt in _captured():
        refunds = Refund.select().where((Refund.attempt == attempt.id) & (Refund.amount == attempt.amount)).count()
        if refunds != int(attempt.stray):
            yield f"{attempt.uuid}: stray is {attempt.stray}, refunds asked for: {refunds}"
    for item in ReconciliationItem.select().where(ReconciliationItem.kind != "stray-money"):
        yield f"{item.kind}: {item.key}"


def _applications() -> Iterator[str]:
    """Paid and completed are the same, and both bring a certificate, a receipt and their messages."""
    paid = {bill.application_id for bill in Bill.select().where(Bill.state == BillState.PAID)}
    completed = {row.id: row.reference for row in Application.select().where(Application.state == State.COMPLETED)}
    if paid != completed.keys():
        yield f"paid but not completed: {len(paid - completed.keys())}; completed but not paid: {len(completed.keys() - paid)}"
    drawn = Counter((row.application_id, row.kind) for row in Document.select().where(Document.digest.is_null(False)))
    sent = Counter(
        (row.application_id, row.template, row.channel) for row in Message.select().where(Message.sent_at.is_null(False))
    )
    for id_, reference in completed.items():
        yield from (
            f"{reference} has {drawn[id_, kind]} drawn: {kind}" for kind in ("certificate", "receipt") if drawn[id_, kind] != 1
        )
        wanted = [(id_, template, channel) for template in TOLD for channel in ("mail", "sms")]
        yield from (f"{reference}: {sent[each]} of {each[1:]} sent" for each in wanted if sent[each] != 1)


def _registers() -> Iterator[str]:
    """Every completed renewal moved its membership's expiry once: neither lost nor applied twice."""
    moved: dict[str, list[dict[str, str]]] = {}
    for row in Application.select().where(Application.state == State.COMPLETED).order_by(Application.closed_at):
        record = row.frozen["records"]["membership"]
        moved.setdefault(record["number"], []).append(
            {"from": record["data"]["expires"], "months": row.frozen["answers"]["months"]}
        )
    for record in RegisterRecord.select().where(RegisterRecord.register == "chamber.memberships"):
        for change in moved.get(record.number, []):
            change["to"] = add_months(dt.date.fromisoformat(change["from"]), int(change["months"])).isoformat()
        ends = [change["to"] for change in moved.get(record.number, [])]
        starts = [change["from"] for change in moved.get(record.number, [])]
        if ends and (starts[1:] != ends[:-1] or record.data["expires"] != ends[-1]):
            yield f"membership {record.number} went {starts} to {ends}, and stands at {record.data['expires']}"


def _promises() -> Iterator[str]:
    """Nothing promised is left undone. Asking about a payment that nobody made goes on for two weeks; housekeeping never ends."""
    for row in Outbox.select().where(Outbox.done_at.is_null()):
        if row.failed_at or row.kind not in ("payment-check", *STANDING):
            yield f"left undone: {row.kind} {row.key}, try {row.tries}: {row.error}"
