"""What a clerk decides about an application: approve, return for correction, refuse. Who has taken it decides."""

from typing import Any

from peewee import fn

from engine.actor import Actor
from engine.catalogue import catalogue
from engine.errors import Conflict, NotAllowed, Refusal
from engine.fees import Quote
from engine.lifecycle import State
from engine.service import Charge, Service
from engine.wording import _
from models import Application, DecisionMade, Opinion, Outcome, Visit, VisitState, database
from operations import applications, appointments, audit, bills, finding, messages, staff
from operations.now import now
from operations.rendering import both
from statements import statement

TAKE_FIRST = _("Take the application first: whoever has it asks for opinions and plans visits.")


@database.atomic()
def take(actor: Actor, reference: str) -> Application:
    """Take an application, so that nobody else works on it; taking one's own again changes nothing.

    Raises NotAllowed for one's own application, Conflict (naming who) when somebody else has it, or when it is not with the authority,
    Refusal for who approved it at an earlier stage.
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

    Raises NotAllowed without the role or on one's own application, Refusal without a text where one is owed and for who approved an
    earlier stage, Conflict when somebody else has it, when it was decided, or when its applicant has corrected it meanwhile.
    """
    row = _in_review(actor, reference)
    if version is not None and version != row.version:
        raise Conflict(_("The applicant has sent a correction since you opened this. Read the new version first."))
    reason, remarks = reason.strip(), {name: text.strip() for name, text in (remarks or {}).items() if text.strip()}
    if question := _unanswered(row, outcome, reason, remarks):
        raise question
    if row.clerk_id is None:
        hold(actor, row)
    DecisionMade.create(
        application=row, clerk=actor.account, outcome=outcome, stage=row.stage, reason=reason, remarks=remarks, at=now()
    )
    audit.record(actor, f"application.{outcome}", row.reference)
    _take_questions_back.run(now(), row)
    FOLLOWS[outcome](row, reason)
    return row


@statement
def _take_questions_back(at: Any, application: Any) -> Any:
    """Whoever was asked about it need not answer any more."""
    unanswered = (Opinion.application == application) & Opinion.closed_at.is_null()
    return Opinion.update({Opinion.closed_at: at}).where(unanswered)


def _unanswered(row: Application, outcome: Outcome, reason: str, remarks: dict[str, str]) -> Refusal | None:
    """What the decision still has to say, or has to wait for."""
    if outcome is not Outcome.RETURN and _planned_visits.first(row)["n"]:
        return Refusal(_("A site visit is still planned: report on it or cancel it first."))
    if outcome is Outcome.APPROVE and (not_yet := appointments.not_served(row)):
        return not_yet
    if outcome is Outcome.APPROVE:
        owed = owes_reply(row) and not reason
        return Refusal(_("Write your reply: it is what the applicant receives."), field="reason") if owed else None
    if outcome is Outcome.RETURN and not remarks and not reason:
        return Refusal(_("Say what to correct, beside at least one answer."), field="reason")
    if outcome is Outcome.REFUSE and not reason:
        return Refusal(_("Say why: the applicant reads it and acts on it."), field="reason")
    return None


@statement
def _planned_visits(application: Any) -> Any:
    planned = (Visit.application == application) & (Visit.state == VisitState.PLANNED)
    return Visit.select(fn.COUNT(Visit.id).alias("n")).where(planned).dicts()


def owes_reply(row: Application) -> bool:
    """Whether who approves it now writes to the applicant: the last stage does, where the service answers in words."""
    service = catalogue.services[row.service]
    return service.reply is not None and service.decides(row.stage)


def _approve(row: Application, reason: str) -> None:
    service = catalogue.services[row.service]
    if not service.decides(row.stage):
        _hand_on(row, service)
        return
    quote = Quote.thaw(row.frozen["quote"])
    first = row.approved_at is None
    owed = service.charge is Charge.ON_APPROVAL and quote.total and first
    row.approved_at = now()
    if service.reply is not None:
        row.frozen = {**row.frozen, "reply": reason}
    if service.answers_in_words:
        applications.happened(row, "answered", None, reason=reason)
    else:
        applications.happened(row, "approved", None)
    if owed:
        applications.advance(row, State.TO_PAY)
        bills.open_for(row, quote)
        messages.tell(
            row, "application_to_pay", cause=f"approved:{row.updated_at}", title=row.frozen["title"], baisa=quote.total.baisa
        )
    elif not applications.complete(row):
        if first:  # the approval did not happen, and what a correction makes it cost is still to be paid
            row.approved_at = None
        row.save()


def _hand_on(row: Application, service: Service) -> None:
    """To the next stage's desk, where anybody but who approved it so far may take it. It keeps its place in the queue."""
    done, before = service.stage(row.stage), row.desk
    row.stage += 1
    row.desk = service.desks[row.stage - 1]
    row.clerk = row.taken_at = None
    row.updated_at = now()
    row.save()
    finding.follow(row, before)
    applications.happened(row, "passed-on", None, what=both(done.title) if done else None)


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
    messages.tell(row, "application_refused", cause=f"refused:{row.closed_at}", title=row.frozen["title"], **said)


FOLLOWS = {Outcome.APPROVE: _approve, Outcome.RETURN: _return, Outcome.REFUSE: _refuse}


def in_hand(actor: Actor, reference: str) -> Application:
    """An application this clerk has taken, held until the transaction ends. Raises as `take` does, Conflict when nobody has taken it."""
    row = _in_review(actor, reference)
    if row.clerk_id is None:
        raise Conflict(TAKE_FIRST)
    return row


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
    if row.stage > 1 and _approvals.first(row, actor.account, row.stage)["n"]:
        raise Refusal(_("You approved this application at an earlier stage: somebody else decides now."))
    return row


@statement
def _approvals(application: Any, clerk: Any, stage: Any) -> Any:
    return DecisionMade.select(fn.COUNT(DecisionMade.id).alias("n")).where(approved_before(application, clerk, stage)).dicts()


def approved_before(application: Any, clerk: Any, stage: Any) -> Any:
    """The condition on DecisionMade: that clerk's approvals before that stage."""
    theirs = (DecisionMade.application == application) & (DecisionMade.clerk == clerk)
    return theirs & (DecisionMade.outcome == Outcome.APPROVE) & (DecisionMade.stage < stage)
