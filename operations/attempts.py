"""Attempts to pay: the states they go through, and how one is held and changed. Beginning and settling share this."""

from dataclasses import dataclass
from typing import Any

from engine.errors import NotFound
from engine.money import Money
from models import Application, AttemptEvent, AttemptState, Bill, PaymentAttempt
from operations.now import now
from statements import locked, statement

OPEN = (AttemptState.CREATED, AttemptState.SUBMITTED, AttemptState.REVIEW)
UNDECIDED = (*OPEN, AttemptState.UNKNOWN, AttemptState.EXPIRED)


@dataclass(frozen=True)
class Part:
    """One bill of a checkout, with the attempt to pay it and the application that waits for it."""

    application: Application
    attempt: PaymentAttempt
    bill: Bill


def lock(uuid: str) -> list[Part]:
    """What the bank knows by this uuid: one bill, or several paid at once, the leading attempt first. Held until the transaction ends.

    Always application by application in the order of their references, so that nobody waits for each other in a circle.
    """
    found = sorted(_found.run(uuid), key=lambda row: row.reference)
    if not found:
        raise NotFound
    return [Part(_application.first(row.application), _attempt.first(row.id), _bill.first(row.bill_id)) for row in found]


def whole(parts: list[Part]) -> Money:
    """What the bank is asked for."""
    return sum((part.attempt.amount for part in parts), Money(0))


@statement
def _found(uuid: Any) -> Any:
    """A follower's own uuid is nothing to the bank: it finds nothing."""
    leader = PaymentAttempt.alias()
    leading = leader.select(leader.id).where((leader.uuid == uuid) & leader.leader.is_null())
    asked = (PaymentAttempt.uuid == uuid) & PaymentAttempt.leader.is_null()
    found = PaymentAttempt.select(
        PaymentAttempt.id, PaymentAttempt.bill, Bill.application.alias("application"), Application.reference
    )
    return found.join(Bill).join(Application).where(asked | (PaymentAttempt.leader == leading)).objects()


@statement
def _application(key: Any) -> Any:
    return locked(Application.select().where(Application.id == key))


@statement
def _attempt(key: Any) -> Any:
    return locked(PaymentAttempt.select().where(PaymentAttempt.id == key))


@statement
def _bill(key: Any) -> Any:
    return locked(Bill.select().where(Bill.id == key))


def change(attempt: PaymentAttempt, state: AttemptState, source: str, **details: Any) -> None:
    attempt.state, attempt.updated_at = state, now()
    attempt.save()
    AttemptEvent.create(attempt=attempt, kind=str(state), source=source, details=details, at=now())
