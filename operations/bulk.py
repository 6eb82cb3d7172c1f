"""One action for several applications, each in its own transaction: what cannot be done with one leaves the others as they are."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from engine.actor import Actor
from engine.errors import NotAllowed, NotFound, Refusal
from engine.wording import Text, _
from models import Outcome
from operations import casework, staff
from operations.staff import Duty

MOST = 50  # a page of a list


class Action(StrEnum):
    TAKE = "take"
    RELEASE = "release"
    APPROVE = "approve"
    RETURN = "return"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Done:
    """What became of one of them: `why` says why nothing did."""

    reference: str
    why: Text | None


ACTS: dict[Action, Callable[[Actor, str, str], object]] = {
    Action.TAKE: lambda actor, reference, reason: casework.take(actor, reference),
    Action.RELEASE: lambda actor, reference, reason: casework.release(actor, reference),
    Action.APPROVE: lambda actor, reference, reason: casework.decide(actor, reference, Outcome.APPROVE),
    Action.RETURN: lambda actor, reference, reason: casework.decide(actor, reference, Outcome.RETURN, reason=reason),
    Action.REFUSE: lambda actor, reference, reason: casework.decide(actor, reference, Outcome.REFUSE, reason=reason),
}
"""An approval takes no text: where a reply to the applicant is owed, each wants its own."""


def each(actor: Actor, action: Action, references: Iterable[str], reason: str = "") -> list[Done]:
    """Do it with each of them, in their order, each once. `reason` is the same for all.

    Raises NotAllowed for who is no clerk, and Refusal, before anything is done, when none or more than MOST are chosen or no reason is
    given to a return or refusal.
    """
    staff.require(actor, Duty.CLERK)
    chosen = list(dict.fromkeys(references))
    if not chosen:
        raise Refusal(_("Choose at least one application."))
    if len(chosen) > MOST:
        raise Refusal(_("At most %(most)s applications at once.", most=MOST))
    if action in (Action.RETURN, Action.REFUSE) and not reason.strip():
        raise Refusal(_("Say why: every one of the applicants reads it."), field="reason")
    return [Done(reference, _attempt(actor, action, reference, reason)) for reference in chosen]


def _attempt(actor: Actor, action: Action, reference: str, reason: str) -> Text | None:
    try:
        ACTS[action](actor, reference, reason)
    except Refusal as refusal:
        return refusal.message
    except NotAllowed:
        return _("This is your own application: a colleague decides it.")
    except NotFound:
        return _("It is not on your desks.")
    return None
