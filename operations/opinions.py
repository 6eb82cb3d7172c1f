"""Second opinions: who holds an application asks another section of the authority about it; it stays with them meanwhile.

Who is asked may read the application until somebody of that section has answered, or until it is decided without them.
"""

from typing import Any

from engine.actor import Actor
from engine.catalogue import catalogue
from engine.errors import Conflict, NotAllowed, NotFound, Refusal
from engine.wording import Text, _
from models import Account, Application, Opinion, Stance, database
from operations import audit, casework, staff
from operations.now import now
from statements import locked, statement

Asker: Any = Account.alias("asker")
Answerer: Any = Account.alias("answerer")


def sections(row: Application) -> dict[str, Text]:
    """Whom one may ask about it: the other desks of its authority, with their names."""
    return {
        desk: title for desk, title in catalogue.desks.items() if desk.partition(".")[0] == row.authority and desk != row.desk
    }


@database.atomic()
def ask(actor: Actor, reference: str, desk: str, question: str) -> None:
    """Ask that section. Raises as `casework.in_hand` does; Refusal without a question; Conflict while it has not answered the last one."""
    row = casework.in_hand(actor, reference)
    if desk not in sections(row):
        raise Refusal(_("Choose whom to ask."), field="desk")
    if not question.strip():
        raise Refusal(_("Write what you want to know."), field="question")
    if any(opinion.desk == desk and opinion.closed_at is None for opinion in of(row)):
        raise Conflict(_("This section has not answered your last question yet."))
    Opinion.create(application=row, desk=desk, asked_by=actor.account, question=question.strip(), asked_at=now())
    audit.record(actor, "opinion.asked", row.reference, desk=desk)


@database.atomic()
def answer(actor: Actor, reference: str, number: int, stance: Stance, text: str) -> None:
    """Say what the section thinks. `number` is the opinion's.

    Raises NotFound for who is not of that section, NotAllowed about one's own application, Refusal for one's own question and without
    a text (agreeing needs none), Conflict when it was answered or is no longer needed.
    """
    row, opinion = _application.first(reference), _opinion.first(number)
    if row is None or opinion is None or opinion.application_id != row.id:
        raise NotFound
    staff.reader(actor, row, (opinion.desk,))
    if not staff.works_at(actor, opinion.desk):
        raise NotFound
    if casework.is_own(actor, row):
        raise NotAllowed
    if opinion.asked_by_id == actor.account:
        raise Refusal(_("You asked this yourself: a colleague of that section answers."))
    if opinion.closed_at is not None:
        raise Conflict(_("A colleague has answered meanwhile, or the application was decided. Nothing of yours was recorded."))
    if stance is not Stance.AGREEMENT and not text.strip():
        raise Refusal(_("Say why, in a sentence or two."), field="text")
    opinion.answered_by, opinion.stance, opinion.answer, opinion.closed_at = actor.account, stance, text.strip(), now()
    opinion.save()
    audit.record(actor, "opinion.given", row.reference, desk=opinion.desk, stance=stance)


@statement
def _application(reference: Any) -> Any:
    return locked(Application.select().where(Application.reference == reference))


@statement
def _opinion(number: Any) -> Any:
    return Opinion.select().where(Opinion.id == number)


def of(row: Application) -> list[Opinion]:
    """What was asked about it and answered, oldest first, each with who asked and who answered."""
    return _opinions.all(row)


@statement
def _opinions(application: Any) -> Any:
    return (
        Opinion.select(Opinion, Asker, Answerer)
        .join(Asker, on=Opinion.asked_by == Asker.id, attr="asked_by")
        .switch(Opinion)
        .left_outer_join(Answerer, on=Opinion.answered_by == Answerer.id, attr="answered_by")
        .where(Opinion.application == application)
        .order_by(Opinion.id)
    )
