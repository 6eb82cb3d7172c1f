"""What a clerk decides about an application: approve, return for correction, refuse. Who has taken it decides."""

from engine.actor import Actor
from engine.catalogue import catalogue
from engine.errors import Conflict, NotAllowed, Refusal
from engine.fees import Quote
from engine.lifecycle import State
from engine.service import Charge
from engine.wording import _
from models import Application, DecisionMade, Outcome, database
from operations import applications, audit, bills, messages, staff
from operations.now import now
from operations.rendering import both


@database.atomic()
def take(actor: Actor, reference: str) -> Application:
    """Take an application, so that nobody else works on it; taking one's own again changes nothing.

    Raises NotAllowed for one's own application, Conflict (naming who) when somebody else has it, or when it is not with the authority.
    """
    row = _in_review(actor, reference)
    if row.clerk_id is None:
        hold(actor, row)
    return row


def hold(actor: Actor, row: Application) -> None:
    """Put a locked application that nobody has into this clerk's hands."""
    row.clerk, row.taken_at = actor.account, now()
    row.save()
    audit.record(actor, "application.taken", row.reference)


@database.atomic()
def release(actor: Actor, reference: str) -> None:
    """Give it back to the desk. Raises Conflict when somebody else has it."""
    row = _in_review(actor, reference)
    if row.clerk_id is not None:
        row.clerk = row.taken_at = None
        row.save()
        audit.record(actor, "application.released", row.reference)


@database.atomic()
def decide(
    actor: Actor,
    reference: str,
    outcome: Outcome,
    *,
    reason: str = "",
    remarks: dict[str, str] | None = None,
    version: int | None = None,
) -> Application:
    """Record a clerk's decision and what follows from it. `version` is the one they read; deciding takes what nobody has.

    Raises NotAllowed without the role or on one's own application, Refusal without a text where one is owed, Conflict when somebody
    else has it, when it was decided, or when its applicant has corrected it meanwhile.
    """
    row = _in_review(actor, reference)
    if version is not None and version != row.version:
        raise Conflict(_("The applicant has sent a correction since you opened this. Read the new version first."))
    reason, remarks = reason.strip(), {name: text.strip() for name, text in (remarks or {}).items() if text.strip()}
    if question := _unanswered(row, outcome, reason, remarks):
        raise question
    if row.clerk_id is None:
        hold(actor, row)
    DecisionMade.create(application=row, clerk=actor.account, outcome=outcome, reason=reason, remarks=remarks, at=now())
    audit.record(actor, f"application.{outcome}", row.reference)
    FOLLOWS[outcome](row, reason)
    return row


def _unanswered(row: Application, outcome: Outcome, reason: str, remarks: dict[str, str]) -> Refusal | None:
    """What the decision still has to say."""
    if outcome is Outcome.APPROVE:
        owed = catalogue.services[row.service].reply is not None and not reason
        return Refusal(_("Write your reply: it is what the applicant receives."), field="reason") if owed else None
    if outcome is Outcome.RETURN and not remarks and not reason:
        return Refusal(_("Say what to correct, beside at least one answer."), field="reason")
    if outcome is Outcome.REFUSE and not reason:
        return Refusal(_("Say why: the applicant reads it and acts on it."), field="reason")
    return None


def _approve(row: Application, reason: str) -> None:
    service = catalogue.services[row.service]
    quote = Quote.thaw(row.frozen["quote"])
    owed = service.charge is Charge.ON_APPROVAL and quote.total and row.approved_at is None
    row.approved_at = now()
    if service.reply is not None:
        row.frozen = {**row.frozen, "reply": reason}
    applications.happened(row, "approved", None)
    if owed:
        applications.advance(row, State.TO_PAY)
        bills.open_for(row, quote)
        messages.tell(
            row, "application_to_pay", cause=f"approved:{row.updated_at}", title=row.frozen["title"], baisa=quote.total.baisa
        )
    else:
        applications.complete(row)


def _return(row: Application, reason: str) -> None:
    """It stays with the clerk who returned it, and keeps its place in the queue."""
    applications.advance(row, State.RETURNED)
    applications.happened(row, "returned", None, reason=reason)
    messages.tell(row, "application_returned", cause=f"returned:{row.updated_at}", title=row.frozen["title"], reason=reason)


def _refuse(row: Application, reason: str) -> None:
    appeal = catalogue.authorities[row.authority].appeal
    said = {"reason": reason} | ({"appeal": both(appeal)} if appeal else {})
    row.closed_at = now()
    applications.advance(row, State.REFUSED)
    applications.happened(row, "refused", None, **said)
    messages.tell(row, "application_refused", cause="refused", title=row.frozen["title"], **said)


FOLLOWS = {Outcome.APPROVE: _approve, Outcome.RETURN: _return, Outcome.REFUSE: _refuse}


def is_own(actor: Actor, row: Application) -> bool:
    """Nobody decides what they asked for, filed for another, or what their office filed."""
    theirs = (row.office_id is not None and row.office_id == actor.office) or actor.account in (row.account_id, row.filed_by_id)
    return bool(theirs)


def _in_review(actor: Actor, reference: str) -> Application:
    """An application this clerk may work on now, held until the transaction ends."""
    row = staff.lock(actor, reference)
    if is_own(actor, row):
        raise NotAllowed
    if State(row.state) is not State.IN_REVIEW:
        raise Conflict(_("Somebody has decided this application meanwhile. Open it to see the decision."))
    if row.clerk_id not in (None, actor.account):
        name = staff.name_of(row.clerk, actor.locale)
        raise Conflict(_("%(name)s has taken this application. Nothing of yours was recorded.", name=name))
    return row
