"""The clerk's desk: lists, taking, reading, notes and finding. Two clerks never work on one application; every look is recorded."""

import datetime as dt
import io
import threading
from collections.abc import Callable

import pytest
from peewee import IntegrityError

from engine.actor import Actor
from engine.catalogue import catalogue
from engine.errors import Conflict, NotAllowed, NotFound
from engine.lifecycle import State
from models import Application, AuditEntry, Note, Outcome, Role, SearchTerm, Version, database
from operations import answers, applications, casework, corrections, desk, dossiers, staff, submission
from operations.answers import Uploaded
from operations.applications import Opened
from tests.support.builders import a_person, signed_in
from tests.support.renewals import an_owner, answer, step_of

pytestmark = pytest.mark.usefixtures("rules")
DESK, SERVICE = "municipality.administration", "municipality.general-request"


def a_clerk(where: str = "municipality", locale: str = "en", **person: str) -> Actor:
    account = a_person(**person)
    Role.create(account=account, name="clerk", authority=where)
    return signed_in(account, locale)


def asked(actor: Actor | None = None, subject: str = "A tree", *, paper: bytes | None = None) -> Opened:
    """A general request that waits for a clerk."""
    actor = actor or signed_in(a_person())
    opened = applications.start(actor, SERVICE)
    answer(actor, opened, "request", subject=subject, text="It leans over the road.")
    attach(actor, opened, paper)
    return submission.submit(actor, opened.reference, submission.offer(opened).seal)


def attach(actor: Actor, opened: Opened, paper: bytes | None) -> None:
    files = {"paper": Uploaded("paper.pdf", io.BytesIO(b"%PDF-1.7\n" + paper))} if paper else {}
    answers.answer(actor, opened, step_of(opened, "papers"), {}, files)


# --- Lists -----------------------------------------------------------------------------------------------------------------------


def test_what_is_submitted_waits_oldest_first_and_drafts_wait_nowhere() -> None:
    first, second = asked(), asked()
    applications.start(signed_in(a_person()), SERVICE)
    listed = desk.queue(a_clerk(), DESK, "waiting")
    assert [line.reference for line in listed.lines] == [first.reference, second.reference]
    assert (listed.waiting, listed.mine, listed.onwards) == (2, 0, None)


def test_a_page_goes_on_where_the_last_one_ended_and_shows_nothing_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk, "PAGE", 2)
    made = [asked().reference for _ in range(5)]
    Application.update(submitted_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC)).execute()  # all in one moment
    clerk, after, read = a_clerk(), None, []
    for _ in range(3):
        page = desk.queue(clerk, DESK, "in-review", after)
        read += [line.reference for line in page.lines]
        after = page.onwards
    assert read == made and after is None


@pytest.mark.parametrize("view", list(desk.VIEWS))
def test_a_list_takes_few_statements_however_long_it_is(view: str) -> None:
    clerk = a_clerk()
    few = statements_of(lambda: desk.queue(clerk, DESK, view))
    for _ in range(4):
        asked()
    assert statements_of(lambda: desk.queue(clerk, DESK, view)) == few <= 4


def test_each_state_has_its_list() -> None:
    clerk = a_clerk()
    returned, refused, approved = asked(), asked(), asked()
    casework.decide(clerk, returned.reference, Outcome.RETURN, remarks={"subject": "Which tree?"})
    casework.decide(clerk, refused.reference, Outcome.REFUSE, reason="No tree there.")
    casework.decide(clerk, approved.reference, Outcome.APPROVE, reason="It will be cut.")
    where = {view: [line.reference for line in desk.queue(clerk, DESK, view).lines] for view in desk.VIEWS}
    assert {view: lines for view, lines in where.items() if lines} == {
        "returned": [returned.reference],
        "refused": [refused.reference],
        "to-pay": [approved.reference],
    }


def test_a_clerk_sees_the_desks_of_their_authority_or_section_and_no_others() -> None:
    opened = asked()
    sections = catalogue.authorities["municipality"].sections
    assert set(staff.desks_of(a_clerk("municipality"))) == {"municipality", *(f"municipality.{section}" for section in sections)}
    assert staff.desks_of(a_clerk(DESK)) == [DESK]
    stranger = a_clerk("chamber")
    for look in (
        lambda: desk.queue(stranger, DESK, "waiting"),
        lambda: desk.search(stranger, DESK, opened.reference),
        lambda: desk.take_next(stranger, DESK),
        lambda: dossiers.of(stranger, opened.reference),
        lambda: dossiers.note(stranger, opened.reference, "Hm"),
        lambda: casework.take(stranger, opened.reference),
        lambda: dossiers.of(a_clerk(), "MUNICIPALITY-2026-9999999-1"),
    ):
        with pytest.raises(NotFound):
            look()
    with pytest.raises(NotAllowed):
        desk.queue(signed_in(a_person()), DESK, "waiting")
    with pytest.raises(NotFound):
        dossiers.of(a_clerk(), applications.start(signed_in(a_person()), SERVICE).reference)


# --- Taking ----------------------------------------------------------------------------------------------------------------------


def test_who_comes_second_is_told_who_has_it_and_overwrites_nothing() -> None:
    opened, first, second = asked(), a_clerk(first_name="Maryam", arabic_name="مريم الشيدي"), a_clerk(locale="ar")
    casework.take(first, opened.reference)
    casework.take(first, opened.reference)
    for act in (
        lambda: casework.take(second, opened.reference),
        lambda: casework.release(second, opened.reference),
        lambda: casework.decide(second, opened.reference, Outcome.APPROVE, reason="Yes"),
    ):
        with pytest.raises(Conflict) as told:
            act()
        assert told.value.message.values == {"name": "مريم الشيدي"}
    assert Application.get().clerk_id == first.account
    casework.release(first, opened.reference)
    casework.take(second, opened.reference)
    assert desk.queue(second, DESK, "mine").lines[0].mine


def test_two_clerks_who_take_the_oldest_at_once_get_two() -> None:
    made = {asked().reference for _ in range(2)}
    clerks, got, together = [a_clerk(), a_clerk()], [], threading.Barrier(2)

    def run(clerk: Actor) -> None:
        together.wait()
        got.append(desk.take_next(clerk, DESK))
        database.close()

    threads = [threading.Thread(target=run, args=(clerk,)) for clerk in clerks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(got) == made
    assert desk.take_next(clerks[0], DESK) is None


def test_nobody_takes_or_decides_their_own() -> None:
    clerk = a_clerk()
    own, other = asked(clerk), asked()
    assert desk.take_next(clerk, DESK) == other.reference
    assert desk.take_next(clerk, DESK) is None
    with pytest.raises(NotAllowed):
        casework.take(clerk, own.reference)
    with pytest.raises(NotAllowed):
        casework.decide(clerk, own.reference, Outcome.APPROVE, reason="Yes")


# --- One application -------------------------------------------------------------------------------------------------------------


def test_a_look_and_a_file_are_recorded_and_cost_the_same_however_much_happened() -> None:
    clerk, opened = a_clerk(), asked(paper=b"a plan")
    few = statements_of(lambda: dossiers.of(clerk, opened.reference))
    for _ in range(3):
        dossiers.note(clerk, opened.reference, "Ask the engineer.")
    assert statements_of(lambda: dossiers.of(clerk, opened.reference)) == few <= 10
    name, media_type, file = dossiers.file_of(clerk, opened.reference, 1, "paper")
    assert (name, media_type, file.read()) == ("paper.pdf", "application/pdf", b"%PDF-1.7\na plan")
    done = [row.action for row in AuditEntry.select().where(AuditEntry.account == clerk.account).order_by(AuditEntry.id)]
    assert done == ["application.viewed", *["application.noted"] * 3, "application.viewed", "file.viewed"]
    for version, field in ((1, "subject"), (1, "nothing"), (2, "paper")):
        with pytest.raises(NotFound):
            dossiers.file_of(clerk, opened.reference, version, field)


def test_notes_stay_as_they_were_written() -> None:
    clerk, opened = a_clerk(), asked()
    dossiers.note(clerk, opened.reference, "Ask the engineer.")
    with pytest.raises(IntegrityError):
        Note.update(text="Never mind").execute()


# --- Correcting ------------------------------------------------------------------------------------------------------------------


def test_only_what_was_asked_can_be_changed_and_it_returns_to_the_same_clerk_in_its_place() -> None:
    person, clerk = signed_in(a_person()), a_clerk()
    opened = asked(person, paper=b"first")
    submitted_at = Application.get().submitted_at
    casework.decide(
        clerk, opened.reference, Outcome.RETURN, remarks={"subject": "Which tree?", "paper": "Not readable", "text": " "}
    )
    back = applications.of(person, opened.reference)
    assert corrections.remarks_on(back.row) == {"subject": "Which tree?", "paper": "Not readable"}
    answer(person, back, "request", subject="The old fig", text="Something else entirely")
    attach(person, back, b"second")
    assert back.answers["text"] == "It leans over the road."
    again = submission.submit(person, back.reference, submission.offer(back).seal)
    assert again.state is State.IN_REVIEW
    row = Application.get()
    assert (row.version, row.clerk_id, row.submitted_at) == (2, clerk.account, submitted_at)
    assert corrections.remarks_on(row) == {}
    assert not desk.queue(a_clerk(), DESK, "waiting").lines
    assert desk.queue(clerk, DESK, "mine").lines[0].reference == opened.reference


def test_both_versions_are_kept_with_their_files_and_compared() -> None:
    person, clerk = signed_in(a_person()), a_clerk()
    opened = asked(person, paper=b"first")
    casework.decide(clerk, opened.reference, Outcome.RETURN, remarks={"subject": "Which tree?", "paper": "Not readable"})
    back = applications.of(person, opened.reference)
    answer(person, back, "request", subject="The old fig")
    attach(person, back, b"second")
    submission.submit(person, back.reference, submission.offer(back).seal)
    kept = corrections.versions_of(Application.get())
    assert [version.number for version in kept] == [1]
    rows = [row for _title, rows in corrections.compare(kept[0].frozen, Application.get().frozen) for row in rows]
    assert [(row.before["en"], row.after["en"], row.changed) for row in rows if row.before and row.after] == [
        ("A tree", "The old fig", True),
        ("It leans over the road.", "It leans over the road.", False),
        ("paper.pdf", "paper.pdf", True),  # another file of the same name
    ]
    files = [dossiers.file_of(clerk, opened.reference, version, "paper")[2].read() for version in (1, 2)]
    assert files == [b"%PDF-1.7\nfirst", b"%PDF-1.7\nsecond"]
    with pytest.raises(IntegrityError):
        Version.delete().execute()


def test_a_decision_about_a_version_that_was_corrected_meanwhile_is_not_recorded() -> None:
    person, clerk = signed_in(a_person()), a_clerk()
    opened = asked(person)
    casework.decide(clerk, opened.reference, Outcome.RETURN, remarks={"subject": "Which tree?"}, version=1)
    back = applications.of(person, opened.reference)
    answer(person, back, "request", subject="The old fig")
    submission.submit(person, back.reference, submission.offer(back).seal)
    with pytest.raises(Conflict):
        casework.decide(clerk, opened.reference, Outcome.APPROVE, reason="Yes", version=1)
    casework.decide(clerk, opened.reference, Outcome.APPROVE, reason="Yes", version=2)


# --- Finding ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    ["{reference}", "{bare}", "١٥٢٦٥٧٥", "1526575", "علي الجهضمى", "الجهضمي", "ahmad  ALJAHDHAMI", "المدرسه", "المدرسة القديمه"],
)
def test_it_is_found_by_any_number_and_any_spelling_of_a_name(typed: str) -> None:
    _account, person = an_owner(first_name="Ahmad", family_name="Aljahdhami", arabic_name="علي سعيد الجهضمي")
    wanted, other = asked(person, "سور المدرسة القديمة"), asked()
    text = typed.format(reference=wanted.reference.lower(), bare=wanted.reference.replace("-", " "))
    found = [line.reference for line in desk.search(a_clerk(), DESK, text).lines]
    assert found == [wanted.reference] and other.reference not in found


def test_words_that_are_all_frequent_are_looked_up_by_twos(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk, "CAP", 0)
    clerk = a_clerk()
    asked(subject="A palm that leans over the old road by the sea")
    asked(subject="The road to the sea leans")

    def found(typed: str) -> int:
        return len(desk.search(clerk, DESK, typed).lines)

    assert [found("road old"), found("sea road"), found("leans"), found("sea to road")] == [1, 2, 2, 1]
    assert found("palm sea") == 0  # far from each other


def test_what_is_not_known_is_not_found_and_nothing_finds_nothing() -> None:
    asked(subject="A tree")
    clerk = a_clerk()
    assert [desk.search(clerk, DESK, text).lines for text in ("", " - ", "camel", "tree camel", "leans")] == [[], [], [], [], []]
    assert SearchTerm.select().where(SearchTerm.term == "tree").count() == 1


def statements_of(look: Callable[[], object]) -> int:
    seen: list[str] = []
    database.obj.query_hooks.append(lambda event: seen.append(event.sql))
    look()
    database.obj.query_hooks.clear()
    return len(seen)
