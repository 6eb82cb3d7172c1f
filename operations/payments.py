"""Paying a bill: going to the bank, coming back from it, asking it. What it says is settled by `operations.settlement`.

Amounts come from our bill, never from a browser. A time-out at the gateway means unknown, never cancelled.
"""

import datetime as dt
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from peewee import JOIN

from engine.actor import Actor
from engine.errors import Conflict, NotFound, Unavailable
from engine.wording import _
from gateways.payments import AutoPost, Channel, Charge, Observation, Payer, Redirect, Rejected, VerifiedEvent
from models import (
    Account,
    Application,
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
from operations import applications, ledger, outbox, ownership
from operations.attempts import OPEN, change, lock
from operations.now import now
from operations.outside import outside
from operations.settlement import Verdict, settle
from statements import locked, statement

log = logging.getLogger(__name__)

REFUSED = (AttemptState.DECLINED, AttemptState.CANCELLED)  # not for good: the payer may still try another card
EXPIRES_AFTER = dt.timedelta(hours=1)
# When nobody has told us, we ask: after these waits, then daily.
ASK_AFTER = tuple(dt.timedelta(minutes=minutes) for minutes in (2, 5, 15, 60))
ASK_DAILY = dt.timedelta(days=1)
ASK_UNTIL = dt.timedelta(days=14)


# --- Going to the bank -----------------------------------------------------------------------------------------------------------


@database.atomic()
def begin(actor: Actor, reference: str) -> str:
    """Open the one attempt of the bill, or take it up again: pressing twice, or coming back, is the same attempt. Returns its uuid.

    Raises Conflict when the bill was paid meanwhile, its price has run out, or the bank is still looking at an earlier payment.
    """
    row = applications.lock(actor, reference)
    bill = _open_bill.first(row)
    if bill is None:
        raise Conflict(_("There is nothing to pay here: the bill was paid or closed meanwhile."))
    if bill.good_until < now() and row.approved_at is None:
        raise Conflict(
            _("This price was good for a day and has run out. Choose “Change answers”, check the new price and submit again.")
        )
    open_one = _open_attempt.first(bill)
    if open_one is not None and open_one.state == AttemptState.REVIEW:
        raise Conflict(
            _("The bank is still checking your payment. Please do not pay again; we will tell you when it is decided.")
        )
    return str((open_one or _new_attempt(bill)).uuid)


@statement
def _open_bill(application: Any) -> Any:
    return locked(Bill.select().where((Bill.application == application) & (Bill.state == BillState.OPEN)))


@statement
def _open_attempt(bill: Any) -> Any:
    return PaymentAttempt.select().where((PaymentAttempt.bill == bill) & PaymentAttempt.state.in_(OPEN))


def checkout(actor: Actor, uuid: str) -> AutoPost | Redirect | None:
    """How to send the browser to the bank; None when nothing is to be paid by this attempt any more."""
    seen = standing(actor, uuid)
    return outside.bank.prepare(_charge(seen.attempt, actor)) if _sent(uuid) else None


@database.atomic()
def _sent(uuid: str) -> bool:
    """From here on the bank may know of it: if nobody tells us what became of it, we ask. False when nobody may pay it any more."""
    _application, attempt, bill = lock(uuid)
    if bill.state != BillState.OPEN or attempt.state not in (AttemptState.CREATED, AttemptState.SUBMITTED):
        return False
    if attempt.state == AttemptState.CREATED:
        change(attempt, AttemptState.SUBMITTED, "portal")
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


def _charge(attempt: PaymentAttempt, actor: Actor) -> Charge:
    """Who pays is who sits there: of a customer for whom they act the bank's page shows nothing."""
    account = Account.get_by_id(actor.account)
    known = {identifier.type: identifier.value for identifier in _identifiers.run(account)}
    ours = f"{outside.portal_url}/payments"
    return Charge(
        uuid=attempt.uuid,
        reference=_reference_at_bank(attempt),
        amount=attempt.amount,
        locale="ar" if actor.locale == "ar" else "en",
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


@statement
def _identifiers(account: Any) -> Any:
    return Identifier.select().where(Identifier.account == account)


# --- Coming back -----------------------------------------------------------------------------------------------------------------


def receive(provider: str, channel: Channel, headers: Mapping[str, str], raw: bytes) -> str | None:
    """A delivery of the gateway: verify it, keep it, settle by it. Returns the attempt's uuid, None when it proves nothing."""
    if provider != outside.bank.name:
        return None
    event = outside.bank.parse_inbound(channel, headers, raw)
    if isinstance(event, Rejected):
        log.warning("rejected a %s delivery: %s", channel, event.why)
        return None
    if not _known.first(event.uuid):
        log.warning("a verified %s delivery for an attempt we never made", channel)
        return None
    _settle_once(event)
    return event.uuid


@statement
def _known(uuid: Any) -> Any:
    return PaymentAttempt.select(PaymentAttempt.id).where(PaymentAttempt.uuid == uuid)


@database.atomic()
def _settle_once(event: VerifiedEvent) -> None:
    """The delivery and what follows from it are one transaction: a crash in between leaves neither."""
    fresh = _keep.run(outside.bank.name, event.mode, event.channel, event.key, event.uuid, event.fields, now())
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


@statement
def _keep(provider: Any, mode: Any, channel: Any, key: Any, uuid: Any, fields: Any, moment: Any) -> Any:
    delivery = {"provider": provider, "mode": mode, "channel": channel, "key": key, "attempt_uuid": uuid, "fields": fields}
    return GatewayInbox.insert(**delivery, received_at=moment, processed_at=moment).on_conflict_ignore().as_rowcount()


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
    if attempt.state == AttemptState.CAPTURED:
        return
    if now() - attempt.created_at > ASK_UNTIL:
        if attempt.state not in (*REFUSED, AttemptState.EXPIRED):
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
            _application, held, _bill = lock(attempt.uuid)
            if held.state in (AttemptState.CREATED, AttemptState.SUBMITTED):
                change(held, AttemptState.EXPIRED, "query")


def _reference_at_bank(attempt: PaymentAttempt) -> str:
    attempts = _up_to.all(attempt.bill_id, attempt.id)
    return f"{attempts[0].reference}-{len(attempts)}"


@statement
def _up_to(bill: Any, attempt: Any) -> Any:
    attempts = PaymentAttempt.select(PaymentAttempt.id, Application.reference).join(Bill).join(Application)
    return attempts.where((Bill.id == bill) & (PaymentAttempt.id <= attempt)).objects()


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
    row = _of_account.first(uuid, actor.applicant)
    if row is None or not ownership.owns(actor, row.bill.application):
        raise NotFound
    return Standing(row, row.bill.application, row.receipt)


@statement
def _of_account(uuid: Any, account: Any) -> Any:
    attempts = PaymentAttempt.select(PaymentAttempt, Bill, Application).join(Bill).join(Application)
    return attempts.where((PaymentAttempt.uuid == uuid) & (Application.account == account))


def ask_now(actor: Actor, uuid: str) -> None:
    """The person asks us to ask the bank: at once, instead of when the poller would."""
    _ask(standing(actor, uuid).attempt)


def last_of(opened: applications.Opened) -> PaymentAttempt | None:
    """The last attempt to pay for an application, with its receipt where it has one, for its overview."""
    return _last.first(opened.row)  # type: ignore[no-any-return]


@statement
def _last(application: Any) -> Any:
    attempts = PaymentAttempt.select(PaymentAttempt, Receipt).join(Bill).switch(PaymentAttempt).join(Receipt, JOIN.LEFT_OUTER)
    return attempts.where(Bill.application == application).order_by(PaymentAttempt.id.desc()).limit(1)
