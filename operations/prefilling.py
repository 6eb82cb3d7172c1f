"""Beginning a service with answers that are known already: from a refusal that says what helps, or from a reminder."""

from typing import Any

from engine.actor import Actor
from engine.errors import Refusal, Start
from engine.lifecycle import PENDING, State
from engine.service import Step
from models import Application
from operations import answers, applications, ownership
from operations.applications import STATIC_LINES, Opened
from statements import statement

OPEN = sorted({State.DRAFT, *PENDING})


def begin(actor: Actor, start: Start) -> Opened:
    """Their own application of that service with these answers, one that is open already or a new one.

    Steps are answered one after the other as far as the answers go, are accepted, and may be answered without another proof; the person
    goes on from there. Raises NotFound where they may not file it, Refusal where it is closed.
    """
    standing = _standing(actor, start)
    if standing is not None:
        return applications.work_on(standing)
    opened = applications.start_another(actor, start.service)
    typed = {name: str(value) for name, value in start.answers.items()}
    for step in opened.service.steps:
        if not _answered(actor, opened, step, typed):
            break
    return opened


def _standing(actor: Actor, start: Start) -> Application | None:
    """One that says the same: what is under way is not begun twice."""
    return next(
        (
            row
            for row in _open.all(actor.applicant, start.service)
            if ownership.owns(actor, row) and all(str(row.answers.get(name)) == str(said) for name, said in start.answers.items())
        ),
        None,
    )


@statement
def _open(account: Any, service: Any) -> Any:
    mine = (Application.account == account) & (Application.service == service) & Application.state.in_(OPEN)
    return Application.select().where(mine).order_by(Application.updated_at.desc()).limit(STATIC_LINES)


def _answered(actor: Actor, opened: Opened, step: Step, typed: dict[str, str]) -> bool:
    """Whether the known answers were enough for this step, and are accepted."""
    if applications.granted(actor, opened) < applications.needed(actor, step):
        return False
    if step.fields and not any(field.name in typed for field in step.fields):
        return False
    try:
        answers.answer(actor, opened, step, typed)
    except Refusal:
        return False
    return not opened.refused(step)
