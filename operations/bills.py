"""Bills: an immutable quote that waits for money. Opened and closed with the application, inside its transaction."""

import datetime as dt
from typing import Any

from engine.errors import Conflict
from engine.fees import Quote
from engine.wording import _
from models import Application, AttemptState, Bill, BillState, PaymentAttempt, Waiver, WaiverOutcome
from operations.now import now
from statements import statement

FINED_MEANWHILE = _(
    "A fine on this bill was paid meanwhile, or its register was corrected. Nothing is charged twice: where answers can be changed, check "
    "the new price and submit again; else ask the authority to take the fine off."
)
GOOD_FOR = dt.timedelta(days=1)  # a price may be paid for a day; after that it is quoted anew


def open_for(application: Application, quote: Quote) -> Bill:
    moment = now()
    return Bill.create(
        application=application,
        authority=application.authority,
        total=quote.total,
        quote=quote.frozen(),
        created_at=moment,
        good_until=moment + GOOD_FOR,
    )


def cancel_open(application: Application) -> None:
    """Money that still arrives for a cancelled bill is held apart and given back.

    Raises Conflict while the bank is looking at a payment: it may have the money already.
    """
    reviewed = (
        PaymentAttempt.select()
        .join(Bill)
        .where((Bill.application == application) & (PaymentAttempt.state == AttemptState.REVIEW))
    )
    if reviewed.exists():
        raise Conflict(
            _("The bank is still checking your payment. Please do not pay again; we will tell you when it is decided.")
        )
    Bill.update(state=BillState.CANCELLED).where((Bill.application == application) & (Bill.state == BillState.OPEN)).execute()


def replace_open(bill: Bill, application: Application, left: Quote) -> None:
    """What is left of an open bill takes its place, for another day; nothing does where nothing is left. The caller has seen to it that
    nobody is paying it."""
    Bill.update(state=BillState.CANCELLED).where((Bill.id == bill.id) & (Bill.state == BillState.OPEN)).execute()
    if left.total:
        open_for(application, left)


def let_requests_lapse(application: Application) -> None:
    """Nobody need decide any more whether a fine is taken off it."""
    if any(line.get("fine") for line in application.frozen["quote"]["lines"]):
        _lapse.run(now(), application)


@statement
def _lapse(at: Any, application: Any) -> Any:
    open_one = (Waiver.application == application) & Waiver.closed_at.is_null()
    return Waiver.update({Waiver.outcome: WaiverOutcome.LAPSED, Waiver.closed_at: at}).where(open_one)
