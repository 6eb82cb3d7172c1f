"""Extracts brought in batch by batch: what they change is counted, what kills them costs a batch, and twice is once."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from peewee import Database

from engine.actor import Actor
from engine.errors import Conflict, NotAllowed, NotFound, Refusal
from engine.registers import Unreadable
from models import ImportState, Outbox, RegisterImport, RegisterRecord, RegisterRejection, database
from operations import outbox, register_imports, registers
from operations.outside import outside
from tests.support.administrators import an_administrator
from tests.support.builders import a_person, signed_in
from tests.support.portal_rules import ESTABLISHMENT

pytestmark = pytest.mark.usefixtures("rules")
HEADINGS = list(ESTABLISHMENT)


@pytest.fixture(autouse=True)
def small_batches(rules: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(register_imports, "BATCH", 2)
    monkeypatch.setattr(outbox, "doorbell", lambda: None)
    RegisterRecord.delete().execute()
    RegisterImport.delete().execute()
    yield


def extract(*rows: dict[str, str], headings: list[str] = HEADINGS) -> bytes:
    lines = [headings, *([(ESTABLISHMENT | row)[name] for name in headings] for row in rows)]
    return "".join(",".join(f'"{cell}"' for cell in line) + "\r\n" for line in lines).encode()


def companies(*numbers: int, **data: str) -> list[dict[str, str]]:
    return [{"number": str(number), **data} for number in numbers]


def sent(actor: Actor, content: bytes) -> int:
    return register_imports.begin(actor, "companies.csv", io.BytesIO(content))


def work(limit: int = 50) -> None:
    outbox.drain(limit)


def counts(actor: Actor, number: int) -> tuple[int, int, int, int, int]:
    report = register_imports.of(actor, number)
    return report.added, report.changed, report.unchanged, report.kept, report.rejections


def test_an_extract_is_read_by_the_queue_and_says_what_it_did() -> None:
    actor = an_administrator("chamber")
    first = sent(actor, extract(*companies(1, 2, 3, 4, 5)))
    assert register_imports.of(actor, first).state is ImportState.RUNNING
    work()
    assert counts(actor, first) == (5, 0, 0, 0, 0)
    second = sent(
        actor,
        extract(
            *companies(1, 2), *companies(3, 4, grade="first"), {"number": "5", "grade": "x"}, {"number": "", "grade": "first"}
        ),
    )
    work()
    report = register_imports.of(actor, second)
    assert counts(actor, second) == (0, 2, 2, 0, 2) and report.columns == {"grade": 2}
    assert (report.state, report.percent) == (ImportState.DONE, 100)
    assert [(line, reason["en"]) for line, reason in report.rejected] == [(6, "grade: unknown value 'x'"), (7, "number: missing")]
    assert list(register_imports.rejected(actor, second)) == list(report.rejected)
    assert not outside.storage.exists(RegisterImport.get_by_id(second).digest)


def test_the_same_file_again_changes_nothing() -> None:
    actor, content = an_administrator(), extract(*companies(1, 2, 3))
    sent(actor, content)
    work()
    again = sent(actor, content)
    work()
    assert counts(actor, again) == (0, 0, 3, 0, 0) and RegisterRecord.select().count() == 3


def test_what_is_killed_in_the_middle_goes_on_behind_its_last_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    actor, merge, calls = an_administrator(), register_imports._merge, []

    def dies_in_the_second(*given: object) -> object:
        calls.append(given)
        if len(calls) == 2:
            raise RuntimeError("killed")
        return merge(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(register_imports, "_merge", dies_in_the_second)
    number = sent(actor, extract({"number": "x", "grade": "none"}, *companies(1, 2, 3, 4)))
    work()
    row = RegisterImport.get()
    assert (row.added, row.rejected, row.line, row.state) == (1, 1, 3, ImportState.RUNNING)
    assert RegisterRecord.select().count() == 1
    Outbox.update(due_at=row.at, leased_until=None).execute()
    work()
    assert counts(actor, number) == (4, 0, 0, 0, 1)
    assert len(calls) == 4 and RegisterRejection.select().count() == 1


def test_between_slices_other_work_of_the_queue_has_its_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(register_imports, "AT_ONCE", -1)
    actor = an_administrator()
    number = sent(actor, extract(*companies(1, 2, 3, 4, 5)))
    work(limit=1)
    report = register_imports.of(actor, number)
    assert report.added == 2 and 0 < report.percent < 100
    work()
    assert counts(actor, number) == (5, 0, 0, 0, 0)


def test_a_command_goes_on_where_it_was_stopped(tmp_path: Path) -> None:
    file = tmp_path / "companies.csv"
    file.write_bytes(b"\xef\xbb\xbf" + extract(*companies(1, 2, 3, 4, 5, name_en="two\nlines")))

    def stop(percent: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        register_imports.import_extract(file, stop)
    assert RegisterRecord.select().count() == 2
    seen: list[int] = []
    report = register_imports.import_extract(file, seen.append)
    assert (report.added, report.unchanged, RegisterImport.select().count()) == (5, 0, 1)
    assert seen == sorted(seen) and len(seen) == 2
    found = registers.find("chamber.establishments", "5")
    assert found and found.title["en"] == "two\nlines"


def test_who_comes_late_to_a_batch_leaves_it_alone() -> None:
    actor = an_administrator()
    number = sent(actor, extract(*companies(1, 2, 3)))
    row = RegisterImport.get_by_id(number)
    RegisterImport.update(position=99).where(RegisterImport.id == number).execute()
    with pytest.raises(register_imports.Overtaken), outside.storage.open(row.digest) as stream:
        batch = next(register_imports._batches(stream, register_imports._register_in(stream), 0, 0))
        with database.atomic():
            register_imports._bring(row, register_imports._register_in(stream), batch)
    assert not RegisterRecord.select().exists()


def test_two_files_for_one_register_are_not_read_at_once(tmp_path: Path) -> None:
    actor = an_administrator()
    sent(actor, extract(*companies(1)))
    with pytest.raises(Conflict):
        sent(actor, extract(*companies(2)))
    file = tmp_path / "companies.csv"
    file.write_bytes(extract(*companies(3)))
    with pytest.raises(Conflict):
        register_imports.import_extract(file)


def test_a_file_that_breaks_in_the_middle_says_so_and_what_came_before_stays() -> None:
    actor = an_administrator()
    number = sent(actor, extract(*companies(1, 2, 3)) + b"\xff\xfe\r\n")
    work()
    report = register_imports.of(actor, number)
    assert report.state is ImportState.FAILED and "utf-8" in report.problem
    assert RegisterRecord.select().count() == 2
    again = sent(actor, extract(*companies(1, 2, 3)))
    work()
    assert counts(actor, again) == (1, 0, 2, 0, 0)


def test_a_number_that_comes_twice_counts_as_it_came_last() -> None:
    actor = an_administrator()
    number = sent(actor, extract({"number": "1", "grade": "first"}, {"number": "1", "grade": "second"}))
    work()
    assert counts(actor, number) == (1, 0, 1, 0, 0)
    assert RegisterRecord.get().data["grade"] == "second"


def test_an_administrator_brings_into_the_registers_of_their_authority() -> None:
    theirs, other = an_administrator("chamber"), an_administrator("municipality")
    number = sent(theirs, extract(*companies(1)))
    for act in (
        lambda: sent(other, extract(*companies(2))),
        lambda: register_imports.of(other, number),
        lambda: register_imports.rejected(other, number),
        lambda: register_imports.of(theirs, number + 1),
    ):
        with pytest.raises(NotFound):
            act()
    assert register_imports.page(other) == ([], None)
    assert [row.id for row in register_imports.page(theirs)[0]] == [number]
    with pytest.raises(NotAllowed):
        register_imports.page(signed_in(a_person()))


@pytest.mark.parametrize("content", [b"", b"number,name\r\n1,x\r\n", b"\xff\xfe\x00"])
def test_a_file_of_no_register_is_refused(content: bytes) -> None:
    with pytest.raises(Refusal) as refused:
        sent(an_administrator(), content)
    assert refused.value.field == "file" and not RegisterImport.select().exists()


def test_a_csv_row_has_as_many_cells_as_headings():
    assert register_imports.whole({"a": "1", "b": ""}) == {"a": "1", "b": ""}
    for row, says in (
        ({"a": "1", "b": None}, "1 cells where the headings have 2"),
        ({"a": "1", "b": "2", None: ["3", "4"]}, "4 cells where the headings have 2"),
    ):
        with pytest.raises(Unreadable, match=says):
            register_imports.whole(row)  # type: ignore[arg-type]
