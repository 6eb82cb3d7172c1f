"""Second opinions: asked by who holds the application, answered by the section, kept as they were said."""

import pytest
from peewee import IntegrityError

from engine.actor import Actor
from engine.errors import Conflict, NotAllowed, NotFound, Refusal
from models import Application, AuditEntry, Opinion, Outcome, Role, Stance
from operations import casework, desk, dossiers, opinions
from tests.operations.test_stages import a_clerk, asked
from tests.support.builders import a_person, signed_in

pytestmark = pytest.mark.usefixtures("rules")
ENGINEERING, ROADS = "trial.engineering", "trial.roads"


@pytest.fixture
def clerk() -> Actor:
    return a_clerk(ENGINEERING)


@pytest.fixture
def reference(clerk: Actor) -> str:
    """An application that the clerk has taken and asked the roads about."""
    opened = asked()
    casework.take(clerk, opened.reference)
    opinions.ask(clerk, opened.reference, ROADS, "Does the wall narrow the road?")
    return opened.reference


def number() -> int:
    return int(Opinion.get().id)


def test_who_is_asked_reads_it_and_answers_and_it_stays_with_its_clerk(clerk: Actor, reference: str) -> None:
    colleague = a_clerk(ROADS)
    listed = desk.queue(colleague, ROADS, "asked")
    assert ([line.reference for line in listed.lines], listed.asked) == ([reference], 1)
    assert [opinion.question for opinion in dossiers.of(colleague, reference).opinions] == ["Does the wall narrow the road?"]
    opinions.answer(colleague, reference, number(), Stance.OBJECTION, "By a metre.")
    said = dossiers.of(clerk, reference).opinions[0]
    assert (said.stance, said.answer, said.answered_by_id) == (Stance.OBJECTION, "By a metre.", colleague.account)
    assert Application.get().clerk_id == clerk.account
    assert desk.queue(colleague, ROADS, "asked").lines == []
    done = [row.action for row in AuditEntry.select().where(AuditEntry.account == colleague.account).order_by(AuditEntry.id)]
    assert done == ["application.viewed", "opinion.given"]


def test_reading_ends_with_the_answer_and_never_lets_one_act(clerk: Actor, reference: str) -> None:
    colleague, stranger = a_clerk(ROADS), a_clerk("trial.head")
    for act in (
        lambda: casework.take(colleague, reference),
        lambda: dossiers.note(colleague, reference, "Hm"),
        lambda: dossiers.of(stranger, reference),
        lambda: opinions.answer(stranger, reference, number(), Stance.AGREEMENT, ""),
        lambda: opinions.answer(colleague, asked().reference, number(), Stance.AGREEMENT, ""),
        lambda: opinions.answer(colleague, reference, number() + 1, Stance.AGREEMENT, ""),
    ):
        with pytest.raises(NotFound):
            act()
    opinions.answer(colleague, reference, number(), Stance.AGREEMENT, "")
    with pytest.raises(NotFound):
        dossiers.of(colleague, reference)


def test_only_who_has_taken_it_asks_and_only_another_section_of_the_authority() -> None:
    clerk, opened = a_clerk(ENGINEERING), asked()
    with pytest.raises(Conflict):
        opinions.ask(clerk, opened.reference, ROADS, "Hm?")
    casework.take(clerk, opened.reference)
    assert set(opinions.sections(Application.get())) == {"trial", "trial.head", ROADS}
    for where, question, field in ((ENGINEERING, "Hm?", "desk"), ("chamber", "Hm?", "desk"), (ROADS, " ", "question")):
        with pytest.raises(Refusal) as refused:
            opinions.ask(clerk, opened.reference, where, question)
        assert refused.value.field == field
    with pytest.raises(Conflict):
        opinions.ask(a_clerk(ENGINEERING), opened.reference, ROADS, "Hm?")
    assert not Opinion.select().exists()


def test_a_section_is_asked_one_thing_at_a_time(clerk: Actor, reference: str) -> None:
    with pytest.raises(Conflict):
        opinions.ask(clerk, reference, ROADS, "And the height?")
    opinions.answer(a_clerk(ROADS), reference, number(), Stance.REMARK, "By a metre.")
    opinions.ask(clerk, reference, ROADS, "And the height?")
    assert Opinion.select().count() == 2


def test_nobody_answers_their_own_question_or_about_their_own_application() -> None:
    person = a_person()
    Role.create(account=person, name="clerk", authority=ROADS)
    applicant, both = signed_in(person), a_clerk("trial")
    opened = asked(applicant)
    casework.take(both, opened.reference)
    opinions.ask(both, opened.reference, ROADS, "Hm?")
    with pytest.raises(NotAllowed):
        opinions.answer(applicant, opened.reference, number(), Stance.AGREEMENT, "")
    with pytest.raises(Refusal, match="yourself"):
        opinions.answer(both, opened.reference, number(), Stance.AGREEMENT, "")
    for stance in (Stance.OBJECTION, Stance.REMARK):
        with pytest.raises(Refusal) as owed:
            opinions.answer(a_clerk(ROADS), opened.reference, number(), stance, " ")
        assert owed.value.field == "text"
    assert Opinion.get().closed_at is None


@pytest.mark.parametrize("outcome", list(Outcome))
def test_a_decision_takes_the_open_question_back(outcome: Outcome, clerk: Actor, reference: str) -> None:
    colleague = a_clerk(ROADS)
    casework.decide(clerk, reference, outcome, reason="Because.")
    opinion = Opinion.get()
    assert opinion.closed_at is not None and opinion.stance is None
    assert desk.queue(colleague, ROADS, "asked").lines == []
    with pytest.raises(Conflict):
        opinions.answer(colleague, reference, number(), Stance.AGREEMENT, "")
    with pytest.raises(NotFound):
        dossiers.of(colleague, reference)


def test_what_was_asked_and_answered_stays_as_it_was_said(reference: str) -> None:
    with pytest.raises(IntegrityError):
        Opinion.update(question="Something else").execute()
    opinions.answer(a_clerk(ROADS), reference, number(), Stance.REMARK, "By a metre.")
    for change in (Opinion.update(answer="By two."), Opinion.delete()):
        with pytest.raises(IntegrityError):
            change.execute()
