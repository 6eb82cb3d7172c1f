"""Giving money back: asked for, approved by somebody else, sent by the queue, booked once the bank has taken it on.

requested → approved → sent → done, failed, or unknown, which is asked again under the same key: a bank that was only slow gives back
once. Of one payment never more is given back than was taken.
"""

import datetime as dt
from typing import Any

from engine import ledger as entries
from engine.actor import Actor
from engine.errors import Conflict, NotAllowed, NotFound, Refusal, Unavailable
from engine.money import Money
from engine.wording import _
from gateways.payments import RefundOutcome
from models import Application, AttemptEvent, AttemptState, Bill, PaymentAttempt, Refund, RefundState, database
from operations import audit, ledger, outbox
from operations.now import now
from operations.outside import outside
from statements import locked

CASHIER = "cashier"
TO_SEND = (RefundState.APPROVED, RefundState.SENT, RefundState.UNKNOWN)
ASK_AGAIN = dt.timedelta(minutes=15)


# --- Asking and approving --------------------------------------------------------------------------------------------------------


def owe(attempt: PaymentAttempt, reason: str) -> None:
    """Stray money is owed back whole. Part of the settling transaction, which holds the attempt; any cashier may approve it."""
    _ask_for(attempt, attempt.amount, reason, key=f"stray-{attempt.uuid}", by=None)


def owe_part(attempt: PaymentAttempt, amount: Money, reason: str, *, key: str) -> None:
    """Part of a payment is owed back: what of it was not given back otherwise. In the transaction that holds the attempt, once per key."""
    owed = min(amount, left_of(attempt))
    if owed and not Refund.select().where(Refund.key == key).exists():
        _ask_for(attempt, owed, reason, key=key, by=None)


@database.atomic()
def request(actor: Actor, uuid: str, amount: Money, *, reason: str, key: str) -> Refund:
    """Ask to give back part of a captured payment, or all of it. The same key again (a double click) is the same refund.

    `key`: at most 40 letters, digits and hyphens. Raises NotAllowed without the role, NotFound for another authority's payment,
    Conflict when the payment has less left than that.
    """
    attempt = _locked(PaymentAttempt.select().where(PaymentAttempt.uuid == uuid))
    _authorise(actor, attempt)
    if known := Refund.get_or_none((Refund.key == key) & (Refund.attempt == attempt)):
        return known
    if not reason.strip():
        raise Refusal(_("Say why the money is given back."), field="reason")
    if not Money(0) < amount <= left_of(attempt):
        raise Conflict(_("This payment has %(left)s left to give back.", left=left_of(attempt)))
    refund = _ask_for(attempt, amount, reason, key=key, by=actor.account)
    audit.record(actor, "refund.requested", key, attempt=uuid, baisa=amount.baisa)
    return refund


@database.atomic()
def approve(actor: Actor, key: str) -> Refund:
    """Let a refund go out. Raises Refusal for whoever asked for it, NotAllowed for its payer, Conflict when it was approved meanwhile."""
    attempt, refund = _both(key)
    _authorise(actor, attempt)
    if refund.requested_by_id == actor.account:
        raise Refusal(_("You asked for this refund, so somebody else has to approve it."))
    if refund.state != RefundState.REQUESTED:
        raise Conflict(_("Somebody has approved this refund meanwhile."))
    refund.approved_by = actor.account
    _change(refund, attempt, RefundState.APPROVED)
    outbox.put("refund", f"refund:{key}", key=key)
    audit.record(actor, "refund.approved", key, attempt=attempt.uuid, baisa=refund.amount.baisa)
    return refund


def left_of(attempt: PaymentAttempt) -> Money:
    """What may still be given back of a payment: what was taken, less every refund that has not failed."""
    if attempt.state != AttemptState.CAPTURED:
        return Money(0)
    given = Refund.select().where((Refund.attempt == attempt) & (Refund.state != RefundState.FAILED))
    return attempt.amount - sum((refund.amount for refund in given), Money(0))


def _authorise(actor: Actor, attempt: PaymentAttempt) -> None:
    application = Application.select().join(Bill).where(Bill.id == attempt.bill_id).get()
    if not any(role.partition(":")[0] == CASHIER for role in actor.roles) or actor.account in (
        application.account_id,
        application.filed_by_id,
    ):
        raise NotAllowed
    if not (actor.may(CASHIER) or actor.may(f"{CASHIER}:{application.authority}")):
        raise NotFound


def _ask_for(attempt: PaymentAttempt, amount: Money, reason: str, *, key: str, by: int | None) -> Refund:
    moment = now()
    return Refund.create(
        key=key, attempt=attempt, amount=amount, reason=reason, requested_by=by, created_at=moment, updated_at=moment
    )


# --- Sending ---------------------------------------------------------------------------------------------------------------------


@outbox.handles("refund")
def send(payload: dict[str, Any]) -> None:
    """Ask the bank to give it back. No clear answer means unknown: the same key is asked again later."""
    key = payload["key"]
    sending = _begin(key)
    if sending is None:
        return
    attempt, refund = sending
    try:
        outcome = _give_back(attempt, refund)
    except Unavailable:
        _unclear(key)
        raise outbox.Postpone(ASK_AGAIN) from None
    _conclude(key, outcome)


def _give_back(attempt: PaymentAttempt, refund: Refund) -> RefundOutcome:
    if attempt.cashier_id:
        return RefundOutcome(False, reason="this was paid at a counter, not at a bank")
    bank = outside.bank
    if (attempt.provider, attempt.mode, attempt.profile) != (bank.name, bank.mode, bank.profile):
        return RefundOutcome(False, reason="this was paid at another bank than the one now set up")
    return bank.refund(attempt.transaction, refund.amount, refund.key)


@database.atomic()
def _begin(key: str) -> tuple[PaymentAttempt, Refund] | None:
    attempt, refund = _both(key)
    if refund.state not in TO_SEND:
        return None
    _change(refund, attempt, RefundState.SENT)
    return attempt, refund


@database.atomic()
def _unclear(key: str) -> None:
    attempt, refund = _both(key)
    if refund.state == RefundState.SENT:
        _change(refund, attempt, RefundState.UNKNOWN)


@database.atomic()
def _conclude(key: str, outcome: RefundOutcome) -> None:
    """Book what the bank has really taken on; what it refuses, or answers otherwise than asked, waits for a person."""
    attempt, refund = _both(key)
    if refund.state not in TO_SEND:
        return
    if not outcome.done:
        _change(refund, attempt, RefundState.FAILED, reason=outcome.reason)
        ledger.flag(f"refund:{key}", "refund-failed", attempt, refund=key, reason=outcome.reason)
    elif outcome.amount not in (None, refund.amount):
        _change(refund, attempt, RefundState.UNKNOWN)
        ledger.flag(f"refund:{key}", "refund-mismatch", attempt, refund=key)
    else:
        postings = entries.give_back(attempt.provider, attempt.mode, refund.amount, _paid_from(attempt))
        ledger.post(f"refund:{key}", postings)
        _change(refund, attempt, RefundState.DONE, transaction=outcome.provider_refund)
        audit.record(None, "refund.done", key, attempt=attempt.uuid, baisa=refund.amount.baisa)


def _paid_from(attempt: PaymentAttempt) -> str:
    """Stray money lies in suspense; what was earned is given back from an account of its own, so that income keeps its lines."""
    return entries.SUSPENSE if attempt.stray else f"refunds:{Bill.get_by_id(attempt.bill_id).authority}"


def _both(key: str) -> tuple[PaymentAttempt, Refund]:
    """The payment, then its refund, held until the transaction ends: always in this order."""
    found = Refund.get_or_none(Refund.key == key)
    if found is None:
        raise NotFound
    attempt = _locked(PaymentAttempt.select().where(PaymentAttempt.id == found.attempt_id))
    return attempt, Refund.get_by_id(found.id)


def _locked(rows: Any) -> PaymentAttempt:
    row = locked(rows).first()
    if row is None:
        raise NotFound
    return row  # type: ignore[no-any-return]


def _change(refund: Refund, attempt: PaymentAttempt, state: RefundState, **details: Any) -> None:
    refund.state, refund.updated_at = state, now()
    refund.save()
    details |= {"refund": refund.key, "baisa": refund.amount.baisa}
    AttemptEvent.create(attempt=attempt, kind=f"refund:{state}", source="refund", details=details, at=now())
