"""SQLite's writers take turns at the gate; nobody waits while others pass, and nobody is left holding it."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from peewee import OperationalError

from databases import Fair, database_at


@pytest.fixture
def fair(tmp_path: Path) -> Iterator[Fair]:
    database = database_at(f"sqlite:///{tmp_path / 'fair.db'}")
    assert isinstance(database, Fair)
    database.execute_sql("CREATE TABLE notes (id INTEGER PRIMARY KEY, note TEXT NOT NULL)")
    yield database
    database.close()


def write(database: Fair, note: str | None) -> None:
    with database.atomic():
        database.execute_sql("INSERT INTO notes (note) VALUES (?)", (note,))


def open_to_another(database: Fair) -> bool:
    """Whether another thread gets through the gate within a moment."""
    done = threading.Event()

    def other() -> None:
        write(database, "another")
        database.close()
        done.set()

    threading.Thread(target=other, daemon=True).start()
    return done.wait(0.3)


def test_a_writer_waits_until_the_one_before_has_finished(fair: Fair) -> None:
    with fair.atomic():
        assert not open_to_another(fair)
    time.sleep(0.1)
    assert fair.execute_sql("SELECT note FROM notes").fetchall() == [("another",)]


def test_a_reader_does_not_wait(fair: Fair) -> None:
    done = threading.Event()

    def reader() -> None:
        fair.execute_sql("SELECT * FROM notes").fetchall()
        fair.close()
        done.set()

    with fair.atomic():
        threading.Thread(target=reader, daemon=True).start()
        assert done.wait(2)


def test_the_gate_is_open_after_a_rollback(fair: Fair) -> None:
    with pytest.raises(Exception, match="NOT NULL"):
        write(fair, None)
    assert open_to_another(fair)


def test_the_gate_is_open_after_a_beginning_that_failed(fair: Fair) -> None:
    with pytest.raises(OperationalError):
        fair.begin("NONSENSE")
    assert open_to_another(fair)


def test_the_gate_is_open_after_a_connection_was_closed_midway(fair: Fair) -> None:
    fair.begin()
    fair.close()
    assert open_to_another(fair)


def test_a_transaction_within_a_transaction_keeps_its_place(fair: Fair) -> None:
    with fair.atomic():
        write(fair, "within")
        assert not open_to_another(fair)
    assert open_to_another(fair)
