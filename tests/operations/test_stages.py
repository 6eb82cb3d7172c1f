"""Two decide in turn: engineering, then the head. And an approval whose register has moved on meanwhile."""

from typing import Any

import pytest

from engine.actor import Actor
from engine.errors import Conflict, NotFound, Refusal
from engine.lifecycle import State
from engine.money import Money
from models import Application, ApplicationEvent, Bill, DecisionMade, Message, Outcome, RegisterRecord, Role, SearchTerm
from operations import applications, casework, desk, dossiers, staff, submission
from operations.applications import Opened
from tests.support.builders import a_person, signed_in
from tests.support.renewals import an_owner, answer

pytestmark = pytest.mark.usefixtures("rules")
ENGINEERING, HEAD = "trial.engineering", "trial.head"


def a_clerk(where: str, **person: str) -> Actor:
    account = a_person(**person)
    Role.create(account=account, name="clerk", authority=where)
    return signed_in(account, "en")


def asked(actor: Actor | None = None, plot: str = "P77") -> Opened:
    """A permit that waits for engineering."""
    actor = actor or signed_in(a_person())
    opened = applications.start(actor, "trial.permit")
    answer(actor, opened, "plot", plot=plot, months="2")
    answer(actor, opened, "papers")
    return submission.submit(actor, opened.reference, submission.offer(opened).seal)


def waiting(clerk: Actor, where: str) -> list[str]:
    return [line.reference for line in desk.queue(clerk, where, "waiting").lines]


def found(clerk: Actor, where: str, text: str) -> list[str]:
    return [line.reference for line in desk.search(clerk, where, text).lines]


def test_the_first_approval_hands_it_on_and_the_last_one_approves_it() -> None:
    engineer, head, opened = a_clerk(ENGINEERING), a_clerk(HEAD), asked()
    assert waiting(engineer, ENGINEERING) == [opened.reference] and waiting(head, HEAD) == []
    with pytest.raises(NotFound):
        dossiers.of(head, opened.reference)
    row = casework.decide(engineer, opened.reference, Outcome.APPROVE, reason="The plan holds.")
    assert (row.state, row.desk, row.stage, row.clerk_id, row.approved_at) == (State.IN_REVIEW, HEAD, 2, None, None)
    assert not Bill.select().exists()
    assert waiting(engineer, ENGINEERING) == [] and waiting(head, HEAD) == [opened.reference]
    assert [made.reason for made in dossiers.approvals(dossiers.of(head, opened.reference).decisions, row)] == ["The plan holds."]
    with pytest.raises(Refusal) as owed:
        casework.decide(head, opened.reference, Outcome.APPROVE)
    assert owed.value.field == "reason"
    casework.decide(head, opened.reference, Outcome.APPROVE, reason="You may build.")
    assert Application.get().state == State.TO_PAY and Application.get().frozen["reply"] == "You may build."
    assert Bill.get().total == Money.rials(4)
    assert [(made.stage, made.clerk_id) for made in DecisionMade.select().order_by(DecisionMade.id)] == [
        (1, engineer.account),
        (2, head.account),
    ]
    kinds = [event.kind for event in ApplicationEvent.select().order_by(ApplicationEvent.id)]
    assert kinds == ["started", "submitted", "passed-on", "approved"]


def test_the_desk_that_decided_before_finds_and_reads_it_but_no_longer_acts() -> None:
    engineer, head, opened = a_clerk(ENGINEERING), a_clerk(HEAD), asked(plot="P 77")
    casework.decide(engineer, opened.reference, Outcome.APPROVE)
    for clerk, where in ((engineer, ENGINEERING), (head, HEAD)):
        assert found(clerk, where, "p77") == found(clerk, where, opened.reference) == [opened.reference]
    assert not dossiers.of(engineer, opened.reference).here and dossiers.of(head, opened.reference).here
    for act in (
        lambda: casework.take(engineer, opened.reference),
        lambda: casework.decide(engineer, opened.reference, Outcome.REFUSE, reason="No"),
        lambda: dossiers.note(engineer, opened.reference, "Hm"),
        lambda: dossiers.of(a_clerk("trial.roads"), opened.reference),
    ):
        with pytest.raises(NotFound):
            act()


def test_who_approved_before_does_not_decide_again_whatever_desks_they_have() -> None:
    both, opened = a_clerk("trial"), asked()
    casework.decide(both, opened.reference, Outcome.APPROVE)
    assert dossiers.of(both, opened.reference).barred
    assert desk.take_next(both, HEAD) is None
    for act in (
        lambda: casework.take(both, opened.reference),
        lambda: casework.decide(both, opened.reference, Outcome.APPROVE, reason="Yes"),
        lambda: casework.decide(both, opened.reference, Outcome.REFUSE, reason="No"),
    ):
        with pytest.raises(Refusal, match="earlier stage"):
            act()
    assert DecisionMade.select().count() == 1
    assert desk.take_next(a_clerk("trial"), HEAD) == opened.reference


def test_a_correction_comes_back_to_the_same_stage_and_clerk_and_keeps_both_desks_informed() -> None:
    person, engineer, head = signed_in(a_person()), a_clerk(ENGINEERING), a_clerk(HEAD)
    opened = asked(person, plot="P77")
    casework.decide(engineer, opened.reference, Outcome.APPROVE)
    casework.decide(head, opened.reference, Outcome.RETURN, remarks={"plot": "Which plot?"})
    back = applications.of(person, opened.reference)
    answer(person, back, "plot", plot="Q88", months="2")
    submission.submit(person, back.reference, submission.offer(back).seal)
    row = Application.get()
    assert (row.state, row.desk, row.stage, row.clerk_id) == (State.IN_REVIEW, HEAD, 2, head.account)
    assert found(head, HEAD, "q88") == found(engineer, ENGINEERING, "q88") == [opened.reference]
    casework.decide(head, opened.reference, Outcome.APPROVE, reason="Yes")


def test_refusing_ends_it_at_any_stage() -> None:
    first, second, engineer = asked(), asked(), a_clerk(ENGINEERING)
    casework.decide(engineer, first.reference, Outcome.REFUSE, reason="No")
    casework.decide(engineer, second.reference, Outcome.APPROVE)
    casework.decide(a_clerk(HEAD), second.reference, Outcome.REFUSE, reason="No")
    assert {row.state for row in Application.select()} == {State.REFUSED}


def test_the_second_engineer_of_a_race_is_told_nothing_of_theirs_was_recorded() -> None:
    first, second, opened = a_clerk(ENGINEERING), a_clerk("trial"), asked()
    casework.take(first, opened.reference)
    with pytest.raises(Conflict):
        casework.decide(second, opened.reference, Outcome.APPROVE)
    assert Application.get().stage == 1 and not DecisionMade.select().exists()


def test_terms_are_kept_once_for_each_desk() -> None:
    casework.decide(a_clerk(ENGINEERING), asked().reference, Outcome.APPROVE)
    terms: dict[str, set[Any]] = {}
    for row in SearchTerm.select():
        terms.setdefault(row.desk, set()).add(row.term)
    assert terms[ENGINEERING] == terms[HEAD] and len(terms) == 2


# --- The register moved on -------------------------------------------------------------------------------------------------------


def test_an_approval_that_the_register_has_overtaken_changes_nothing_and_its_clerk_is_told() -> None:
    _account, person = an_owner()
    clerk = a_clerk("trial")
    opened = applications.start(person, "trial.upgrade")
    answer(person, opened, "company", company="1229237")
    submission.submit(person, opened.reference, submission.offer(opened).seal)
    company = RegisterRecord.get(RegisterRecord.register == "chamber.establishments")
    RegisterRecord.update(data={**company.data, "grade": "second"}).where(RegisterRecord.id == company.id).execute()

    row = casework.decide(clerk, opened.reference, Outcome.APPROVE)

    assert (row.state, row.clerk_id, row.approved_at, row.closed_at) == (State.IN_REVIEW, clerk.account, None, None)
    assert Application.get().approved_at is None
    assert RegisterRecord.get_by_id(company.id).data["grade"] == "second"
    told = Message.get(Message.template == "register_changed")
    assert (told.account_id, told.application_id, told.channel) == (clerk.account, None, "mail")
    assert desk.queue(clerk, "trial", "mine").lines[0].reference == opened.reference
    assert dossiers.of(clerk, opened.reference).events[-1].kind == "register-changed"

    casework.decide(clerk, opened.reference, Outcome.RETURN, reason="Look at the grade.")
    back = applications.of(person, opened.reference)
    submission.refresh(person, back)
    submission.submit(person, back.reference, submission.offer(back).seal)
    casework.decide(clerk, opened.reference, Outcome.APPROVE)
    assert Application.get().state == State.COMPLETED
    assert RegisterRecord.get_by_id(company.id).data["grade"] == "first"


def test_a_desk_knows_whom_it_lies_with_first() -> None:
    opened = asked()
    assert staff.desks_that_know(Application.get()) == [ENGINEERING]
    row = casework.decide(a_clerk(ENGINEERING), opened.reference, Outcome.APPROVE)
    assert staff.desks_that_know(row) == [HEAD, ENGINEERING]
