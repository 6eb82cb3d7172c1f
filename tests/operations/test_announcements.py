"""Announcements: closed is closed from day to day, for beginning and for submitting, and opens again; notices for everybody."""

import datetime as dt
from typing import Any

import peewee
import pytest

from engine.actor import Actor
from engine.catalogue import catalogue
from engine.errors import Conflict, NotAllowed, NotFound, Refusal
from engine.lifecycle import State
from models import Announcement, AnnouncementKind, Application, AuditEntry, Outcome, database
from operations import announcements, applications, casework, submission
from operations.now import set_business_day, today
from tests.operations.test_desk import SERVICE, a_clerk, answer, asked, attach
from tests.support.administrators import an_administrator
from tests.support.builders import a_person, signed_in

pytestmark = pytest.mark.usefixtures("rules")
CLOSURE, INFORMATION = AnnouncementKind.CLOSURE, AnnouncementKind.INFORMATION
TEXT = {"ar": "جرد سنوي.", "en": "Yearly stocktaking."}


def say(
    actor: Actor | None = None,
    kind: AnnouncementKind = CLOSURE,
    about: str = SERVICE,
    first: int = 0,
    last: int | None = 2,
    **text: Any,
) -> int:
    day = today()
    return announcements.announce(
        actor or an_administrator(),
        kind,
        about,
        first_day=day + dt.timedelta(days=first),
        last_day=None if last is None else day + dt.timedelta(days=last),
        text=TEXT | text,
    )


def days_pass(days: int) -> None:
    set_business_day(today() + dt.timedelta(days=days))


def a_draft(person: Actor) -> applications.Opened:
    opened = applications.start(person, SERVICE)
    answer(person, opened, "request", subject="A tree", text="It leans.")
    attach(person, opened, None)
    return opened


def test_a_closed_service_is_not_begun_and_says_when_it_opens() -> None:
    person, opens = signed_in(a_person()), today() + dt.timedelta(days=3)
    say()
    with pytest.raises(Refusal) as told:
        applications.start(person, SERVICE)
    assert told.value.message.values == {"title": catalogue.services[SERVICE].title, "day": opens, "notice": TEXT}
    applications.start(person, "trial.parking")
    days_pass(3)
    applications.start(person, SERVICE)


def test_a_draft_is_kept_and_submitted_once_it_is_open_again() -> None:
    person = signed_in(a_person())
    opened = a_draft(person)
    number = say(last=None)
    assert applications.start(person, SERVICE).reference == opened.reference
    with pytest.raises(Refusal, match="until further notice"):
        submission.submit(person, opened.reference, submission.offer(opened).seal)
    assert Application.get().state == State.DRAFT
    announcements.end(an_administrator(), number)
    submission.submit(person, opened.reference, submission.offer(opened).seal)
    assert Application.get().state == State.IN_REVIEW


def test_what_was_submitted_goes_on_also_when_it_comes_back_corrected() -> None:
    person, clerk = signed_in(a_person()), a_clerk()
    opened = asked(person)
    say()
    casework.decide(clerk, opened.reference, Outcome.RETURN, remarks={"subject": "Which?"})
    again = applications.of(person, opened.reference)
    submission.submit(person, opened.reference, submission.offer(again).seal)
    assert Application.get().state == State.IN_REVIEW


def test_a_closing_counts_on_its_days_only_and_for_a_whole_authority() -> None:
    say(about="municipality", first=1, last=1)
    service = catalogue.services[SERVICE]
    assert announcements.closure_of(service) is None and len(announcements.of_service(service)) == 1
    days_pass(1)
    assert announcements.closures().keys() == {service.code for service in catalogue.authorities["municipality"].services}
    days_pass(1)
    assert announcements.closures() == {} and announcements.of_service(service) == []


def test_a_far_closing_is_not_shown_yet() -> None:
    say(first=20, last=21)
    assert announcements.of_service(catalogue.services[SERVICE]) == []


def test_a_notice_closes_nothing() -> None:
    say(kind=INFORMATION, about="")
    say(kind=INFORMATION)
    announcements.check_open(catalogue.services[SERVICE])
    assert [said.text for said in announcements.of_the_portal()] == [TEXT]
    assert len(announcements.of_service(catalogue.services[SERVICE])) == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"about": ""}, "about"),
        ({"first": -1}, "first_day"),
        ({"first": 3, "last": 2}, "last_day"),
        ({"ar": " "}, "text_ar"),
        ({"en": "x" * 501}, "text_en"),
    ],
)
def test_what_makes_no_sense_is_refused(wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(Refusal) as refused:
        say(**wrong)
    assert refused.value.field == field
    assert not Announcement.select().exists()


def test_an_administrator_speaks_for_their_authority_only() -> None:
    theirs, all_of_it = an_administrator("chamber"), an_administrator()
    for about in ("", SERVICE, "municipality", "nowhere"):
        with pytest.raises(NotFound):
            say(theirs, INFORMATION, about)
    with pytest.raises(NotAllowed):
        say(a_clerk(), INFORMATION, "municipality")
    other, own = say(all_of_it), say(theirs, about="chamber.renew-membership")
    with pytest.raises(NotFound):
        announcements.end(theirs, other)
    assert [said.id for said in announcements.page(theirs)[0]] == [own]
    assert [said.id for said in announcements.page(all_of_it)[0]] == [own, other]
    announcements.end(theirs, own)
    with pytest.raises(Conflict):
        announcements.end(all_of_it, own)
    entries = AuditEntry.select().where(AuditEntry.action.startswith("announcement.")).order_by(AuditEntry.id)
    assert [entry.action for entry in entries] == ["announcement.made"] * 2 + ["announcement.ended"]


def test_pages_ask_the_database_once_in_some_seconds() -> None:
    say(kind=INFORMATION, about="")
    seen: list[str] = []
    database.obj.query_hooks.append(lambda event: seen.append(event.sql))
    for _ in range(5):
        announcements.of_the_portal()
        announcements.closures()
    database.obj.query_hooks.clear()
    assert len(seen) == 1


def test_without_its_table_a_page_has_no_announcements(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the first migration, or while the database is away: the page that says so must still be drawn."""

    def fails() -> None:
        raise peewee.OperationalError("no such table")

    monkeypatch.setattr(announcements, "_read", fails)
    announcements._forget()
    assert announcements.of_the_portal() == [] and announcements.closures() == {}
