"""What applications have to do with records of outside registers: only one pays a record at a time, its register is told, nobody pays twice.

held → paid → told: the ordinary way. A price that ran out lets somebody else in; money that then still arrives is `late`, and the register
decides whose counts. What it did not take (paid elsewhere, or cancelled) is `elsewhere`: a refund is asked for, a cashier approves it.
An application that is only about a record, such as an objection, holds nobody up.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

from peewee import IntegrityError

from engine.catalogue import catalogue
from engine.errors import Conflict, Unavailable
from engine.registers import Record
from engine.service import Settlement
from engine.wording import Words, _
from models import Application, ApplicationEvent, Bill, ClaimState, PaymentAttempt, Receipt, RecordClaim, database
from operations import audit, bills, ledger, messages, outbox, refunds
from operations.now import now
from operations.outside import outside
from operations.rendering import both
from statements import locked

BANK_MAY_STILL_TAKE_IT = dt.timedelta(hours=2)  # after the price ran out: an attempt that was begun in its last minute
HELD_FOR = bills.GOOD_FOR + BANK_MAY_STILL_TAKE_IT
PAYING = (ClaimState.HELD, ClaimState.PAID)
TO_TELL = (ClaimState.PAID, ClaimState.LATE)
AGAIN = dt.timedelta(minutes=5)
TOO_LONG = dt.timedelta(days=1)  # paid and not told: a person looks at it


# --- While an application is open ------------------------------------------------------------------------------------------------


def take(row: Application, records: dict[str, Record]) -> None:
    """Hold what the application pays, and say what it is about. Inside the submitting transaction.

    Raises Conflict when somebody else is paying one of them.
    """
    if not any(record.register.outside for record in records.values()):
        return
    release(row)
    for name, record in records.items():
        if record.register.outside:
            _take(row, record, ClaimState.HELD if ":" in name else ClaimState.ABOUT)


def _take(row: Application, record: Record, state: ClaimState) -> None:
    held = state == ClaimState.HELD
    if held:
        _let_go_of_what_ran_out(record)
    try:
        with database.atomic():
            RecordClaim.create(
                application=row,
                register=record.register.code,
                number=record.number,
                state=state,
                until=now() + HELD_FOR if held else None,
                created_at=now(),
                changed_at=now(),
            )
    except IntegrityError:
        raise Conflict(
            _(
                "Number %(number)s is being paid at this moment, by somebody else or in another application of yours. "
                "It is free again when that is given up, at the latest after a day; once it is paid it leaves the list.",
                number=record.number,
            )
        ) from None


def _let_go_of_what_ran_out(record: Record) -> None:
    same = (RecordClaim.register == record.register.code) & (RecordClaim.number == record.number)
    over = same & (RecordClaim.state == ClaimState.HELD) & (RecordClaim.until < now())
    RecordClaim.update(state=ClaimState.RELEASED, changed_at=now()).where(over).execute()


def release(row: Application) -> None:
    """The application pays nothing, and is about nothing, any more. Inside the transaction that ends or reopens it."""
    if not any(_is_outside(frozen["register"]) for frozen in row.records.values()):
        return
    open_ones = (RecordClaim.application == row) & RecordClaim.state.in_([ClaimState.HELD, ClaimState.ABOUT])
    RecordClaim.update(state=ClaimState.RELEASED, changed_at=now()).where(open_ones).execute()


def _is_outside(code: str) -> bool:
    register = catalogue.registers.get(code)
    return register is not None and register.outside


def about(records: Iterable[Record]) -> set[str]:
    """The numbers of those with an open application about them: somebody objects."""
    found = list(records)
    if not found:
        return set()
    register, numbers = found[0].register.code, [record.number for record in found]
    rows = RecordClaim.select(RecordClaim.number).where(
        (RecordClaim.register == register) & RecordClaim.number.in_(numbers) & (RecordClaim.state == ClaimState.ABOUT)
    )
    return {row.number for row in rows}


# --- Once it is paid -------------------------------------------------------------------------------------------------------------


def settle(row: Application, settlements: Iterable[Settlement]) -> None:
    """The money is here: promise to tell the registers. Inside the settling transaction."""
    for settlement in settlements:
        claim = _claim(row, settlement.record)
        claim.amount, claim.changed_at = settlement.amount, now()
        claim.state = ClaimState.LATE if _others_pay(claim) else ClaimState.PAID
        claim.save()
        outbox.put("settlement", f"settlement:{claim.id}", claim=claim.id)


def _claim(row: Application, record: Record) -> RecordClaim:
    """The application's last one: held, or let go of after a day."""
    same = (RecordClaim.register == record.register.code) & (RecordClaim.number == record.number)
    return RecordClaim.select().where(same & (RecordClaim.application == row)).order_by(RecordClaim.id.desc()).get()  # type: ignore[no-any-return]


def _others_pay(claim: RecordClaim) -> bool:
    same = (RecordClaim.register == claim.register) & (RecordClaim.number == claim.number) & (RecordClaim.id != claim.id)
    return bool(RecordClaim.select().where(same & RecordClaim.state.in_(PAYING)).exists())


@outbox.handles("settlement")
def tell(payload: dict[str, Any]) -> None:
    """Tell the register that a record is paid, as often as it takes; our receipt's number makes telling twice harmless."""
    claim = RecordClaim.get_by_id(payload["claim"])
    if claim.state not in TO_TELL:
        return
    receipt = _receipt(claim)
    try:
        taken = outside.registers[claim.register].settle(claim.number, amount=claim.amount, receipt=receipt.number, at=receipt.at)
    except Unavailable:
        _worry(claim)
        raise outbox.Postpone(AGAIN) from None
    _conclude(claim.id, taken)


def _receipt(claim: RecordClaim) -> Receipt:
    return Receipt.select().join(Bill).where(Bill.application == claim.application_id).order_by(Receipt.id.desc()).get()  # type: ignore[no-any-return]


def _attempt(claim: RecordClaim) -> PaymentAttempt:
    """The payment, held until the transaction ends."""
    return locked(PaymentAttempt.select().where(PaymentAttempt.receipt == _receipt(claim))).get()  # type: ignore[no-any-return]


@database.atomic()
def _worry(claim: RecordClaim) -> None:
    if now() - claim.changed_at > TOO_LONG:
        ledger.flag(f"untold:{claim.id}", "register-not-told", _attempt(claim), record=claim.key)


@database.atomic()
def _conclude(key: int, taken: bool) -> None:
    """Write down what the register answered; whoever comes second finds it written."""
    attempt = _attempt(RecordClaim.get_by_id(key))
    claim = RecordClaim.get_by_id(key)
    if claim.state not in TO_TELL:
        return
    claim.state, claim.changed_at = (ClaimState.TOLD if taken else ClaimState.ELSEWHERE), now()
    claim.save()
    row: Application = claim.application
    audit.record(None, f"register.{'told' if taken else 'refused'}", claim.key, application=row.reference)
    if not taken:
        _give_back(row, claim, attempt)


def _give_back(row: Application, claim: RecordClaim, attempt: PaymentAttempt) -> None:
    what = next(_named(row, claim), both(claim.number))
    refunds.owe_part(attempt, claim.amount, f"paid elsewhere: {claim.number}", key=f"elsewhere-{claim.id}")
    ledger.flag(f"elsewhere:{claim.id}", "paid-elsewhere", attempt, record=claim.key, baisa=claim.amount.baisa)
    ApplicationEvent.create(application=row, kind="paid-elsewhere", details={"what": what}, at=now())
    messages.tell(
        row,
        "paid_elsewhere",
        cause=f"elsewhere:{claim.id}",
        title=row.frozen["title"],
        paid=what,
        baisa=claim.amount.baisa,
    )


def _named(row: Application, claim: RecordClaim) -> Iterator[Words]:
    """The record's number and what it is, as it was when the application was submitted."""
    for frozen in row.frozen["records"].values():
        if (frozen["register"], frozen["number"]) == (claim.register, claim.number):
            title = catalogue.record(frozen).title
            yield {"ar": f"{claim.number} · {title['ar']}", "en": f"{claim.number} · {title['en']}"}
