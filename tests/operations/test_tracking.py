"""Following an application by a number: how it stands, and nothing that is somebody's."""

import datetime as dt
from dataclasses import fields
from typing import Any

import pytest

from engine.actor import Actor
from engine.errors import Refusal
from engine.lifecycle import State
from models import Application, AuditEntry, TrackedNumber, database
from operations import applications, submission, tracking
from operations.applications import Opened
from operations.now import today
from operations.tracking import APPLICATION, PHONE
from tests.support.builders import a_building, a_person, signed_in
from tests.support.renewals import an_owner, answer

pytestmark = pytest.mark.usefixtures("rules")
COMPANY = "chamber.establishments"
NOBODY = Actor()


@pytest.fixture(autouse=True)
def premises(rules: None) -> None:
    a_building("311/7")


def asked(actor: Actor, number: str = "311/7") -> Opened:
    """A licence that waits for a clerk."""
    opened = drafted(actor, number)
    return submission.submit(actor, opened.reference, submission.offer(opened).seal)


def drafted(actor: Actor, number: str = "311/7") -> Opened:
    opened = applications.start(actor, "municipality.issue-licence")
    answer(actor, opened, "company", registration="1229237")
    answer(actor, opened, "activity", activity="office")
    answer(actor, opened, "premises", premises=number, lease="")
    return opened


def test_a_stranger_learns_service_state_and_two_days() -> None:
    opened = asked(an_owner()[1])
    (seen,) = tracking.track(NOBODY, APPLICATION, opened.reference)
    assert (str(seen.title), seen.state, seen.reference) == ("Issue a municipal licence", State.IN_REVIEW, "")
    assert isinstance(seen.submitted_at, dt.datetime) and isinstance(seen.updated_at, dt.datetime)
    assert {field.name for field in fields(seen)} == {"title", "state", "label", "submitted_at", "updated_at", "reference"}


@pytest.mark.parametrize("typed", ["1229237", "١٢٢٩٢٣٧", " 1229 237 "])
def test_it_is_found_by_the_commercial_registration_in_any_digits(typed: str) -> None:
    owner = an_owner()[1]
    references = [asked(owner).reference, asked(owner).reference]
    assert len(tracking.track(NOBODY, COMPANY, typed)) == 2
    assert [seen.reference for seen in tracking.track(owner, COMPANY, typed)] == references[::-1], "newest first, theirs to open"
    assert {seen.reference for seen in tracking.track(signed_in(a_person()), COMPANY, typed)} == {""}


def test_a_record_that_is_made_leads_to_it_and_so_does_what_the_record_names() -> None:
    opened = asked(an_owner()[1])
    row = Application.get(Application.reference == opened.reference)
    with database.atomic():
        applications.complete(row)
    assert [seen.state for seen in tracking.track(NOBODY, "municipality.licences", f"{today().year}/00001")] == [State.COMPLETED]
    assert set(TrackedNumber.select(TrackedNumber.register, TrackedNumber.number).tuples()) == {
        (COMPANY, "1229237"),
        ("municipality.licences", f"{today().year}00001"),
        ("municipality.addresses", "3117"),
    }


def test_no_number_of_a_person_leads_anywhere() -> None:
    owner = an_owner(civil_number="1526575", phone="+96892000777")[1]
    asked(owner)
    for kind in tracking.kinds():
        if kind not in (APPLICATION, PHONE):
            assert tracking.track(NOBODY, kind, "1526575") == [], kind
    assert "1526575" not in {row.number for row in TrackedNumber.select()}


def test_what_may_not_be_known_is_answered_like_what_is_not_there() -> None:
    owner = an_owner(phone="+96892000777")[1]
    draft, withdrawn, erased = drafted(owner), asked(owner), asked(owner)
    Application.update(closed_at=dt.datetime.now(dt.UTC), erased_at=dt.datetime.now(dt.UTC)).where(
        Application.reference == erased.reference
    ).execute()
    reopened = Application.get(Application.reference == withdrawn.reference)
    Application.update(state=State.DRAFT).where(Application.id == reopened.id).execute()
    for reference in (draft.reference, withdrawn.reference, erased.reference, "MUNICIPALITY-2026-0099999-0"):
        try:
            assert tracking.track(NOBODY, APPLICATION, reference) == []
        except Refusal as refusal:  # the made-up one may not be a number at all
            assert refusal.field == "number" and reference.endswith("99999-0")
    assert tracking.track(NOBODY, COMPANY, "1229237") == []
    assert tracking.track(NOBODY, PHONE, "92000777") == tracking.track(NOBODY, PHONE, "92000778") == []


def test_a_mobile_says_something_to_its_owner_alone() -> None:
    owner = an_owner(phone="+96892000777")[1]
    reference = asked(owner).reference
    assert [seen.reference for seen in tracking.track(owner, PHONE, "٩٢٠٠٠٧٧٧")] == [reference]
    assert tracking.track(signed_in(a_person()), PHONE, "92000777") == []
    assert tracking.track(owner, PHONE, "92000778") == []


@pytest.mark.parametrize(("kind", "typed"), [(APPLICATION, "CHAMBER-2026-0000001-9"), (APPLICATION, "abc"), (PHONE, "12")])
def test_a_number_that_cannot_be_one_is_refused_beside_it(kind: str, typed: str) -> None:
    with pytest.raises(Refusal) as refused:
        tracking.track(NOBODY, kind, typed)
    assert refused.value.field == "number"


def test_each_question_is_recorded_without_the_number() -> None:
    owner = an_owner()[1]
    asked(owner)
    tracking.track(NOBODY, COMPANY, "1229237")
    tracking.track(owner, COMPANY, "999")
    rows = AuditEntry.select().where(AuditEntry.action == "applications.tracked").order_by(AuditEntry.id)
    assert [(row.account_id, row.subject, row.details) for row in rows] == [
        (None, COMPANY, {"found": 1}),
        (owner.account, COMPANY, {"found": 0}),
    ]


def test_the_answer_costs_the_same_few_statements_however_much_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    owner = an_owner()[1]
    monkeypatch.setattr(tracking, "MOST", 3)

    def cost() -> int:
        ran: list[Any] = []
        execute = type(database.obj).execute_sql
        with monkeypatch.context() as patch:
            patch.setattr(
                type(database.obj), "execute_sql", lambda self, sql, *a, **k: (ran.append(sql), execute(self, sql, *a, **k))[1]
            )
            tracking.track(NOBODY, COMPANY, "1229237")
        return len(ran)

    before = cost()
    for _each in range(5):
        asked(owner)
    assert cost() == before <= 5


def test_what_was_submitted_before_there_were_numbers_is_indexed_once() -> None:
    asked(an_owner()[1])
    TrackedNumber.delete().execute()
    for _twice in range(2):
        assert [count for _last, count in tracking.index()] == [1]
        found = sorted((row.register, row.number) for row in TrackedNumber.select())
        assert found == [(COMPANY, "1229237"), ("municipality.addresses", "3117")]
