"""Payouts: deposits that go back by bank transfer. Decided with the application that asks, booked at that moment, transferred by a cashier.

The transfer itself is made at the bank, from the list that a cashier fetches; whoever decided a payout does not mark it as paid.
"""

from typing import Any

from peewee import SQL, fn

from engine import digits
from engine import ledger as entries
from engine.actor import Actor
from engine.catalogue import catalogue
from engine.errors import Conflict, NotAllowed, NotFound, Refusal
from engine.fields import masked
from engine.money import Money
from engine.service import Payout as Decided
from engine.wording import _
from models import Application, ApplicationEvent, DecisionMade, Payout, PayoutState, database
from operations import audit, ledger, messages, staff
from operations.now import now
from operations.rendering import both
from operations.staff import Duty
from statements import locked

SHOWN = 100  # of a list on a page
LONGEST_REFERENCE = 40


def owe(row: Application, decided: Decided) -> None:
    """What was decided is owed from now on, and the deposit held no longer. Inside the deciding transaction.

    Raises Conflict for a deposit that was given back already.
    """
    if Payout.select().where(Payout.subject == decided.record.key).exists():
        raise Conflict(_("This deposit was paid back already. Nothing was booked."))
    Payout.create(
        subject=decided.record.key,
        application=row,
        authority=row.authority,
        amount=decided.amount,
        payee=row.frozen["applicant"],
        iban=decided.iban,
        decided_by=row.clerk_id,
        created_at=now(),
    )
    ledger.post(f"payout-owed:{decided.record.key}", entries.owe(row.authority, decided.amount))
    _happened(row, "payout-owed", decided.amount, masked(decided.iban))
    audit.record(None, "payout.owed", row.reference, record=decided.record.key, baisa=decided.amount.baisa)


# --- Cashiers --------------------------------------------------------------------------------------------------------------------


def waiting(actor: Actor, limit: int = SHOWN) -> list[Payout]:
    """What is still to be transferred by the authorities of this cashier, oldest first. Raises NotAllowed without the duty."""
    return list(_of(actor, PayoutState.TO_PAY).order_by(Payout.id).limit(limit))


def paid(actor: Actor) -> list[Payout]:
    """What was transferred, newest first."""
    return list(_of(actor, PayoutState.PAID).order_by(Payout.paid_at.desc()).limit(SHOWN))


def total(actor: Actor) -> Money:
    """What is still to be transferred, all together."""
    waits = _of(actor, PayoutState.TO_PAY).select(fn.COALESCE(fn.SUM(Payout.amount), 0)).scalar()
    return waits if isinstance(waits, Money) else Money(int(waits))


def one(actor: Actor, number: int) -> Payout:
    """For the page that marks it as paid. Recorded. Raises NotAllowed without the duty, NotFound for another authority's."""
    with database.atomic():
        row = _locked(actor, number)
        audit.record(actor, "payout.looked", row.application.reference)
    return row


@database.atomic()
def for_the_bank(actor: Actor) -> list[Payout]:
    """All that waits, with whole account numbers. Recorded."""
    rows = list(_of(actor, PayoutState.TO_PAY).order_by(Payout.id))
    audit.record(actor, "payouts.exported", "payouts", count=len(rows), baisa=sum(row.amount.baisa for row in rows))
    return rows


def _of(actor: Actor, state: PayoutState) -> Any:
    staff.require(actor, Duty.CASHIER)
    theirs = [code for code in catalogue.authorities if staff.works_at(actor, code, Duty.CASHIER)]
    rows = Payout.select(Payout, Application).join(Application)
    return rows.where(Payout.authority.in_(theirs) & (Payout.state == SQL(f"'{state}'")))  # as its index says it


@database.atomic()
def mark_paid(actor: Actor, number: int, reference: str) -> Payout:
    """The bank has made the transfer, under that number of its own. From now on the account number is kept masked only.

    Raises NotAllowed without the duty and for one's own money, NotFound for another authority's, Refusal beside its field and for who
    decided it, Conflict when somebody was faster.
    """
    row = _locked(actor, number)
    reference = digits.fold(reference).strip()
    if actor.account in (row.application.account_id, row.application.filed_by_id):
        raise NotAllowed
    if actor.account == row.decided_by_id or actor.account in _deciders(row.application):
        raise Refusal(_("You decided this payout, so somebody else has to pay it."), field="reference")
    if row.state == PayoutState.PAID:
        raise Conflict(_("Somebody has marked this payout as paid meanwhile."))
    if not 0 < len(reference) <= LONGEST_REFERENCE:
        raise Refusal(_("Write the number that the bank gave the transfer."), field="reference")
    if _known(row.authority, reference):
        raise Refusal(_("This transfer stands beside another payout already."), field="reference")
    row.state, row.paid_by, row.paid_at, row.reference = PayoutState.PAID, actor.account, now(), reference
    row.iban = masked(row.iban)
    row.save()
    ledger.post(f"payout-paid:{row.subject}", entries.transfer(row.authority, row.amount))
    _tell(row)
    audit.record(actor, "payout.paid", row.application.reference, record=row.subject, baisa=row.amount.baisa, transfer=reference)
    return row


def _locked(actor: Actor, number: int) -> Payout:
    staff.require(actor, Duty.CASHIER)
    row = locked(Payout.select().where(Payout.id == number)).first()
    if row is None or not staff.works_at(actor, row.authority, Duty.CASHIER):
        raise NotFound
    return row  # type: ignore[no-any-return]


def _deciders(application: Application) -> set[int]:
    return {made.clerk_id for made in DecisionMade.select(DecisionMade.clerk).where(DecisionMade.application == application)}


def _known(authority: str, reference: str) -> bool:
    same = (Payout.authority == authority) & (Payout.reference == reference) & (Payout.state == PayoutState.PAID)
    return bool(Payout.select().where(same).exists())


def _tell(row: Payout) -> None:
    said: dict[str, Any] = {"amount": both(row.amount), "iban": row.iban}
    _happened(row.application, "paid-out", row.amount, row.iban)
    title = row.application.frozen["title"]
    messages.tell(row.application, "deposit_paid_back", cause="paid-out", title=title, **said)


def _happened(application: Application, kind: str, amount: Money, iban: str) -> None:
    """A line of its timeline: how much, and to which account."""
    what = both(_("%(amount)s to %(iban)s", amount=amount, iban=f"\u2066{iban}\u2069"))
    ApplicationEvent.create(application=application, kind=kind, details={"what": what}, by=None, at=now())


def due_to(account: int | None) -> list[str]:
    """The applications of theirs whose payout is on its way."""
    rows = Payout.select(Payout, Application).join(Application)
    return [
        row.application.reference for row in rows.where((Application.account == account) & (Payout.state == PayoutState.TO_PAY))
    ]
