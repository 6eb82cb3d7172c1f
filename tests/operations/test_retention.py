"""What the rules no longer allow to keep goes, once; what must stay stays; what somebody else still needs is not touched."""

import datetime as dt
import io
import os
from collections.abc import Iterator

import peewee
import pytest

import models
from engine.actor import Actor
from engine.catalogue import catalogue
from engine.errors import NotFound
from engine.lifecycle import State
from engine.retention import Retention
from models import (
    Application,
    ApplicationEvent,
    AuditEntry,
    Bill,
    DecisionMade,
    Document,
    Message,
    Note,
    Outbox,
    Role,
    SearchTerm,
    Upload,
    Version,
)
from operations import applications, casework, documents, dossiers, outbox, retention, stored_files, submission
from operations.answers import Uploaded
from operations.answers import answer as answers
from operations.applications import Opened
from operations.casework import Outcome
from operations.now import now
from operations.outside import outside
from operations.retention import ERASED, KEPT, Kind
from tests.support.builders import a_person, signed_in
from tests.support.renewals import answer, step_of

pytestmark = pytest.mark.usefixtures("rules")
SERVICE = "municipality.general-request"
SECRET = "a-word-nobody-else-says"
KEEPS = Retention()


def a_clerk() -> Actor:
    account = a_person()
    Role.create(account=account, name="clerk")
    return signed_in(account)


def a_draft(actor: Actor | None = None, paper: bytes = b"a plan") -> tuple[Actor, Opened]:
    actor = actor or signed_in(a_person())
    opened = applications.start(actor, SERVICE)
    answer(actor, opened, "request", subject=SECRET, text=SECRET)
    attach(actor, opened, paper)
    return actor, opened


def attach(actor: Actor, opened: Opened, paper: bytes) -> None:
    answers(actor, opened, step_of(opened, "papers"), {}, {"paper": Uploaded("plan.pdf", io.BytesIO(b"%PDF-1.7\n" + paper))})


def refused(paper: bytes = b"a plan") -> str:
    """Corrected once, noted on, refused: something in every table that retention empties."""
    actor, opened = a_draft(paper=paper)
    submission.submit(actor, opened.reference, submission.offer(opened).seal)
    clerk = a_clerk()
    dossiers.note(clerk, opened.reference, SECRET)
    casework.decide(clerk, opened.reference, Outcome.RETURN, reason=SECRET, remarks={"subject": SECRET, "paper": SECRET})
    again = applications.of(actor, opened.reference)
    answer(actor, again, "request", subject=SECRET + "2")
    attach(actor, again, paper + b" 2")
    submission.submit(actor, again.reference, submission.offer(again).seal)
    casework.decide(clerk, opened.reference, Outcome.REFUSE, reason=SECRET)
    return opened.reference


def closed_days_ago(days: float) -> None:
    Application.update(closed_at=now() - dt.timedelta(days=days)).where(Application.closed_at.is_null(False)).execute()


def untouched_for(days: float, told: float | None = None) -> None:
    moment = now()
    reminded = None if told is None else moment - dt.timedelta(days=told)
    Application.update(updated_at=moment - dt.timedelta(days=days), reminded_at=reminded).execute()


def everything_said() -> str:
    """All that lies in any table but those that are kept for good."""
    return "\n".join(str(row) for model in models.TABLES if model not in (AuditEntry, Outbox) for row in model.select().dicts())


# --- Cases -----------------------------------------------------------------------------------------------------------------------


def test_a_refused_one_loses_its_papers_first_and_what_it_said_later() -> None:
    reference = refused()
    row = Application.get()
    assert Upload.select().count() == 2
    closed_days_ago(KEEPS.papers - 1)
    assert retention.run() == 0
    closed_days_ago(KEEPS.papers + 1)
    assert (retention.run(), retention.run()) == (1, 0)
    assert not Upload.select().exists()
    assert {(message.destination, str(message.context)) for message in Message.select()} == {("", "{}")}
    assert Application.get().frozen == row.frozen
    with pytest.raises(NotFound):
        dossiers.file_of(a_clerk(), reference, 2, "paper")
    closed_days_ago(KEEPS.refused + 1)
    assert (retention.run(), retention.run()) == (1, 0)
    left = Application.get()
    assert SECRET not in everything_said()
    assert (left.reference, left.service, left.state, left.submitted_at) == (reference, SERVICE, State.REFUSED, row.submitted_at)
    assert left.frozen["title"] == row.frozen["title"]
    assert [table.select().count() for table in (Version, DecisionMade, Note)] == [1, 2, 1]
    assert [event.kind for event in ApplicationEvent.select().order_by(ApplicationEvent.id)][-2:] == ["refused", "erased"]
    assert not SearchTerm.select().exists()
    assert [entry.subject for entry in AuditEntry.select().where(AuditEntry.action.endswith(".erased"))] == [reference]


def test_a_case_that_is_not_closed_keeps_everything() -> None:
    actor, opened = a_draft()
    submission.submit(actor, opened.reference, submission.offer(opened).seal)
    Application.update(updated_at=now() - dt.timedelta(days=9999), submitted_at=now() - dt.timedelta(days=9999)).execute()
    before = everything_said()
    assert retention.run() == 0
    assert everything_said() == before


def test_what_was_issued_and_paid_for_stays() -> None:
    actor, opened = a_draft()
    submission.submit(actor, opened.reference, submission.offer(opened).seal)
    casework.decide(a_clerk(), opened.reference, Outcome.APPROVE, reason="It will be cut.")
    applications.paid(Application.get())
    letter, bill = Document.get(), Bill.get()
    closed_days_ago(KEEPS.completed + 1)
    assert retention.run() == 2  # papers, then the rest, in one go
    assert Application.get().erased_at and (Document.get(), Bill.get()) == (letter, bill)
    assert documents.of_application(Application.get())[0].content == letter.content
    view = dossiers.of(a_clerk(), opened.reference)
    assert view.versions == [] and view.row.frozen["answers"] == {}


def test_a_service_may_keep_its_own_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    refused()
    closed_days_ago(KEEPS.refused + 1)
    service = catalogue.services[SERVICE]
    longer = type(service)(**{**service.__dict__, "retention": Retention(papers=9999, refused=9999)})
    monkeypatch.setitem(catalogue.services, SERVICE, longer)
    assert retention.run() == 0


@pytest.mark.parametrize("periods", [{"notice": 90}, {"notice": 0}, {"papers": 0}, {"completed": -1}])
def test_periods_that_make_no_sense_are_refused(periods: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="periods"):
        Retention(**periods)


def test_a_dry_run_says_what_would_go_and_lets_nothing_go() -> None:
    refused()
    closed_days_ago(KEEPS.refused + 1)
    before = everything_said()
    found = {(due.service, due.kind): due.count for due in retention.due()}
    assert found == {(SERVICE, Kind.PAPERS): 1, (SERVICE, Kind.REFUSED): 1}
    assert everything_said() == before
    retention.run()
    assert retention.due() == []


def test_it_goes_in_portions_until_nothing_is_due(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    for _ in range(3):
        actor, opened = a_draft()
        applications.withdraw(actor, opened.reference)
    closed_days_ago(KEEPS.withdrawn + 1)
    for wait in (retention.SOON, retention.SOON, retention.EVERY):
        with pytest.raises(outbox.Postpone) as postponed:
            retention.sweep({})
        assert postponed.value.wait == wait
    assert SECRET not in everything_said()


# --- Drafts ----------------------------------------------------------------------------------------------------------------------


def test_an_untouched_draft_is_announced_once_and_then_goes() -> None:
    actor, _opened = a_draft()
    untouched_for(KEEPS.draft - KEEPS.notice + 1)
    assert (retention.run(), retention.run()) == (1, 0)
    assert {message.channel for message in Message.select().where(Message.template == "draft_left")} == {"mail", "sms"}
    untouched_for(KEEPS.draft + 1, told=KEEPS.notice - 1)
    assert retention.run() == 0
    untouched_for(KEEPS.draft + 1, told=KEEPS.notice + 1)
    assert retention.run() == 1
    assert (Application.get().state, SECRET in everything_said(), Upload.select().exists()) == (State.WITHDRAWN, False, False)
    assert applications.draft_of(actor, SERVICE) is None
    assert retention.run() == 0


def test_a_draft_is_never_dropped_before_its_owner_was_told() -> None:
    a_draft()
    untouched_for(9999)
    assert retention.run() == 1
    assert Application.get().state == State.DRAFT and Message.select().exists()


def test_who_goes_on_with_a_draft_keeps_it_and_is_told_again_next_time() -> None:
    actor, opened = a_draft()
    untouched_for(KEEPS.draft + 1, told=KEEPS.notice + 1)
    answer(actor, opened, "request", subject="more", text="more")
    assert retention.run() == 0
    Application.update(
        updated_at=now() - dt.timedelta(days=KEEPS.draft + 1), reminded_at=now() - dt.timedelta(days=999)
    ).execute()
    assert retention.run() == 1
    assert Application.get().state == State.DRAFT


# --- Files -----------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def lying(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every file in the store is two days old."""
    monkeypatch.setattr(stored_files, "LYING", -dt.timedelta(days=1))
    yield


def test_a_file_goes_once_nothing_refers_to_it(lying: None) -> None:
    refused(b"the same plan")
    digests = {row.digest for row in Upload.select()}
    other, _opened = a_draft(paper=b"the same plan")
    orphan = outside.storage.put(b"nobody's")
    assert stored_files.collect() == 1
    assert not outside.storage.exists(orphan)
    closed_days_ago(KEEPS.papers + 1)
    retention.run()
    assert stored_files.collect() == 1
    assert [outside.storage.exists(digest) for digest in sorted(digests)].count(True) == 1
    assert other


def test_a_file_that_was_put_today_is_left_alone() -> None:
    orphan = outside.storage.put(b"nobody's yet")
    assert stored_files.collect() == 0
    assert outside.storage.exists(orphan)


def test_a_file_put_again_counts_as_new() -> None:
    digest = outside.storage.put(b"nobody's")
    os.utime(outside.storage._path(digest), (0, 0))  # type: ignore[attr-defined]
    assert list(outside.storage.untouched(now() - dt.timedelta(days=1))) == [digest]
    outside.storage.put(b"nobody's")
    assert list(outside.storage.untouched(now() - dt.timedelta(days=1))) == []
    outside.storage.delete(digest, untouched_since=now() - dt.timedelta(days=1))
    assert outside.storage.exists(digest)


def test_a_corrected_file_is_still_there_for_the_version_that_had_it(lying: None) -> None:
    reference = refused()
    stored_files.collect()
    assert b"a plan" in dossiers.file_of(a_clerk(), reference, 1, "paper")[2].read()
    assert b"a plan 2" in dossiers.file_of(a_clerk(), reference, 2, "paper")[2].read()


def test_every_column_that_names_a_file_is_known() -> None:
    elsewhere = {
        models.RecoveryCode.digest,
        models.SpentChallenge.digest,
        models.RegisterImport.digest,
        models.AuditLink.digest,
        models.ApiKey.digest,
    }
    named = {field for model in models.TABLES for field in model._meta.sorted_fields if "digest" in field.name}
    assert named - elsewhere <= set(stored_files.REFERRING)


# --- Nothing is forgotten to be forgotten ------------------------------------------------------------------------------------------


def test_every_table_of_an_application_is_either_emptied_or_kept_on_purpose() -> None:
    about = {
        model
        for model in models.TABLES
        for field in model._meta.sorted_fields
        if isinstance(field, peewee.ForeignKeyField) and field.rel_model is Application
    }
    assert {model.__name__ for model in about - ERASED} == KEPT


def test_the_queue_does_it_every_day() -> None:
    retention.schedule()
    retention.schedule()
    outbox.drain()
    (row,) = Outbox.select()
    assert row.done_at is None and row.due_at > now() + dt.timedelta(hours=23)
