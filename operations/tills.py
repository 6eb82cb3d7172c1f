"""The counter's till: a cashier takes cash, or a card on the terminal before them, for a bill that waits.

It is an attempt like a bank's, opened and captured at once, so that the database refuses it beside one that is open at the bank; the
receipt is of the same series. What a cashier has taken lies on accounts of their own until they hand it over.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from engine import clock, digits
from engine.actor import Actor
from engine.errors import Conflict, NotAllowed, Refusal
from engine.fees import Quote
from engine.lifecycle import State
from engine.money import Money
from engine.wording import _
from models import Application, AttemptState, Bill, BillState, PaymentAttempt, Receipt, database
from operations import applications, audit, bills, payments, settlement, staff
from operations.attempts import Part
from operations.now import now
from operations.outside import outside
from operations.staff import Duty
from statements import locked

CASH, POS = "cash", "pos"
KINDS = (CASH, POS)
LONGEST_SLIP = 40


@dataclass(frozen=True)
class Due:
    """What a cashier is shown before taking money: nothing of the answers, only whose it is and what it costs."""

    application: Application
    bill: Bill

    @property
    def lines(self) -> Any:
        return Quote.thaw(self.bill.quote).lines


def due(actor: Actor, reference: str) -> Due:
    """The bill of an application of the cashier's authority. Raises NotAllowed, NotFound, Conflict when nothing waits here."""
    row = Application.get_or_none(Application.reference == digits.fold(reference).strip().upper())
    _not_ones_own(actor, staff.admitted(actor, row, Duty.CASHIER))
    with database.atomic():
        audit.record(actor, "till.looked", row.reference)
    return Due(row, _bill(row))


@database.atomic()
def take(actor: Actor, reference: str, kind: str, *, slip: str = "") -> Receipt:
    """Take the whole bill in `cash`, or by card on the terminal (`pos`, with the number on its slip). Pressing twice is a Conflict.

    Raises NotAllowed without the duty or for one's own application, NotFound for another authority's, Refusal beside its field, Conflict
    when the bill was paid or closed meanwhile, or may be paid at the bank at this moment.
    """
    row = _not_ones_own(actor, staff.lock(actor, reference, Duty.CASHIER))
    bill = _bill(row)
    slip = digits.fold(slip).strip()
    if kind not in KINDS:
        raise Refusal(_("Choose how the money was taken."), field="kind")
    if (kind == POS) != bool(slip) or len(slip) > LONGEST_SLIP:
        raise Refusal(_("Write the number on the terminal's slip; for cash there is none."), field="slip")
    if kind == POS and _known(slip):
        raise Refusal(_("This slip was taken for another bill already."), field="slip")
    payments.make_room(bill)
    attempt = _attempt(actor, row, bill, kind, slip)
    part = Part(row, attempt, bill)
    settlement.pay(part, slip, "till")
    audit.record(actor, "till.taken", row.reference, kind=kind, baisa=bill.total.baisa, receipt=attempt.receipt.number)
    return attempt.receipt  # type: ignore[no-any-return]


def _not_ones_own(actor: Actor, row: Application) -> Application:
    if actor.account in (row.account_id, row.filed_by_id):
        raise NotAllowed
    return row


def _bill(row: Application) -> Bill:
    bill = locked(Bill.select().where((Bill.application == row) & (Bill.state == BillState.OPEN))).first()
    if bill is None or row.state != State.TO_PAY:
        raise Conflict(_("There is nothing to pay here: the bill was paid or closed meanwhile."))
    if bill.good_until < now() and row.approved_at is None:
        raise Conflict(_("This price was good for a day and has run out. The applicant has to check and submit it again."))
    if not applications.fines_stand(row, bill):
        raise Conflict(bills.FINED_MEANWHILE)
    return bill  # type: ignore[no-any-return]


def _known(slip: str) -> bool:
    same = (PaymentAttempt.provider == POS) & (PaymentAttempt.mode == outside.bank.mode)
    return bool(PaymentAttempt.select().where(same & (PaymentAttempt.provider_transaction == slip)).exists())


def _attempt(actor: Actor, row: Application, bill: Bill, kind: str, slip: str) -> PaymentAttempt:
    """Open at first: that the database lets no second one be open beside it is the last guard."""
    moment = now()
    return PaymentAttempt.create(
        bill=bill,
        payer=row.account_id,
        cashier=actor.account,
        provider=kind,
        mode=outside.bank.mode,
        amount=bill.total,
        state=AttemptState.CREATED,
        provider_transaction=slip or None,
        created_at=moment,
        updated_at=moment,
        expires_at=moment,
    )


# --- The day ---------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Takings:
    """What one cashier took on a day (in Muscat), oldest first; `by_kind` in baisa-exact Money."""

    day: dt.date
    taken: list[PaymentAttempt]

    @property
    def by_kind(self) -> dict[str, Money]:
        return {kind: sum((row.amount for row in self.taken if row.provider == kind), Money(0)) for kind in KINDS}

    @property
    def total(self) -> Money:
        return sum(self.by_kind.values(), Money(0))


def this_day() -> dt.date:
    """The day on the clock in Muscat: money is counted by it, also where a demonstration has moved the business day."""
    return clock.business_day(now())


def takings(actor: Actor, day: dt.date) -> Takings:
    """The cashier's own. Raises NotAllowed without the duty."""
    staff.require(actor, Duty.CASHIER)
    begins = clock.midnight(day)
    mine = (PaymentAttempt.cashier == actor.account) & (PaymentAttempt.state == AttemptState.CAPTURED)
    that_day = PaymentAttempt.updated_at.between(begins, begins + dt.timedelta(days=1) - dt.timedelta(microseconds=1))
    rows = PaymentAttempt.select(PaymentAttempt, Bill, Application, Receipt).join(Bill).join(Application)
    rows = rows.switch(PaymentAttempt).join(Receipt)
    return Takings(day, list(rows.where(mine & that_day).order_by(PaymentAttempt.id)))
