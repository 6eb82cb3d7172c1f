"""What about money waits for a person: refunds to approve, deliveries that did not fit, money held apart."""

from dataclasses import dataclass

from engine.ledger import SUSPENSE
from engine.money import Money
from models import ReconciliationItem, Refund, RefundState
from operations import ledger


@dataclass(frozen=True)
class Waiting:
    """`held` is what we owe back to people whose bill was already paid or closed."""

    refunds: list[Refund]
    items: list[ReconciliationItem]
    held: Money


def waiting() -> Waiting:
    return Waiting(
        refunds=list(Refund.select().where(Refund.state.in_([RefundState.REQUESTED, RefundState.FAILED])).order_by(Refund.id)),
        items=list(ReconciliationItem.select().where(ReconciliationItem.resolved_at.is_null()).order_by(ReconciliationItem.id)),
        held=-ledger.balance(SUSPENSE),
    )
