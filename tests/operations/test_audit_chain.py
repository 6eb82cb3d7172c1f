"""The chain over the audit: whoever changes the past breaks it, in whatever way, also with the database in their hands."""

import threading

import pytest
from peewee import Database, SqliteDatabase

import models
from models import AuditEntry, AuditLink
from operations import audit, audit_chain
from operations.audit_chain import LATE, Finding, Flaw, Head
from operations.now import now
from tests.support.builders import a_person, signed_in


@pytest.fixture
def chain(database: Database) -> Database:
    """Six entries, linked."""
    wrote(6)
    assert audit_chain.seal() == 6
    assert found() == []
    return database


def wrote(count: int) -> None:
    actor = signed_in(a_person())
    for number in range(count):
        audit.record(actor, "application.viewed", f"MUNICIPALITY-{number}", field="ورقة", number=number, rate=1.5)


def found(*heads: Head) -> list[Finding]:
    return list(audit_chain.verify(heads))


def entry(number: int) -> int:
    return AuditLink.get_by_id(number).entry_id


def attack(database: Database, *statements: str) -> None:
    """As somebody who holds the database: no trigger and no foreign key stands in the way."""
    if isinstance(database, SqliteDatabase):
        database.execute_sql("PRAGMA foreign_keys = 0")
        for table in ("audit_entry", "audit_link"):
            for verb in ("update", "delete"):
                database.execute_sql(f"DROP TRIGGER {table}_no_{verb}")
    else:
        database.execute_sql("SET session_replication_role = replica")
    for statement in statements:
        database.execute_sql(statement)
    if not isinstance(database, SqliteDatabase):
        database.execute_sql("SET session_replication_role = origin")


# --- Linking ---------------------------------------------------------------------------------------------------------------------


def test_links_are_numbered_from_one_without_a_gap_and_go_on_where_they_ended(chain: Database) -> None:
    before = audit_chain.head()
    wrote(2)
    assert audit_chain.seal() == 2
    assert audit_chain.seal() == 0
    assert [link.number for link in AuditLink.select().order_by(AuditLink.number)] == list(range(1, 9))
    assert before.number == 6 and audit_chain.head().number == 8
    assert found(before, audit_chain.head()) == []


def test_more_than_a_batch_is_linked_batch_by_batch(database: Database) -> None:
    wrote(7)
    assert [audit_chain.seal(3) for _ in range(4)] == [3, 3, 1, 0]
    assert found() == []


def test_an_entry_that_was_committed_after_younger_ones_is_linked_after_them(database: Database) -> None:
    """PostgreSQL gives keys before it commits."""
    wrote(1)
    first = AuditEntry.get().id
    AuditEntry.create(id=first + 100, action="x", subject="y", at=now())
    assert audit_chain.seal() == 2
    AuditEntry.create(id=first + 50, action="x", subject="y", at=now())
    assert audit_chain.seal() == 1
    assert entry(3) == first + 50
    assert found() == []


def test_two_who_link_at_once_link_everything_once(database: Database) -> None:
    wrote(40)
    together, linked = threading.Barrier(2), []

    def run() -> None:
        together.wait()
        while count := audit_chain.seal(5):
            linked.append(count)
        models.database.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(linked) == 40
    assert audit_chain.head().number == 40
    assert found() == []


def test_who_dies_in_the_middle_leaves_nothing_half_linked(chain: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    wrote(3)

    class Killed(BaseException):
        pass

    def die(*_values: object) -> None:
        raise Killed

    whole = AuditLink.insert_many

    def half(rows: list[dict]) -> object:  # type: ignore[type-arg]
        whole(rows[:2]).execute()
        return type("Dying", (), {"execute": die})()

    with monkeypatch.context() as patched, pytest.raises(Killed):
        patched.setattr(AuditLink, "insert_many", half)
        audit_chain.seal()
    assert audit_chain.head().number == 6
    assert audit_chain.seal() == 3
    assert found() == []


# --- Tampering -------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        "action = 'x'",
        "subject = 'x'",
        "address = 'x'",
        "account_id = NULL",
        "details = '{}'",
        "at = '2026-01-01 00:00:00'",
    ],
)
def test_a_changed_entry_is_found_whatever_was_changed(chain: Database, change: str) -> None:
    attack(chain, f"UPDATE audit_entry SET {change} WHERE id = {entry(3)}")
    assert found() == [Finding(Flaw.CHANGED, 3, entry(3))]


def test_a_removed_entry_is_found(chain: Database) -> None:
    gone = entry(3)
    attack(chain, f"DELETE FROM audit_entry WHERE id = {gone}")
    assert found() == [Finding(Flaw.REMOVED, 3, gone)]


def test_an_entry_removed_with_its_link_is_found(chain: Database) -> None:
    gone = entry(3)
    attack(chain, "DELETE FROM audit_link WHERE number = 3", f"DELETE FROM audit_entry WHERE id = {gone}")
    assert found() == [Finding(Flaw.MISSING, 3)]


def test_a_removed_link_is_found(chain: Database) -> None:
    attack(chain, "DELETE FROM audit_link WHERE number = 3")
    assert found() == [Finding(Flaw.MISSING, 3)]


def test_links_moved_up_over_a_gap_are_found(chain: Database) -> None:
    attack(
        chain,
        "DELETE FROM audit_link WHERE number = 3",
        *(f"UPDATE audit_link SET number = {n - 1} WHERE number = {n}" for n in (4, 5, 6)),
    )
    assert found() == [Finding(Flaw.CHANGED, n, entry(n)) for n in (3, 4, 5)]


def test_a_changed_link_is_found(chain: Database) -> None:
    attack(chain, f"UPDATE audit_link SET digest = '{'0' * 64}' WHERE number = 3")
    assert found() == [Finding(Flaw.CHANGED, 3, entry(3)), Finding(Flaw.CHANGED, 4, entry(4))]


def test_two_entries_that_changed_places_are_found(chain: Database) -> None:
    a, b = entry(3), entry(4)
    attack(
        chain,
        "UPDATE audit_link SET entry_id = -1 WHERE number = 3",
        f"UPDATE audit_link SET entry_id = {a} WHERE number = 4",
        f"UPDATE audit_link SET entry_id = {b} WHERE number = 3",
    )
    assert found() == [Finding(Flaw.CHANGED, 3, b), Finding(Flaw.CHANGED, 4, a)]


def test_an_entry_inserted_into_the_past_is_found_though_the_worker_links_it(chain: Database) -> None:
    made = AuditEntry.create(action="x", subject="y", at=now() - 2 * LATE)
    assert found() == [Finding(Flaw.UNLINKED, None, made.id)]
    audit_chain.seal()
    assert found() == [Finding(Flaw.BACKDATED, 7, made.id)]


def test_an_entry_of_this_moment_may_wait_for_its_link(chain: Database) -> None:
    wrote(1)
    assert found() == []


def test_a_cut_end_is_found_by_the_head_that_was_kept(chain: Database) -> None:
    kept = audit_chain.head()
    last = entry(6)
    attack(chain, "DELETE FROM audit_link WHERE number = 6", f"DELETE FROM audit_entry WHERE id = {last}")
    assert found() == []
    assert found(kept) == [Finding(Flaw.CUT, 6)]


def test_a_chain_made_anew_is_found_by_the_head_that_was_kept(chain: Database) -> None:
    early, kept = Head.read(str(audit_chain.head())), audit_chain.head()
    attack(chain, f"UPDATE audit_entry SET subject = 'x' WHERE id = {entry(3)}", "DELETE FROM audit_link WHERE number >= 3")
    assert audit_chain.seal() == 4
    assert found() == []
    assert found(early, kept) == [Finding(Flaw.REPLACED, 6, entry(6))]


def test_reading_goes_on_across_pages(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_chain, "READ_AT_ONCE", 2)
    wrote(7)
    audit_chain.seal()
    attack(database, f"UPDATE audit_entry SET action = 'x' WHERE id = {entry(5)}")
    assert found() == [Finding(Flaw.CHANGED, 5, entry(5))]
