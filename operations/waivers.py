"""Fines taken off a bill: asked for by whose application it is, decided by a supervisor of its desk, who may also do it unasked.

Bills are never changed: the open one is closed, and another without those lines takes its place in the same transaction, each line as it
was quoted. Where nothing is left to pay, the application goes on as if it were paid.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from engine.actor import Actor
from engine.errors import Conflict, NotAllowed, Refusal
from engine.fees import Line, Quote
from engine.lifecycle import State
from engine.money import Money
from engine.wording import _
from models import Account, Application, Bill, BillState, Waiver, WaiverOutcome, database
from operations import applications, audit, bills, casework, messages, payments, staff
from operations.applications import Opened
from operations.now import now
from operations.staff import Duty
from statements import locked, statement

LONGEST = 2000
PAGE = 25
NOTHING = _("There is no fine to take off: the bill was paid or closed meanwhile.")


@dataclass(frozen=True)
class Standing:
    """The open bill of an application, its fines by their place on it, and the last request about them, if there is one."""

    bill: Bill
    quote: Quote
    last: Waiver | None

    @property
    def fines(self) -> dict[int, Line]:
        return {place: line for place, line in enumerate(self.quote.lines) if line.fine}

    @property
    def asked(self) -> Waiver | None:
        """What waits for a supervisor."""
        return self.last if self.last and self.last.closed_at is None else None

    @property
    def declined(self) -> Waiver | None:
        """What was asked about this very bill and declined."""
        return self.last if self.last and self.last.outcome == WaiverOutcome.DECLINED else None


def standing(row: Application, bill: Bill | None) -> Standing | None:
    """None where nothing on the bill could be taken off."""
    if bill is None or bill.state != BillState.OPEN or not (quote := Quote.thaw(bill.quote)).fined:
        return None
    return Standing(bill, quote, _last.first(bill))


@statement
def _last(bill: Any) -> Any:
    return Waiver.select().where(Waiver.bill == bill).order_by(Waiver.id.desc()).limit(1)


# --- Asking ----------------------------------------------------------------------------------------------------------------------


def askable(opened: Opened, bill: Bill | None) -> Standing:
    """Raises Conflict where nothing can be asked: there is no fine to pay, it was asked already, or declined for this bill."""
    found = standing(opened.row, bill)
    if found is None:
        raise Conflict(NOTHING)
    if found.asked:
        raise Conflict(_("You have asked already; a supervisor decides it. You may also pay meanwhile."))
    if found.declined:
        raise Conflict(_("A supervisor has declined it for this bill. The reason stands on the application's page."))
    return found


@database.atomic()
def ask(actor: Actor, reference: str, reason: str) -> None:
    """Ask for the fines of the open bill to be taken off. Raises NotFound for another's, Refusal without a reason, and as `askable`."""
    reason = reason.replace("\0", "").strip()[:LONGEST]
    if not reason:
        raise Refusal(_("Say why: a supervisor reads it."), field="reason")
    row = applications.lock(actor, reference)
    found = askable(applications.work_on(row), _open_bill.first(row))
    Waiver.create(application=row, bill=found.bill, desk=row.desk, asked_by=actor.account, reason=reason, asked_at=now())
    applications.happened(row, "waiver-asked", actor, reason=reason)
    audit.record(actor, "waiver.asked", row.reference, bill=found.bill.id)


@statement
def _open_bill(application: Any) -> Any:
    return locked(Bill.select().where((Bill.application == application) & (Bill.state == BillState.OPEN)))


# --- Deciding --------------------------------------------------------------------------------------------------------------------


def waiting(actor: Actor, desk: str, after: int = 0) -> list[Waiver]:
    """What waits for a supervisor of the desk, the oldest first, with application and applicant: a page and one more.

    Raises NotAllowed, NotFound as `staff` does.
    """
    staff.require(actor, Duty.SUPERVISOR)
    if not staff.works_at(actor, desk, Duty.SUPERVISOR):
        raise NotAllowed
    return _waiting.all(desk, after)  # type: ignore[no-any-return]


@statement
def _waiting(desk: Any, after: Any) -> Any:
    rows = Waiver.select(Waiver, Application, Account, Bill).join(Application).join(Account, on=Application.account == Account.id)
    rows = rows.switch(Waiver).join(Bill)
    here = (Waiver.desk == desk) & Waiver.closed_at.is_null() & (Waiver.id > after)
    return rows.where(here).order_by(Waiver.id).limit(PAGE + 1)


@database.atomic()
def grant(actor: Actor, reference: str, bill: int, places: Iterable[int], reason: str) -> Application:
    """Take the lines at these places off the open bill, asked or unasked; `bill` is the one they were shown.

    Raises as `staff.lock` does, NotAllowed for one's own application; Refusal without a reason, without a line, and for one that is no
    fine; Conflict when the bill was paid or closed meanwhile, or may be paid at the bank at this moment.
    """
    row, found = _decidable(actor, reference, bill, reason)
    chosen = set(places)
    if not chosen or not chosen <= set(found.fines):
        raise Refusal(_("Choose at least one of the fines."), field="lines")
    payments.make_room(found.bill)
    off = sum((found.fines[place].amount for place in chosen), Money(0))
    left = replace(found.quote, lines=tuple(line for place, line in enumerate(found.quote.lines) if place not in chosen))
    _decide(actor, row, found, WaiverOutcome.GRANTED, reason, waived=off)
    bills.replace_open(found.bill, row, left)
    row.frozen = {**row.frozen, "quote": left.frozen()}
    row.updated_at = now()
    row.save()
    if not left.total:
        applications.nothing_owed(row)
    return row


@database.atomic()
def decline(actor: Actor, reference: str, bill: int, reason: str) -> Application:
    """Leave the bill as it is. Raises as `grant` does, and Conflict where nobody has asked, or another supervisor was faster."""
    row, found = _decidable(actor, reference, bill, reason)
    if found.asked is None:
        raise Conflict(_("Nobody waits for this any more: it was decided or paid meanwhile."))
    _decide(actor, row, found, WaiverOutcome.DECLINED, reason)
    return row


def _decidable(actor: Actor, reference: str, bill: int, reason: str) -> tuple[Application, Standing]:
    row = staff.lock(actor, reference, Duty.SUPERVISOR)
    if casework.is_own(actor, row):
        raise NotAllowed
    if not reason.strip():
        raise Refusal(_("Say why: the applicant reads it."), field="reason")
    found = standing(row, _open_bill.first(row)) if State(row.state) is State.TO_PAY else None
    if found is None or found.bill.id != bill:
        raise Conflict(NOTHING if found is None else _("Another supervisor was faster: look at what is left to pay now."))
    return row, found


def _decide(
    actor: Actor, row: Application, found: Standing, outcome: WaiverOutcome, reason: str, waived: Money | None = None
) -> None:
    request = found.asked or Waiver(application=row, bill=found.bill, desk=row.desk, asked_at=now())
    request.outcome, request.decided_by, request.answer = outcome, actor.account, reason.strip()[:LONGEST]
    request.waived, request.closed_at = waived, now()
    request.save()
    applications.happened(row, f"waiver-{outcome}", None, reason=request.answer)
    amount = {"baisa": waived.baisa} if waived else {}
    audit.record(actor, f"waiver.{outcome}", row.reference, bill=found.bill.id, reason=request.answer, **amount)
    about = {"title": row.frozen["title"], "reason": request.answer, **amount}
    messages.tell(row, f"waiver_{outcome}", cause=f"waiver:{request.id}", **about)
