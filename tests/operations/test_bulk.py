"""One action for several applications: each stands for itself."""

import pytest

from engine.actor import Actor
from engine.errors import NotAllowed, Refusal
from models import Application, DecisionMade
from operations import bulk, casework
from operations.bulk import Action
from tests.operations.test_stages import a_clerk, asked
from tests.support.builders import a_person, signed_in

pytestmark = pytest.mark.usefixtures("rules")


@pytest.fixture
def clerk() -> Actor:
    return a_clerk("trial.engineering")


def failed(done: list[bulk.Done]) -> list[str]:
    return [one.reference for one in done if one.why]


def test_one_failure_leaves_the_others_done_and_says_why(clerk: Actor) -> None:
    mine, hers, gone = asked().reference, asked().reference, "TRIAL-2026-9999999-1"
    colleague = a_clerk("trial.engineering", first_name="Maryam")
    casework.take(colleague, hers)
    done = bulk.each(clerk, Action.REFUSE, [hers, mine, gone, mine], "No plan.")
    assert [one.reference for one in done] == [hers, mine, gone]
    assert failed(done) == [hers, gone] and "Maryam" in str(done[0].why) and "desks" in str(done[2].why)
    assert [(made.application.reference, made.reason) for made in DecisionMade.select()] == [(mine, "No plan.")]


def test_taking_and_releasing(clerk: Actor) -> None:
    references = [asked().reference for _ in range(3)]
    assert failed(bulk.each(clerk, Action.TAKE, references)) == []
    assert {row.clerk_id for row in Application.select()} == {clerk.account}
    assert failed(bulk.each(clerk, Action.RELEASE, references[:2])) == []
    assert Application.select().where(Application.clerk == clerk.account).count() == 1


def test_approving_where_each_reply_is_owed_does_not_approve(clerk: Actor) -> None:
    first, second = asked(), asked()
    casework.decide(clerk, first.reference, Action.APPROVE)  # to the head, who owes a reply
    done = bulk.each(a_clerk("trial"), Action.APPROVE, [first.reference, second.reference], "Yes")
    assert failed(done) == [first.reference]
    assert {row.reference: row.stage for row in Application.select()} == {first.reference: 2, second.reference: 2}
    assert [made.reason for made in DecisionMade.select()] == ["", ""]


def test_nobody_decides_their_own_among_others(clerk: Actor) -> None:
    own, other = asked(clerk).reference, asked().reference
    assert failed(bulk.each(clerk, Action.RETURN, [own, other], "Which plan?")) == [own]


@pytest.mark.parametrize("action", [Action.RETURN, Action.REFUSE])
def test_returning_and_refusing_need_one_reason(action: Action, clerk: Actor) -> None:
    with pytest.raises(Refusal) as refused:
        bulk.each(clerk, action, [asked().reference], " ")
    assert refused.value.field == "reason" and not DecisionMade.select().exists()


def test_at_least_one_and_at_most_a_page_by_clerks_alone(clerk: Actor) -> None:
    for chosen in ([], [str(number) for number in range(bulk.MOST + 1)]):
        with pytest.raises(Refusal):
            bulk.each(clerk, Action.TAKE, chosen)
    with pytest.raises(NotAllowed):
        bulk.each(signed_in(a_person()), Action.TAKE, [asked().reference])
