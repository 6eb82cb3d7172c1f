"""An answer that does not settle it: its applicant has it examined again, within the days that the service gives, as often as need be."""

import datetime as dt

from engine.actor import Actor
from engine.catalogue import catalogue
from engine.clock import business_day
from engine.errors import Conflict, Refusal
from engine.lifecycle import State
from engine.wording import _
from models import Application, database
from operations import applications, audit, messages
from operations.now import now
from operations.rendering import both

ANSWERED = frozenset({State.COMPLETED, State.REFUSED})
LONGEST = 2000


def until(row: Application) -> dt.date | None:
    """The last day (in Muscat) on which its applicant may ask for it; None where the service or its state does not allow it, or it has passed."""
    service = catalogue.services[row.service]
    if service.reopens is None or State(row.state) not in ANSWERED or row.closed_at is None or row.erased_at:
        return None
    last = business_day(row.closed_at) + dt.timedelta(days=service.reopens)
    return last if business_day(now()) <= last else None


@database.atomic()
def ask(actor: Actor, reference: str, reason: str) -> None:
    """Back to its section, where anybody may take it; what was answered stays in the timeline.

    Raises NotFound for another's, Refusal without a reason, Conflict when it is too late or not answered.
    """
    row, reason = applications.lock(actor, reference), reason.replace("\0", "").strip()
    if until(row) is None:
        raise Conflict(_("This can no longer be examined again here. If it is still so, begin a new application."))
    if not reason:
        raise Refusal(_("Say what is still not settled."), field="reason")
    row.clerk = row.taken_at = row.approved_at = row.closed_at = None
    row.stage = 1
    row.frozen = {name: value for name, value in row.frozen.items() if name != "reply"}
    applications.advance(row, State.IN_REVIEW)
    applications.happened(row, "contested", actor, reason=reason[:LONGEST])
    audit.record(actor, "application.contested", row.reference)
    due = {"due": both(business_day(row.due_at))} if row.due_at else {}
    messages.tell(row, "application_received", cause=f"contested:{row.updated_at}", title=row.frozen["title"], **due)
