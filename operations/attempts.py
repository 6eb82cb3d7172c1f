"""Attempts to pay: the states they go through, and how one is held and changed. Beginning and settling share this."""

from typing import Any

from engine.errors import NotFound
from models import Application, AttemptEvent, AttemptState, Bill, PaymentAttempt
from operations.now import now
from statements import locked, statement

OPEN = (AttemptState.CREATED, AttemptState.SUBMITTED, AttemptState.REVIEW)
UNDECIDED = (*OPEN, AttemptState.UNKNOWN, AttemptState.EXPIRED)


def lock(uuid: str) -> tuple[Application, PaymentAttempt, Bill]:
    """The three rows that settling changes, always locked in this order, so that nobody waits for each other in a circle."""
    found = _found.first(uuid)
    if found is None:
        raise NotFound
    return _application.first(found.application), _attempt.first(found.id), _bill.first(found.bill_id)


@statement
def _found(uuid: Any) -> Any:
    found = PaymentAttempt.select(PaymentAttempt.id, PaymentAttempt.bill, Bill.application.alias("application"))
    return found.join(Bill).where(PaymentAttempt.uuid == uuid).objects()


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
