"""Site visits: planned, moved, cancelled, reported; the applicant is told each time."""

import datetime as dt
import io

import pytest
from peewee import IntegrityError

from engine.actor import Actor
from engine.errors import Conflict, NotFound, Refusal
from models import Application, ApplicationEvent, Finding, Message, Outcome, Upload, Visit, VisitReport, VisitState
from operations import applications, casework, dossiers, visits
from operations.answers import Uploaded
from operations.now import now
from operations.visits import Plan
from tests.operations.test_stages import a_clerk, asked
from tests.support.builders import signed_in
from tests.support.postbox import delivered

pytestmark = pytest.mark.usefixtures("rules")
JPEG = b"\xff\xd8\xff a wall"


@pytest.fixture
def clerk() -> Actor:
    return a_clerk("trial.engineering")


@pytest.fixture
def reference(clerk: Actor) -> str:
    opened = asked()
    casework.take(clerk, opened.reference)
    return opened.reference


def a_plan(days: float = 2, **said: str) -> Plan:
    return Plan(now() + dt.timedelta(days=days), said.get("place", "Plot 77"), said.get("visitor", "Salma"))


def it_is_over() -> None:
    Visit.update(at=now() - dt.timedelta(hours=1)).execute()


def picture(content: bytes = JPEG, name: str = "wall.jpg") -> Uploaded:
    return Uploaded(name, io.BytesIO(content))


def told() -> list[str]:
    rows = Message.select().where(Message.template.startswith("visit_")).order_by(Message.id)
    return [f"{row.template} {row.channel}" for row in rows]


def test_the_applicant_is_told_by_message_and_on_the_timeline(clerk: Actor, reference: str) -> None:
    visits.plan(clerk, reference, a_plan())
    visits.move(clerk, reference, a_plan(3, place="The gate"), "It rains.")
    visits.cancel(clerk, reference, "The road is closed.")
    assert told() == [f"visit_{what} {by}" for what in ("planned", "moved", "cancelled") for by in ("mail", "sms")]
    events = list(ApplicationEvent.select().where(ApplicationEvent.kind.startswith("visit-")).order_by(ApplicationEvent.id))
    assert [event.kind for event in events] == ["visit-planned", "visit-moved", "visit-cancelled"]
    assert events[1].details["what"]["en"].endswith("· \u2068The gate\u2069 · \u2068Salma\u2069\nIt rains.")
    said = [message["text"] for channel in ("mail", "sms") for message in delivered(channel)]
    assert any("The gate" in text for text in said) and any("The road is closed." in text for text in said)


def test_one_visit_is_planned_at_a_time_and_only_by_who_has_taken_it(clerk: Actor, reference: str) -> None:
    visits.plan(clerk, reference, a_plan())
    with pytest.raises(Conflict):
        visits.plan(clerk, reference, a_plan())
    with pytest.raises(Conflict):
        visits.move(a_clerk("trial.engineering"), reference, a_plan(), "Hm")
    with pytest.raises(NotFound):
        visits.cancel(a_clerk("trial.roads"), reference, "Hm")
    visits.cancel(clerk, reference, "Hm")
    for act in (lambda: visits.cancel(clerk, reference, "Hm"), lambda: visits.move(clerk, reference, a_plan(), "Hm")):
        with pytest.raises(Conflict):
            act()
    visits.plan(clerk, reference, a_plan())
    assert Visit.select().count() == 2


@pytest.mark.parametrize(
    ("plan", "field"),
    [({"days": -1}, "day"), ({"place": ""}, "place"), ({"visitor": ""}, "visitor")],
    ids=["in the past", "nowhere", "nobody"],
)
def test_a_plan_says_when_where_and_who(plan: dict, field: str, clerk: Actor, reference: str) -> None:
    with pytest.raises(Refusal) as refused:
        visits.plan(clerk, reference, a_plan(**plan))
    assert refused.value.field == field and told() == []


def test_moving_and_cancelling_need_a_reason(clerk: Actor, reference: str) -> None:
    visits.plan(clerk, reference, a_plan())
    for act in (lambda: visits.move(clerk, reference, a_plan(), " "), lambda: visits.cancel(clerk, reference, " ")):
        with pytest.raises(Refusal) as refused:
            act()
        assert refused.value.field == "reason"
    assert Visit.get().state == VisitState.PLANNED


def test_a_report_is_kept_with_its_photos(clerk: Actor, reference: str) -> None:
    visits.plan(clerk, reference, a_plan())
    it_is_over()
    visits.report(clerk, reference, Finding.NOT_IN_ORDER, "The wall stands on the road.", [picture(), picture(JPEG + b"!")])
    made = dossiers.of(clerk, reference).visits[0]
    assert (made.state, made.report.finding, made.report.by.id) == (VisitState.DONE, Finding.NOT_IN_ORDER, clerk.account)
    row = dossiers.readable(clerk, reference)
    name, kind, file = visits.photo(clerk, row, made.id, 1)
    assert (name, kind, file.read()) == ("wall.jpg", "image/jpeg", JPEG + b"!")
    for visit, number in ((made.id, 2), (made.id + 1, 0)):
        with pytest.raises(NotFound):
            visits.photo(clerk, row, visit, number)
    assert {upload.field for upload in Upload.select()} == {f"visit:{made.id}"}
    with pytest.raises(Conflict):
        visits.report(clerk, reference, Finding.IN_ORDER, "Again", [])
    with pytest.raises(IntegrityError):
        VisitReport.update(text="It stands well.").execute()


@pytest.mark.parametrize("content", [b"%PDF-1.7\n", b"<svg>", b""], ids=["a PDF", "markup", "nothing"])
def test_a_photo_is_a_picture_by_its_content(content: bytes, clerk: Actor, reference: str) -> None:
    visits.plan(clerk, reference, a_plan())
    it_is_over()
    with pytest.raises(Refusal) as refused:
        visits.report(clerk, reference, Finding.IN_ORDER, "Well.", [picture(content)])
    assert refused.value.field == "photos"
    assert not VisitReport.select().exists() and Visit.get().state == VisitState.PLANNED


def test_nothing_is_reported_before_the_visit_without_words_or_with_too_many_photos(clerk: Actor, reference: str) -> None:
    visits.plan(clerk, reference, a_plan())
    with pytest.raises(Refusal, match="ahead"):
        visits.report(clerk, reference, Finding.IN_ORDER, "Well.")
    it_is_over()
    with pytest.raises(Refusal):
        visits.report(clerk, reference, Finding.IN_ORDER, " ")
    with pytest.raises(Refusal):
        visits.report(clerk, reference, Finding.IN_ORDER, "Well.", [picture() for _ in range(visits.MOST + 1)])


def test_it_is_not_decided_while_a_visit_is_planned_but_may_be_returned(clerk: Actor, reference: str) -> None:
    visits.plan(clerk, reference, a_plan())
    for outcome in (Outcome.APPROVE, Outcome.REFUSE):
        with pytest.raises(Refusal, match="still planned"):
            casework.decide(clerk, reference, outcome, reason="Hm")
    casework.decide(clerk, reference, Outcome.RETURN, reason="Hm")


def test_nobody_comes_for_an_application_that_its_applicant_gave_up(clerk: Actor, reference: str) -> None:
    visits.plan(clerk, reference, a_plan())
    casework.decide(clerk, reference, Outcome.RETURN, reason="Hm")
    row = Application.get(Application.reference == reference)
    applications.withdraw(signed_in(row.account), reference)
    assert [visit.state for visit in visits.of(row)] == [VisitState.CANCELLED]
