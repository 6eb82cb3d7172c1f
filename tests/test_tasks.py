"""The queue: a file of its own on SQLite, tables of its own on PostgreSQL. And its worker's sweep."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from peewee import Database

import models
import tasks
from models import Heartbeat
from operations import outbox
from tests.support.database import database, postgres_database, postgres_migrated, sqlite_template, sqlite_url

__all__ = ["database", "postgres_database", "postgres_migrated", "sqlite_template", "sqlite_url"]

SOMEBODY_WAITS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


def test_of_two_programs_that_begin_at_the_same_moment_both_come_up(postgres_url: str):
    """PostgreSQL's IF NOT EXISTS does not see a table that another transaction is just making, waits for it, and fails."""
    with ThreadPoolExecutor(1) as pool, psycopg.connect(postgres_url) as other, psycopg.connect(postgres_url) as watching:
        watching.autocommit = True
        other.execute("CREATE TABLE huey_kv (queue text, key text, value bytea NOT NULL, PRIMARY KEY (queue, key))")
        second = pool.submit(tasks.make_queue, postgres_url, Path())
        end = time.monotonic() + 20
        while not watching.execute(SOMEBODY_WAITS).fetchone()[0]:  # type: ignore[index]
            assert time.monotonic() < end and not second.done()
            time.sleep(0.02)
        other.commit()
        second.result(20)  # it came up
        assert watching.execute("SELECT count(*) FROM huey_task").fetchone() == (0,)


def test_a_worker_with_much_to_do_still_says_that_it_is_alive(database: Database, monkeypatch: pytest.MonkeyPatch):
    """Also while it works through what has waited for a database that was away."""
    beats, stopping = [], threading.Event()

    def slow(payload: dict[str, int]) -> None:
        beats.append(Heartbeat.get_by_id("worker").at)
        time.sleep(0.02)
        if len(beats) == 3:
            stopping.set()

    monkeypatch.setitem(outbox.handlers, "slow", slow)
    with models.database.atomic():
        for number in range(3):
            outbox.put("slow", f"slow:{number}", number=number)
    tasks._sweep(stopping)
    assert len(set(beats)) == 3
