"""Permits of the municipality and their owners, and the services around them as far as a test wants them."""

import io
from itertools import count
from typing import Any

from engine.actor import Actor
from engine.assurance import Assurance
from engine.catalogue import catalogue
from models import Application, Outcome, RegisterRecord, Role, StepUp, StepUpState
from operations import answers, applications, bookings, casework, identity, submission
from operations.answers import Uploaded
from operations.applications import Opened
from operations.now import now
from tests.support.builders import a_person, signed_in
from tests.support.renewals import step_of

IBAN = "OM810180000001299123456"
ENGINEERING, HEAD, FINANCE = "municipality.engineering", "municipality.head", "municipality.finance"
_numbers = count(1)


def an_owner(**data: str) -> Actor:
    return signed_in(a_person(civil_number=f"6{next(_numbers):07}", **data), "en")


def a_permit(owner: Actor, **data: str) -> str:
    """A permit of theirs, granted unless said otherwise, with a deposit of 300 rials; returns its number."""
    number = f"2025{next(_numbers):05}"
    row = {
        "holder": owner.holder,
        "name_en": "Salim",
        "name_ar": "سالم",
        "plot": "412",
        "use": "villa",
        "floors": "2",
        "area": "480",
    }
    row |= {"state": "granted", "deposit": "300", "deposit_state": "held"}
    register = catalogue.registers["municipality.permits"]
    kept = register.read({str(name): str(value) for name, value in (row | data).items()})
    RegisterRecord.create(register=register.code, number=number, holder=owner.holder, data=kept, changed_at=now())
    return number


def record(number: str) -> dict[str, Any]:
    return dict(RegisterRecord.get(RegisterRecord.number == number).data)


def begin(actor: Actor, service: str, *steps: tuple[str, dict[str, str]], files: tuple[str, ...] = ()) -> Opened:
    """An application with these steps answered, its person proven by Mobile ID; every file named is a PDF."""
    opened = applications.start(actor, f"municipality.{service}")
    if opened.service.assurance > Assurance.PASSWORD:
        proof = identity.ask(actor, opened, next(step for step in opened.service.steps if step.assurance > Assurance.PASSWORD))
        StepUp.update(state=StepUpState.OPEN, reached=Assurance.SUBSTANTIAL).where(StepUp.id == proof.id).execute()
    for name, typed in steps:
        step = step_of(opened, name)
        papers = {field.name: Uploaded("a.pdf", io.BytesIO(b"%PDF-1.7\n")) for field in step.fields if field.name in files}
        answers.answer(actor, opened, step, typed, papers)
    return opened


def submit(actor: Actor, opened: Opened) -> Opened:
    return submission.submit(actor, opened.reference, submission.offer(opened).seal)


def major_permit(actor: Actor, area: str = "480") -> Opened:
    return submit(
        actor,
        begin(
            actor,
            "major-permit",
            ("plot", {"plot": "412", "use": "villa"}),
            ("building", {"floors": "2", "area": area}),
            ("papers", {"engineer": "7015512"}),
            files=("drawings", "soil"),
        ),
    )


def deposit_refund(actor: Actor, permit: str, iban: str = IBAN) -> Opened:
    return submit(actor, begin(actor, "deposit-refund", ("permit", {"permit": permit}), ("account", {"iban": iban})))


def completion(actor: Actor, permit: str, at: str = "") -> Opened:
    """Answered, not submitted; at the next free time unless one is said."""
    at = at or bookings.free(ENGINEERING)[0].isoformat()
    return begin(actor, "completion-letter", ("permit", {"permit": permit}), ("inspection", {"inspection": at}))


def a_clerk(where: str) -> Actor:
    account = a_person()
    Role.create(account=account, name="clerk", authority=where)
    return signed_in(account, "en")


def approve(opened: Opened, *desks: str) -> list[Actor]:
    """Each desk approves, a clerk of its own each; returns them."""
    clerks = [a_clerk(desk) for desk in desks]
    for clerk in clerks:
        casework.decide(clerk, opened.reference, Outcome.APPROVE)
    return clerks


def row_of(opened: Opened) -> Application:
    return Application.get(Application.reference == opened.reference)  # type: ignore[no-any-return]
