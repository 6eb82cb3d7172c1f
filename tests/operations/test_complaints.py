"""A complaint's way: to the section of its category, answered, examined again, rated."""

import datetime as dt

import pytest

from engine.clock import business_day, midnight
from engine.errors import Conflict, NotFound, Refusal
from engine.lifecycle import State
from models import Application, ApplicationEvent, AuditEntry, Message, Satisfaction, SearchTerm
from operations import answers, applications, casework, desk, dossiers, reopening, retention, satisfaction, submission
from operations.casework import Outcome
from operations.now import now
from tests.support.builders import a_person, signed_in
from tests.support.clock import Clock
from tests.support.complaints import a_clerk_of, a_complaint, a_draft, a_guest

pytestmark = pytest.mark.usefixtures("rules")
ROADS = "municipality.roads"
REOPENS = 14


def answered(**said: object) -> tuple[object, str]:
    actor, reference = a_complaint(**said)
    casework.decide(a_clerk_of(ROADS), reference, Outcome.APPROVE, reason="The lamp was mended.")
    return actor, reference


SECTIONS = {"cleanliness": "health", "food": "health", "animals": "health", "building": "engineering"} | {
    "roads": "roads",
    "other": "administration",
}


@pytest.mark.parametrize(("category", "section"), SECTIONS.items())
def test_it_goes_to_the_section_of_its_category_and_no_other_sees_it(category: str, section: str):
    _actor, reference = a_complaint(category=category)
    assert Application.get().desk == f"municipality.{section}"
    mine, other = f"municipality.{section}", "municipality.roads" if section != "roads" else "municipality.health"
    clerk = a_clerk_of(mine)
    assert [line.reference for line in desk.queue(clerk, mine, "waiting").lines] == [reference]
    assert dossiers.of(clerk, reference).here
    with pytest.raises(NotFound):
        dossiers.of(a_clerk_of(other), reference)
    with pytest.raises(NotFound):
        casework.take(a_clerk_of(other), reference)


def test_a_correction_that_changes_the_category_takes_it_to_the_other_section():
    actor, reference = a_complaint(category="roads")
    clerk = a_clerk_of(ROADS)
    casework.decide(clerk, reference, Outcome.RETURN, remarks={"category": "Is it not about waste?"})
    opened = applications.of(actor, reference)
    answers.answer(actor, opened, opened.service.step("what"), {"category": "cleanliness"})
    opened = applications.of(actor, reference)
    submission.submit(actor, reference, submission.offer(opened).seal)
    row = Application.get()
    assert (row.desk, row.clerk_id) == ("municipality.health", None)
    assert {term.desk for term in SearchTerm.select()} == {"municipality.health"}
    with pytest.raises(NotFound):
        dossiers.of(clerk, reference)


def test_it_needs_a_place_in_some_way():
    actor = a_guest()
    with pytest.raises(Refusal, match="where it is"):
        a_draft(actor, place=None)
    opened = applications.of(actor, Application.get().reference)
    assert (step := opened.next_step()) and step.name == "where"
    with pytest.raises(Refusal, match="still missing"):
        submission.submit(actor, opened.reference, submission.offer(opened).seal)
    for said in ({"address": "Behind the school"}, {"addressing": "1234"}):
        a_complaint(place=None, **said)


def test_the_answer_is_the_clerks_reply_and_is_owed():
    actor, reference = a_complaint()
    with pytest.raises(Refusal):
        casework.decide(a_clerk_of(ROADS), reference, Outcome.APPROVE)
    casework.decide(a_clerk_of(ROADS), reference, Outcome.APPROVE, reason="The lamp was mended.")
    row = applications.of(actor, reference).row
    assert (row.state, row.frozen["reply"]) == (State.COMPLETED, "The lamp was mended.")
    kinds = [(event.kind, event.details.get("reason")) for event in applications.events_of(row)]
    assert kinds[-2:] == [("answered", "The lamp was mended."), ("completed", None)]


# --- Examined again --------------------------------------------------------------------------------------------------------------


def test_who_filed_it_has_it_examined_again_as_often_as_need_be_and_all_of_it_is_kept():
    actor, reference = answered()
    for number in (1, 2):
        reopening.ask(actor, reference, f"Dark again, {number}.")
        row = applications.of(actor, reference).row
        assert (row.state, row.desk, row.clerk_id, row.closed_at) == (State.IN_REVIEW, ROADS, None, None)
        assert row.due_at and "reply" not in row.frozen
        casework.decide(a_clerk_of(ROADS), reference, Outcome.APPROVE, reason=f"Mended anew, {number}.")
    said = [event.details["reason"] for event in applications.events_of(row) if event.details.get("reason")]
    assert said == ["The lamp was mended.", "Dark again, 1.", "Mended anew, 1.", "Dark again, 2.", "Mended anew, 2."]
    assert AuditEntry.select().where(AuditEntry.action == "application.contested").count() == 2


def test_every_answer_is_told():
    actor, reference = a_complaint(a_guest(email="a@example.om"))
    for number in (1, 2):
        casework.decide(a_clerk_of(ROADS), reference, Outcome.REFUSE, reason=f"No, {number}.")
        reopening.ask(actor, reference, "But yes.")
    casework.decide(a_clerk_of(ROADS), reference, Outcome.APPROVE, reason="Yes.")
    told = [message.template for message in Message.select().order_by(Message.id)]
    received, refused = "application_received", "application_refused"
    assert told == [received, refused, received, refused, received, "application_completed"]


@pytest.mark.parametrize(("days", "possible"), [(REOPENS, True), (REOPENS + 1, False)])
def test_until_the_fourteenth_day_and_not_on_the_fifteenth(days: int, possible: bool, clock: Clock):
    actor, reference = answered()
    clock.forward(days=days)
    assert (reopening.until(applications.of(actor, reference).row) is not None) is possible
    if possible:
        reopening.ask(actor, reference, "Dark again.")
    else:
        with pytest.raises(Conflict):
            reopening.ask(actor, reference, "Dark again.")


@pytest.mark.parametrize(("minutes", "later"), [(-1, 0), (1, 1)])
def test_the_days_are_those_of_muscat(minutes: int, later: int):
    actor, reference = answered()
    today = business_day(now())
    closed = midnight(today - dt.timedelta(days=REOPENS - 1)) + dt.timedelta(minutes=minutes)
    Application.update(closed_at=closed).execute()
    assert reopening.until(applications.of(actor, reference).row) == today + dt.timedelta(days=later)


def test_it_is_only_examined_again_by_who_filed_it_with_a_reason_and_once_it_was_answered():
    actor, reference = a_complaint()
    with pytest.raises(Conflict):
        reopening.ask(actor, reference, "Too slow.")
    casework.decide(a_clerk_of(ROADS), reference, Outcome.APPROVE, reason="Mended.")
    for stranger in (a_guest(), signed_in(a_person()), a_clerk_of(ROADS)):
        with pytest.raises(NotFound):
            reopening.ask(stranger, reference, "Dark.")
    with pytest.raises(Refusal):
        reopening.ask(actor, reference, " \0 ")


def test_a_service_that_says_nothing_of_it_cannot_be_examined_again():
    actor = signed_in(a_person())
    opened = applications.start(actor, "municipality.general-request")
    Application.update(state=State.COMPLETED, closed_at=opened.row.created_at, submitted_at=opened.row.created_at).execute()
    with pytest.raises(Conflict):
        reopening.ask(actor, opened.reference, "Again.")


# --- What they think of it -------------------------------------------------------------------------------------------------------


def test_each_answer_is_rated_once_and_counted_for_its_section():
    actor, reference = answered()
    satisfaction.rate(actor, reference, 2, "It took\0 long.")
    with pytest.raises(Conflict):
        satisfaction.rate(actor, reference, 5)
    reopening.ask(actor, reference, "Dark again.")
    with pytest.raises(Conflict):
        satisfaction.rate(actor, reference, 5)
    casework.decide(a_clerk_of(ROADS), reference, Outcome.REFUSE, reason="It is not our lamp.")
    satisfaction.rate(actor, reference, 3)
    assert [(row.points, row.words, row.desk) for row in Satisfaction.select()] == [(2, "It took long.", ROADS), (3, "", ROADS)]
    (rated,) = satisfaction.since(ROADS, dt.date(2000, 1, 1))
    assert (rated.many, rated.mean) == (2, 25)
    assert satisfaction.since("municipality.health", dt.date(2000, 1, 1)) == []


@pytest.mark.parametrize("points", [0, 6, -1])
def test_from_one_to_five(points: int):
    actor, reference = answered()
    with pytest.raises(Refusal):
        satisfaction.rate(actor, reference, points)


def test_only_who_filed_it_rates_it():
    _actor, reference = answered()
    for stranger in (a_guest(), signed_in(a_person())):
        with pytest.raises(NotFound):
            satisfaction.rate(stranger, reference, 5)


# --- Forgetting ------------------------------------------------------------------------------------------------------------------


def test_in_time_nothing_is_left_of_who_complained_and_of_what(clock: Clock):
    actor, reference = answered(actor=a_guest(name="Umm Said", email="a@example.om"), story="Said Al Said broke it")
    satisfaction.rate(actor, reference, 1, "Said told me")
    clock.forward(days=1096)
    retention.run()
    retention.run()
    row = Application.get()
    assert row.erased_at
    left = str([list(table.select().dicts()) for table in (Application, ApplicationEvent, Satisfaction, Message)])
    assert "Said" not in left and "a@example.om" not in left
    assert (row.guest.name, row.guest.email) == ("", "")
