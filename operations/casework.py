"""What a clerk decides about an application: approve, return for correction, refuse."""

from typing import Any

from engine.actor import Actor
from engine.catalogue import catalogue
from engine.errors import Conflict, NotAllowed, NotFound, Refusal
from engine.fees import Quote
from engine.lifecycle import State
from engine.service import Charge
from engine.wording import _
from models import Application, DecisionMade, Outcome, database
from operations import applications, audit, bills, messages
from operations.now import now
from statements import locked, statement

CLERK = "clerk"


@database.atomic()
def decide(
    actor: Actor, reference: str, outcome: Outcome, *, reason: str = "", remarks: dict[str, str] | None = None
) -> Application:
    """Record a clerk's decision and what follows from it.

    Raises NotAllowed without the role or on one's own application, Refusal without a reason where one is owed, Conflict when it was
    decided meanwhile.
    """
    if not any(role.partition(":")[0] == CLERK for role in actor.roles):
        raise NotAllowed
    row = _locked(reference)
    if not (actor.may(CLERK) or actor.may(f"{CLERK}:{row.authority}")):
        raise NotFound
    if row.account_id == actor.account:
        raise NotAllowed
    if State(row.state) is not State.IN_REVIEW:
        raise Conflict(_("Somebody has decided this application meanwhile. Open it to see the decision."))
    if outcome is not Outcome.APPROVE and not (reason.strip() or remarks):
        raise Refusal(_("Say why: the applicant reads it and acts on it."), field="reason")
    DecisionMade.create(application=row, clerk=actor.account, outcome=outcome, reason=reason, remarks=remarks or {}, at=now())
    audit.record(actor, f"application.{outcome}", row.reference)
    FOLLOWS[outcome](row, reason)
    return row


def _approve(row: Application, _reason: str) -> None:
    service = catalogue.services[row.service]
    quote = Quote.thaw(row.frozen["quote"])
    row.approved_at = now()
    applications.happened(row, "approved", None)
    if service.charge is Charge.ON_APPROVAL and quote.total:
        applications.advance(row, State.TO_PAY)
        bills.open_for(row, quote)
        messages.tell(
            row, "application_to_pay", cause=f"approved:{row.updated_at}", title=row.frozen["title"], baisa=quote.total.baisa
        )
    else:
        applications.complete(row)


def _return(row: Application, reason: str) -> None:
    applications.advance(row, State.RETURNED)
    applications.happened(row, "returned", None, reason=reason)
    messages.tell(row, "application_returned", cause=f"returned:{row.updated_at}", title=row.frozen["title"], reason=reason)


def _refuse(row: Application, reason: str) -> None:
    row.closed_at = now()
    applications.advance(row, State.REFUSED)
    applications.happened(row, "refused", None, reason=reason)
    messages.tell(row, "application_refused", cause="refused", title=row.frozen["title"], reason=reason)


FOLLOWS = {Outcome.APPROVE: _approve, Outcome.RETURN: _return, Outcome.REFUSE: _refuse}


def remarks_on(row: Application) -> dict[str, str]:
    """The clerk's remarks of the last return, by field."""
    last = _last_return.first(row)
    return dict(last.remarks) if last else {}


@statement
def _last_return(application: Any) -> Any:
    returns = (DecisionMade.application == application) & (DecisionMade.outcome == Outcome.RETURN)
    return DecisionMade.select().where(returns).order_by(DecisionMade.id.desc()).limit(1)


def _locked(reference: str) -> Application:
    row = locked(Application.select().where(Application.reference == reference)).first()
    if row is None:
        raise NotFound
    return row  # type: ignore[no-any-return]
