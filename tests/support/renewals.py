"""A person with a company, and their renewal as far as a test wants it."""

from engine.actor import Actor
from engine.assurance import Assurance
from engine.service import Step
from models import Account, StepUp, StepUpState
from operations import answers, applications, identity, submission
from operations.applications import Opened
from tests.support.builders import a_person, signed_in

SERVICE = "chamber.renew-membership"


def an_owner(civil_number: str = "1526575", **data: str) -> tuple[Account, Actor]:
    """Who owns the manual's company, signed in, the civil number proven."""
    account = a_person(civil_number=civil_number, **data)
    return account, signed_in(account, account.locale)


def step_of(opened: Opened, name: str) -> Step:
    step = opened.service.step(name)
    assert step is not None
    return step


def answer(actor: Actor, opened: Opened, name: str, **typed: str) -> None:
    answers.answer(actor, opened, step_of(opened, name), typed)


def open_to(actor: Actor, opened: Opened) -> None:
    """As if Mobile ID had just proven the person for this application."""
    proof = identity.ask(actor, opened, step_of(opened, "company"))
    StepUp.update(state=StepUpState.OPEN, reached=Assurance.SUBSTANTIAL).where(StepUp.id == proof.id).execute()


def an_answered_renewal(actor: Actor, months: int = 24) -> Opened:
    opened = applications.start(actor, SERVICE)
    answer(actor, opened, "establishment", registration="1229237")
    answer(actor, opened, "membership", membership="91868")
    answer(actor, opened, "period", months=str(months))
    return opened


def a_submitted_renewal(actor: Actor, months: int = 24) -> Opened:
    opened = an_answered_renewal(actor, months)
    return submission.submit(actor, opened.reference, submission.offer(opened).seal)
