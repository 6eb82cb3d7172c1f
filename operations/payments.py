"""Paying a bill: going to the bank, coming back from it, asking it. What it says is settled by `operations.settlement`.

Amounts come from our bill, never from a browser. A time-out at the gateway means unknown, never cancelled.
"""

import datetime as dt
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from peewee import JOIN

from engine.actor import Actor
from engine.errors import Conflict, NotFound, Refusal, Unavailable
from engine.lifecycle import State
from engine.money import Money
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
from operations import applications, bills, ledger, outbox, ownership
from operations.attempts import OPEN, Part, change, lock, whole
from operations.now import now
from operations.outside import outside
from operations.settlement import Verdict, settle
from statements import locked, statement

log = logging.getLogger(__name__)

TOGETHER = 500  # bills that one card payment may pay
UNSETTLED = (AttemptState.CREATED, AttemptState.SUBMITTED)
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
    return _begin(actor, [_to_pay(actor, reference)])


@database.atomic()
def begin_together(payer: Actor, wanted: Iterable[tuple[Actor, str]]) -> str:
    """The same for several bills at once, each of an application that its actor may pay: one amount, one card payment, a receipt each.

    Raises as `begin`, and Conflict when one of them is being paid in another company at this moment.
    """
    in_order = sorted({reference: actor for actor, reference in wanted}.items())
    if not in_order:
        raise Refusal(_("Choose at least one application to pay."))
    if len(in_order) > TOGETHER:
        raise Refusal(_("At most %(most)s applications can be paid at once.", most=TOGETHER))
    return _begin(payer, [_to_pay(actor, reference) for reference, actor in in_order])


def _to_pay(actor: Actor, reference: str) -> Bill:
    row = applications.lock(actor, reference)
    bill = _open_bill.first(row)
    if bill is None:
        raise Conflict(_("There is nothing to pay here: the bill was paid or closed meanwhile."))
    if bill.good_until < now() and row.approved_at is None:
        raise Conflict(
            _("This price was good for a day and has run out. Choose “Change answers”, check the new price and submit again.")
        )
    if not applications.fines_stand(row, bill):
        raise Conflict(bills.FINED_MEANWHILE)
    return bill  # type: ignore[no-any-return]


def _begin(payer: Actor, bills: list[Bill]) -> str:
    open_ones = [attempt for bill in bills if (attempt := _open_attempt.first(bill))]
    if any(attempt.state == AttemptState.REVIEW for attempt in open_ones):
        raise Conflict(
            _("The bank is still checking your payment. Please do not pay again; we will tell you when it is decided.")
        )
    if open_ones and (again := _same(payer, bills, open_ones[0])):
        return again
    for attempt in open_ones:
        _let_go(attempt)
    leader = None
    for bill in bills:
        attempt = _new_attempt(payer, bill, leader)
        leader = leader or attempt
    return str(leader.uuid)  # type: ignore[union-attr]


@statement
def _open_bill(application: Any) -> Any:
    return locked(Bill.select().where((Bill.application == application) & (Bill.state == BillState.OPEN)))


@statement
def _open_attempt(bill: Any) -> Any:
    return PaymentAttempt.select().where((PaymentAttempt.bill == bill) & PaymentAttempt.state.in_(OPEN))


def _same(payer: Actor, bills: list[Bill], attempt: PaymentAttempt) -> str | None:
    """The checkout under way, if it is for exactly these bills; one of several bills only for whoever began it."""
    parts = _company.all(attempt.leader_id or attempt.id)
    if {part.bill_id for part in parts} != {bill.id for bill in bills}:
        return None
    if len(parts) > 1 and attempt.payer_id != payer.account:
        return None
    return str(parts[0].uuid)


@statement
def _company(leader: Any) -> Any:
    """The leading attempt, then those that follow it."""
    whole = (PaymentAttempt.id == leader) | (PaymentAttempt.leader == leader)
    return PaymentAttempt.select().where(whole).order_by(PaymentAttempt.id)


def make_room(bill: Bill) -> None:
    """Before a bill is paid elsewhere than at the bank. Raises Conflict while it may be paid there at any moment."""
    attempt = _open_attempt.first(bill)
    if attempt is not None:
        _let_go(attempt)


def _let_go(attempt: PaymentAttempt) -> None:
    """A checkout that the bank never heard of makes room for another. One it knows may be paid there at any moment: Conflict."""
    if attempt.state != AttemptState.CREATED:
        raise Conflict(
            _("A payment for some of this is under way at the bank. Finish or cancel it there, or try again in an hour.")
        )
    for part in _company.all(attempt.leader_id or attempt.id):
        if part.state == AttemptState.CREATED:
            change(part, AttemptState.CANCELLED, "portal")


def checkout(actor: Actor, uuid: str) -> AutoPost | Redirect | None:
    """How to send the browser to the bank; None when nothing is to be paid by this attempt any more.

    Raises NotFound for whoever may not pay it: several bills at once are paid by whoever chose them.
    """
    attempt = _visible(actor, uuid)
    parts = _sent(actor, uuid)
    return outside.bank.prepare(_charge(attempt, whole(parts), actor)) if parts else None


@database.atomic()
def _sent(payer: Actor, uuid: str) -> list[Part]:
    """From here on the bank may know of it: if nobody tells us what became of it, we ask. Empty when nobody may pay it any more."""
    parts = lock(uuid)
    if len(parts) > 1 and parts[0].attempt.payer_id != payer.account:
        raise NotFound
    if any(part.bill.state != BillState.OPEN or part.attempt.state not in UNSETTLED for part in parts):
        return []
    if parts[0].attempt.state == AttemptState.CREATED:
        for part in parts:
            change(part.attempt, AttemptState.SUBMITTED, "portal")
        outbox.put("payment-check", f"payment-check:{uuid}", wait=ASK_AFTER[0], uuid=uuid)
    return parts


def _new_attempt(payer: Actor, bill: Bill, leader: PaymentAttempt | None = None) -> PaymentAttempt:
    moment = now()
    return PaymentAttempt.create(
        bill=bill,
        leader=leader,
        payer=payer.account,
        provider=outside.bank.name,
        mode=outside.bank.mode,
        profile=outside.bank.profile,
        amount=bill.total,
        created_at=moment,
        updated_at=moment,
        expires_at=moment + EXPIRES_AFTER,
    )


def _charge(attempt: PaymentAttempt, amount: Money, actor: Actor) -> Charge:
    """Who pays is who sits there: of a customer for whom they act the bank's page shows nothing."""
    account = Account.get_by_id(actor.account)
    known = {identifier.type: identifier.value for identifier in _identifiers.run(account)}
    ours = f"{outside.portal_url}/payments"
    return Charge(
        uuid=attempt.uuid,
        reference=_reference_at_bank(attempt),
        amount=amount,
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
    return PaymentAttempt.select(PaymentAttempt.id).where((PaymentAttempt.uuid == uuid) & PaymentAttempt.leader.is_null())


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
    """`attempt`: the leading one. Of what was taken at a till the bank knows nothing."""
    if attempt.cashier_id:
        return
    reference = _reference_at_bank(attempt)
    seen = outside.bank.query(attempt.uuid, reference)
    if seen.outcome is not None:
        settle(attempt.uuid, _observed(attempt, seen), "query")
    elif attempt.state in UNSETTLED and attempt.expires_at < now():
        with database.atomic():
            for part in lock(attempt.uuid):
                if part.attempt.state in UNSETTLED:
                    change(part.attempt, AttemptState.EXPIRED, "query")


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
    """Where a payment stands, for the page the person waits on. `parts`: the attempts of all bills that are paid by it, its own first."""

    attempt: PaymentAttempt
    application: Application
    receipt: Receipt | None
    parts: list[PaymentAttempt]
    own: bool

    @property
    def pending(self) -> bool:
        return self.attempt.state in (*UNSETTLED, AttemptState.UNKNOWN)

    @property
    def apart(self) -> bool:
        """Shown by itself, not with its application: of several bills, or of somebody else's."""
        return len(self.parts) > 1 or not self.own

    @property
    def total(self) -> Money:
        return sum((part.amount for part in self.parts), Money(0))


def standing(actor: Actor, uuid: str) -> Standing:
    """A payment of the person's own application, or one that they made. Raises NotFound for any other.

    Of several bills paid at once whoever made the payment sees all, everybody else their own alone.
    """
    row = _visible(actor, uuid)
    application = row.bill.application
    return Standing(row, application, row.receipt, _paid_by(actor, row) or [row], ownership.owns(actor, application))


def _visible(actor: Actor, uuid: str) -> PaymentAttempt:
    row = _by_uuid.first(uuid)
    if row is None or not actor.signed_in or not (row.payer_id == actor.account or ownership.owns(actor, row.bill.application)):
        raise NotFound
    return row  # type: ignore[no-any-return]


@statement
def _by_uuid(uuid: Any) -> Any:
    return (
        PaymentAttempt.select(PaymentAttempt, Bill, Application).join(Bill).join(Application).where(PaymentAttempt.uuid == uuid)
    )


def _paid_by(actor: Actor, attempt: PaymentAttempt) -> list[PaymentAttempt]:
    """All that is paid with it, for whoever pays it."""
    return _parts.all(attempt.id) if attempt.payer_id == actor.account else []


@statement
def _parts(leader: Any) -> Any:
    parts = PaymentAttempt.select(PaymentAttempt, Bill, Application, Receipt).join(Bill).join(Application)
    parts = parts.switch(PaymentAttempt).join(Receipt, JOIN.LEFT_OUTER)
    return parts.where((PaymentAttempt.id == leader) | (PaymentAttempt.leader == leader)).order_by(PaymentAttempt.id)


def waiting(actor: Actor) -> list[Bill]:
    """The bills that the person may pay now, each with its application, oldest first; at most TOGETHER."""
    good = (Bill.good_until >= now()) | Application.approved_at.is_null(False)
    waiting = ownership.theirs(actor) & (Application.state == State.TO_PAY) & (Bill.state == BillState.OPEN) & good
    return list(Bill.select(Bill, Application).join(Application).where(waiting).order_by(Bill.id).limit(TOGETHER))


def ask_now(actor: Actor, uuid: str) -> None:
    """The person asks us to ask the bank: at once, instead of when the poller would."""
    attempt = _visible(actor, uuid)
    _ask(attempt.leader if attempt.leader_id else attempt)


def last_of(opened: applications.Opened) -> PaymentAttempt | None:
    """The last attempt to pay for an application, with its receipt where it has one, for its overview."""
    return _last.first(opened.row)  # type: ignore[no-any-return]


@statement
def _last(application: Any) -> Any:
    attempts = PaymentAttempt.select(PaymentAttempt, Receipt).join(Bill).switch(PaymentAttempt).join(Receipt, JOIN.LEFT_OUTER)
    return attempts.where(Bill.application == application).order_by(PaymentAttempt.id.desc()).limit(1)
