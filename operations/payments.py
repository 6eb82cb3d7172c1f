"""Paying a bill. One transaction settles; whoever comes second - return page, notification, poller - finds it settled.

Amounts come from our bill, never from a browser. A time-out at the gateway means unknown, never cancelled.
"""

import datetime as dt
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from peewee import JOIN

from engine import ledger as entries
from engine.actor import Actor
from engine.catalogue import catalogue
from engine.errors import Conflict, NotFound, Unavailable
from engine.fees import Quote
from engine.money import CURRENCY, Money
from engine.numbering import receipt_number
from engine.wording import _
from gateways.payments import AutoPost, Channel, Charge, Observation, Outcome, Payer, Redirect, Rejected, VerifiedEvent
from models import (
    Account,
    Application,
    AttemptEvent,
    AttemptState,
    Bill,
    BillState,
    GatewayInbox,
    Identifier,
    IdentifierType,
    PaymentAttempt,
    Receipt,
    database,
)
from operations import applications, audit, counters, documents, ledger, messages, outbox, refunds
from operations.now import now, today
from operations.outside import outside
from operations.rendering import both

log = logging.getLogger(__name__)

SERIES = "R"
OPEN = (AttemptState.CREATED, AttemptState.SUBMITTED, AttemptState.REVIEW)
UNDECIDED = (*OPEN, AttemptState.UNKNOWN, AttemptState.EXPIRED)
REFUSED = (AttemptState.DECLINED, AttemptState.CANCELLED)  # until the checkout expires the payer may still try another card
EXPIRES_AFTER = dt.timedelta(hours=1)
# When nobody has told us, we ask: after these waits, then daily.
ASK_AFTER = tuple(dt.timedelta(minutes=minutes) for minutes in (2, 5, 15, 60))
ASK_DAILY = dt.timedelta(days=1)
ASK_UNTIL = dt.timedelta(days=14)
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


# --- Going to the bank -----------------------------------------------------------------------------------------------------------


@database.atomic()
def begin(actor: Actor, reference: str) -> str:
    """Open the one attempt of the bill, or take it up again: pressing twice, or coming back, is the same attempt. Returns its uuid.

    Raises Conflict when the bill was paid meanwhile, its price has run out, or the bank is still looking at an earlier payment.
    """
    row = applications.lock(actor, reference)
    bill = _lock(Bill.select().where((Bill.application == row) & (Bill.state == BillState.OPEN)))
    if bill is None:
        raise Conflict(_("There is nothing to pay here: the bill was paid or closed meanwhile."))
    if bill.good_until < now() and row.approved_at is None:
        raise Conflict(
            _("This price was good for a day and has run out. Choose “Change answers”, check the new price and submit again.")
        )
    open_one = PaymentAttempt.get_or_none((PaymentAttempt.bill == bill) & PaymentAttempt.state.in_(OPEN))
    if open_one is not None and open_one.state == AttemptState.REVIEW:
        raise Conflict(
            _("The bank is still checking your payment. Please do not pay again; we will tell you when it is decided.")
        )
    return str((open_one or _new_attempt(bill)).uuid)


def checkout(actor: Actor, uuid: str) -> AutoPost | Redirect | None:
    """How to send the browser to the bank; None when nothing is to be paid by this attempt any more."""
    seen = standing(actor, uuid)
    return outside.bank.prepare(_charge(seen.attempt, seen.application, actor.locale)) if _sent(uuid) else None


@database.atomic()
def _sent(uuid: str) -> bool:
    """From here on the bank may know of it: if nobody tells us what became of it, we ask. False when nobody may pay it any more."""
    _application, attempt, bill = _lock_all(uuid)
    if bill.state != BillState.OPEN or attempt.state not in (AttemptState.CREATED, AttemptState.SUBMITTED):
        return False
    if attempt.state == AttemptState.CREATED:
        _change(attempt, AttemptState.SUBMITTED, "portal")
        outbox.put("payment-check", f"payment-check:{uuid}", wait=ASK_AFTER[0], uuid=uuid)
    return True


def _new_attempt(bill: Bill) -> PaymentAttempt:
    moment = now()
    return PaymentAttempt.create(
        bill=bill,
        provider=outside.bank.name,
        mode=outside.bank.mode,
        profile=outside.bank.profile,
        amount=bill.total,
        created_at=moment,
        updated_at=moment,
        expires_at=moment + EXPIRES_AFTER,
    )


def _charge(attempt: PaymentAttempt, application: Application, locale: str) -> Charge:
    account: Account = application.account
    known = {identifier.type: identifier.value for identifier in Identifier.select().where(Identifier.account == account)}
    ours = f"{outside.portal_url}/payments"
    return Charge(
        uuid=attempt.uuid,
        reference=_reference_at_bank(attempt),
        amount=attempt.amount,
        locale="ar" if locale == "ar" else "en",
        payer=Payer(
            first_name=account.first_name,
            last_name=account.family_name,
            country=account.country,
            phone=known.get(IdentifierType.PHONE, ""),
            email=known.get(IdentifierType.EMAIL, ""),
        ),
        return_url=f"{ours}/return/{attempt.provider}",
        cancel_url=f"{ours}/return/{attempt.provider}",
        notify_url=f"{ours}/notifications/{attempt.provider}",
    )


# --- Coming back -----------------------------------------------------------------------------------------------------------------


def receive(provider: str, channel: Channel, headers: Mapping[str, str], raw: bytes) -> str | None:
    """A delivery of the gateway: verify it, keep it, settle by it. Returns the attempt's uuid, None when it proves nothing."""
    if provider != outside.bank.name:
        return None
    event = outside.bank.parse_inbound(channel, headers, raw)
    if isinstance(event, Rejected):
        log.warning("rejected a %s delivery: %s", channel, event.why)
        return None
    if not PaymentAttempt.select().where(PaymentAttempt.uuid == event.uuid).exists():
        log.warning("a verified %s delivery for an attempt we never made", channel)
        return None
    _settle_once(event)
    return event.uuid


@database.atomic()
def _settle_once(event: VerifiedEvent) -> None:
    """The delivery and what follows from it are one transaction: a crash in between leaves neither."""
    fresh = (
        GatewayInbox.insert(
            provider=outside.bank.name,
            mode=event.mode,
            channel=event.channel,
            key=event.key,
            attempt_uuid=event.uuid,
            fields=event.fields,
            received_at=now(),
            processed_at=now(),
        )
        .on_conflict_ignore()
        .as_rowcount()
        .execute()
    )
    if fresh:
        verdict = Verdict(
            event.outcome,
            event.mode,
            event.profile,
            event.amount,
            event.currency,
            event.provider_transaction,
            event.reason,
            event.card_brand,
            event.card_masked,
        )
        settle(event.uuid, verdict, event.channel)


@outbox.handles("payment-check")
def check(payload: dict[str, Any]) -> None:
    """Ask the gateway what became of an attempt nobody told us about; come back later while it does not know."""
    uuid = payload["uuid"]
    attempt = PaymentAttempt.get(PaymentAttempt.uuid == uuid)
    if attempt.state == AttemptState.CAPTURED:
        return
    try:
        _ask(attempt)
    except Unavailable:
        log.warning("the gateway does not answer for %s", uuid)
    attempt = PaymentAttempt.get(PaymentAttempt.uuid == uuid)
    if attempt.state == AttemptState.CAPTURED or (attempt.state in REFUSED and attempt.expires_at < now()):
        return
    if now() - attempt.created_at > ASK_UNTIL:
        if attempt.state != AttemptState.EXPIRED:
            with database.atomic():
                ledger.flag(f"undecided:{uuid}", "undecided", attempt)
        return
    PaymentAttempt.update(checks=PaymentAttempt.checks + 1).where(PaymentAttempt.id == attempt.id).execute()
    waits = ASK_AFTER[1:]
    raise outbox.Postpone(waits[attempt.checks] if attempt.checks < len(waits) else ASK_DAILY)


def _ask(attempt: PaymentAttempt) -> None:
    reference = _reference_at_bank(attempt)
    seen = outside.bank.query(attempt.uuid, reference)
    if seen.outcome is not None:
        settle(attempt.uuid, _observed(attempt, seen), "query")
    elif attempt.state in (AttemptState.CREATED, AttemptState.SUBMITTED) and attempt.expires_at < now():
        with database.atomic():
            locked = _lock(PaymentAttempt.select().where(PaymentAttempt.id == attempt.id))
            if locked.state in (AttemptState.CREATED, AttemptState.SUBMITTED):
                _change(locked, AttemptState.EXPIRED, "query")


def _reference_at_bank(attempt: PaymentAttempt) -> str:
    row = Application.select().join(Bill).where(Bill.id == attempt.bill_id).get()
    ordinal = PaymentAttempt.select().where((PaymentAttempt.bill == attempt.bill_id) & (PaymentAttempt.id <= attempt.id)).count()
    return f"{row.reference}-{ordinal}"


def _observed(attempt: PaymentAttempt, seen: Observation) -> Verdict:
    assert seen.outcome is not None
    return Verdict(
        seen.outcome,
        outside.bank.mode,
        outside.bank.profile,
        seen.amount,
        seen.currency,
        seen.provider_transaction,
        seen.reason,
        seen.card_brand,
        seen.card_masked,
    )


# --- Settling --------------------------------------------------------------------------------------------------------------------


@database.atomic()
def settle(uuid: str, verdict: Verdict, source: str) -> Receipt | None:
    """Record what the gateway says happened. The first to say "captured" settles; the others are handed the same receipt.

    Captured absorbs everything after it. What does not fit our attempt changes nothing and waits for a person.
    """
    application, attempt, bill = _lock_all(uuid)
    _witness(attempt, verdict, source)
    if attempt.state == AttemptState.CAPTURED:
        return _after_capture(attempt, verdict, source)
    if mismatch := _mismatch(attempt, verdict):
        ledger.flag(f"mismatch:{uuid}:{mismatch}:{verdict.transaction}", f"mismatch-{mismatch}", attempt, source=source)
        return None
    if verdict.outcome is not Outcome.CAPTURED:
        _note(attempt, verdict, source)
        return None
    attempt.provider_transaction, attempt.card_brand, attempt.card_masked = (
        verdict.transaction,
        verdict.card_brand,
        verdict.card_masked,
    )
    if bill.state != BillState.OPEN:
        _hold_apart(attempt, bill, source)
        return None
    return _pay(application, attempt, bill, source)


def _lock_all(uuid: str) -> tuple[Application, PaymentAttempt, Bill]:
    """The three rows that settling changes, always locked in this order, so that nobody waits for each other in a circle."""
    found = PaymentAttempt.select(PaymentAttempt, Bill).join(Bill).where(PaymentAttempt.uuid == uuid).first()
    if found is None:
        raise NotFound
    application = _lock(Application.select().where(Application.id == found.bill.application_id))
    attempt = _lock(PaymentAttempt.select().where(PaymentAttempt.id == found.id))
    return application, attempt, _lock(Bill.select().where(Bill.id == found.bill_id))


def _mismatch(attempt: PaymentAttempt, verdict: Verdict) -> str | None:
    """The first thing that is not as we asked for it."""
    expected = {"mode": attempt.mode, "profile": attempt.profile}
    if verdict.outcome in (Outcome.CAPTURED, Outcome.REVIEW):
        expected |= {"currency": CURRENCY, "amount": attempt.amount}
    return next((name for name, value in expected.items() if getattr(verdict, name) != value), None)


def _note(attempt: PaymentAttempt, verdict: Verdict, source: str) -> None:
    """Nothing was taken. What the bank still looks at is held, so that nobody pays twice; beside another open attempt, a person looks."""
    state = STATES[verdict.outcome]
    if attempt.state not in UNDECIDED or attempt.state == state:
        return
    others = (PaymentAttempt.bill == attempt.bill_id) & (PaymentAttempt.id != attempt.id) & PaymentAttempt.state.in_(OPEN)
    if state == AttemptState.REVIEW and PaymentAttempt.select().where(others).exists():
        ledger.flag(f"review:{attempt.uuid}", "review-beside-another", attempt, source=source)
    else:
        _change(attempt, state, source, reason=verdict.reason)


def _pay(application: Application, attempt: PaymentAttempt, bill: Bill, source: str) -> Receipt:
    lines = Quote.thaw(bill.quote).lines
    Bill.update(state=BillState.PAID, paid_at=now()).where(Bill.id == bill.id).execute()
    ledger.post(f"capture:{attempt.uuid}", entries.capture(attempt.provider, attempt.mode, bill.authority, lines))
    applications.paid(application)
    audit.record(None, "payment.captured", application.reference, attempt=attempt.uuid, source=source)
    receipt = _receipt(bill)
    attempt.receipt = receipt
    _change(attempt, AttemptState.CAPTURED, source)
    documents.issue_receipt(application, receipt, _receipt_content(receipt, bill, attempt, application))
    messages.tell(
        application,
        "payment_received",
        cause=f"receipt:{receipt.number}",
        title=application.frozen["title"],
        receipt=receipt.number,
        baisa=bill.total.baisa,
    )
    return receipt


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


def _receipt_content(receipt: Receipt, bill: Bill, attempt: PaymentAttempt, application: Application) -> dict[str, Any]:
    account: Account = application.account
    payer = {"ar": account.arabic_name or account.name, "en": account.name}
    return {
        "title": both(_("Receipt")),
        "authority": both(catalogue.authorities[bill.authority].title),
        "named": payer,
        "payer": payer,
        "paid_at": both(receipt.at),
        "service": application.frozen["title"],
        "reference": application.reference,
        "lines": [(line.label, both(line.amount)) for line in Quote.thaw(bill.quote).lines],
        "total": both(bill.total),
        "card": attempt.card,
        "transaction": attempt.provider_transaction or "",
        "rows": [
            {"label": both(_("Service")), "value": application.frozen["title"]},
            {"label": both(_("Paid")), "value": both(bill.total)},
            {"label": both(_("Date of payment")), "value": both(receipt.at)},
        ],
    }


def _hold_apart(attempt: PaymentAttempt, bill: Bill, source: str) -> None:
    """Real money that no open bill waits for: booked as owed back, and a refund is asked for. Never a second receipt."""
    ledger.post(f"stray:{attempt.uuid}", entries.stray(attempt.provider, attempt.mode, attempt.amount))
    attempt.stray = True
    _change(attempt, AttemptState.CAPTURED, source)
    refunds.owe(attempt, "second payment" if bill.state == BillState.PAID else "bill closed")
    ledger.flag(f"stray:{attempt.uuid}", "stray-money", attempt, bill=bill.state)


def _after_capture(attempt: PaymentAttempt, verdict: Verdict, source: str) -> Receipt | None:
    if verdict.outcome is not Outcome.CAPTURED:
        ledger.flag(f"late:{attempt.uuid}:{verdict.outcome}", f"{verdict.outcome}-after-capture", attempt, source=source)
    elif verdict.transaction and verdict.transaction != attempt.provider_transaction:
        ledger.flag(f"twice:{attempt.uuid}:{verdict.transaction}", "charged-twice", attempt, transaction=verdict.transaction)
    return attempt.receipt  # type: ignore[no-any-return]


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


def _change(attempt: PaymentAttempt, state: AttemptState, source: str, **details: Any) -> None:
    attempt.state, attempt.updated_at = state, now()
    attempt.save()
    AttemptEvent.create(attempt=attempt, kind=str(state), source=source, details=details, at=now())


def _lock(query: Any) -> Any:
    """The row, held until the transaction ends; SQLite holds the whole file already."""
    return (query.for_update() if database.for_update else query).first()


# --- Looking ---------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Standing:
    """Where a payment stands, for the page the person waits on."""

    attempt: PaymentAttempt
    application: Application
    receipt: Receipt | None

    @property
    def pending(self) -> bool:
        return self.attempt.state in (AttemptState.CREATED, AttemptState.SUBMITTED, AttemptState.UNKNOWN)


def standing(actor: Actor, uuid: str) -> Standing:
    row = (
        PaymentAttempt.select(PaymentAttempt, Bill, Application)
        .join(Bill)
        .join(Application)
        .where((PaymentAttempt.uuid == uuid) & (Application.account == actor.account))
        .first()
    )
    if row is None or not actor.signed_in:
        raise NotFound
    return Standing(row, row.bill.application, row.receipt)


def ask_now(actor: Actor, uuid: str) -> None:
    """The person asks us to ask the bank: at once, instead of when the poller would."""
    _ask(standing(actor, uuid).attempt)


def last_of(opened: applications.Opened) -> PaymentAttempt | None:
    """The last attempt to pay for an application, with its receipt where it has one, for its overview."""
    attempts = PaymentAttempt.select(PaymentAttempt, Receipt).join(Bill).switch(PaymentAttempt).join(Receipt, JOIN.LEFT_OUTER)
    return attempts.where(Bill.application == opened.row).order_by(PaymentAttempt.id.desc()).first()  # type: ignore[no-any-return]
