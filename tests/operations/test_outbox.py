"""Promised work: done once, in order, whatever fails, waits, dies or rings in between."""

import datetime as dt
import multiprocessing
import os
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from peewee import Database, SqliteDatabase

import models
from models import Outbox
from operations import outbox
from operations.now import now
from tests.support.clock import Clock
from tests.support.database import opened

MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def done(database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was done, by a handler of kind "note"."""
    done: list[str] = []
    monkeypatch.setitem(outbox.handlers, "note", lambda payload: done.append(payload["what"]))
    return done


@models.database.atomic()
def promise(what: str, kind: str = "note", **options: Any) -> None:
    outbox.put(kind, what, what=what, **options)


def row(key: str) -> Outbox:
    return Outbox.get(Outbox.key == key)


def handled_by(monkeypatch: pytest.MonkeyPatch, handler: Any) -> None:
    monkeypatch.setitem(outbox.handlers, "note", handler)


def test_what_was_promised_is_done_once(done: list[str]) -> None:
    promise("a")
    assert outbox.drain() == 1 and outbox.drain() == 0
    assert done == ["a"] and row("a").done_at and row("a").tries == 1


def test_the_same_promise_twice_is_one_piece_of_work(done: list[str]) -> None:
    promise("a")
    promise("a")
    outbox.drain()
    promise("a")
    outbox.drain()
    assert done == ["a"]


def test_a_promise_of_a_transaction_that_failed_was_never_made(done: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    rung: list[bool] = []
    monkeypatch.setattr(outbox, "doorbell", lambda: rung.append(True))
    with pytest.raises(RuntimeError), models.database.atomic():
        outbox.put("note", "a", what="a")
        raise RuntimeError
    outbox.drain()
    assert not done and not rung


def test_the_doorbell_rings_after_the_commit(done: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "doorbell", outbox.drain)
    with models.database.atomic():
        outbox.put("note", "a", what="a")
        assert not done
    assert done == ["a"]


def test_a_doorbell_that_fails_loses_nothing_and_troubles_nobody(done: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise OSError("the queue's file is gone")

    monkeypatch.setattr(outbox, "doorbell", broken)
    with models.database.atomic():
        outbox.put("note", "a", what="a")
        outbox.put("note", "b", what="b")
    outbox.drain()
    assert done == ["a", "b"]


def test_work_is_done_in_the_order_it_falls_due(done: list[str], clock: Clock) -> None:
    promise("later", wait=3 * MINUTE)
    promise("soon", wait=MINUTE)
    promise("first")
    promise("second")
    assert outbox.drain() == 2
    clock.forward(minutes=5)
    promise("third")
    outbox.drain()
    assert done == ["first", "second", "soon", "later", "third"]


def test_what_is_not_due_waits(done: list[str], clock: Clock) -> None:
    promise("a", wait=MINUTE)
    clock.forward(seconds=59)
    assert outbox.drain() == 0
    clock.forward(seconds=2)
    assert outbox.drain() == 1


def test_who_promises_much_at_once_lets_others_come_in_between(done: list[str], clock: Clock) -> None:
    """A list of five hundred is paid, and somebody waits for a code."""
    many = [f"list-{number:03}" for number in range(outbox.AT_ONCE + 5)]
    with models.database.atomic():
        for each in many:
            promise(each)
    promise("code")
    outbox.drain()
    assert done == [*many[: outbox.AT_ONCE], "code"]
    clock.forward(seconds=5 * outbox.TURN.total_seconds())
    outbox.drain()
    assert done == [*many[: outbox.AT_ONCE], "code", *many[outbox.AT_ONCE :]]


def test_who_promises_little_again_and_again_waits_for_nothing(done: list[str]) -> None:
    for number in range(outbox.AT_ONCE * 2):
        promise(str(number))
    assert outbox.drain() == outbox.AT_ONCE * 2


def test_a_drain_takes_up_no_more_than_its_limit(done: list[str]) -> None:
    for number in range(5):
        promise(str(number))
    assert [outbox.drain(limit=3), outbox.drain(limit=3)] == [3, 2]


def test_a_failure_is_tried_again_after_longer_and_longer_waits(
    done: list[str], clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_payload: dict[str, Any]) -> None:
        raise ValueError("the printer is out of paper")

    handled_by(monkeypatch, fails)
    promise("a")
    for wait in (*outbox.WAITS, outbox.WAITS[-1]):
        before = now()
        assert outbox.drain() == 1 and outbox.drain() == 0
        failed = row("a")
        assert wait <= failed.due_at - before < wait + 10 * dt.timedelta(seconds=1)
        assert "out of paper" in failed.error and failed.done_at is None and failed.leased_until is None
        clock.forward(seconds=wait.total_seconds() - 11)
        assert outbox.drain() == 0
        clock.forward(seconds=22)
    handled_by(monkeypatch, lambda payload: done.append(payload["what"]))
    outbox.drain()
    assert done == ["a"] and row("a").error == ""


def test_one_failure_does_not_hold_up_the_rest(done: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    promise("a", kind="nobody knows this kind")
    promise("b")
    outbox.drain()
    assert done == ["b"] and row("a").done_at is None


def test_work_may_be_postponed(done: list[str], clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    def not_yet(payload: dict[str, Any]) -> None:
        done.append(payload["what"])
        raise outbox.Postpone(10 * MINUTE)

    handled_by(monkeypatch, not_yet)
    promise("a")
    for _ in range(3):
        assert outbox.drain() == 1 and outbox.drain() == 0
        clock.forward(minutes=9)
        assert outbox.drain() == 0
        clock.forward(minutes=2)
    assert done == ["a", "a", "a"] and not row("a").error


def test_work_may_be_given_up(done: list[str], clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    def hopeless(payload: dict[str, Any]) -> None:
        done.append(payload["what"])
        raise outbox.GiveUp("there is no such address")

    handled_by(monkeypatch, hopeless)
    promise("a")
    outbox.drain()
    clock.forward(days=30)
    outbox.drain()
    assert done == ["a"] and row("a").failed_at and row("a").error == "there is no such address"


def test_what_somebody_holds_is_left_alone_until_the_lease_runs_out(done: list[str], clock: Clock) -> None:
    promise("a")
    assert outbox._lease()
    assert outbox.drain() == 0
    clock.forward(seconds=outbox.LEASE.total_seconds() - 5)
    assert outbox.drain() == 0
    clock.forward(seconds=10)
    assert outbox.drain() == 1 and done == ["a"]


def test_whoever_lost_the_lease_does_not_undo_what_the_next_one_did(
    done: list[str], clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A handler so slow that its lease runs out: another drain does the work meanwhile, then the first one fails."""

    def slow(_payload: dict[str, Any]) -> None:
        clock.forward(seconds=outbox.LEASE.total_seconds() + 1)
        handled_by(monkeypatch, lambda payload: done.append(payload["what"]))
        assert outbox.drain() == 1
        raise ValueError("too late")

    handled_by(monkeypatch, slow)
    promise("a")
    outbox.drain()
    clock.forward(days=2)
    outbox.drain()
    assert done == ["a"] and row("a").done_at and row("a").error == ""


def test_drains_at_once_do_each_piece_once(done: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    count, workers = 24, 4
    lock, barrier = threading.Lock(), threading.Barrier(workers)

    def work(payload: dict[str, Any]) -> None:
        with lock:
            done.append(payload["what"])
        threading.Event().wait(0.005)

    def drain(_number: int) -> int:
        try:
            barrier.wait(10)
            return outbox.drain()
        finally:
            models.database.close()

    handled_by(monkeypatch, work)
    for number in range(count):
        promise(f"{number:02}")
    with ThreadPoolExecutor(workers) as pool:
        taken = sum(pool.map(drain, range(workers)))
    assert taken == count and sorted(done) == [f"{number:02}" for number in range(count)]
    assert all(row.done_at and row.tries == 1 for row in Outbox.select())


def test_a_worker_killed_midway_loses_nothing(database: Database, done: list[str], clock: Clock) -> None:
    """kill -9 in the middle of the second of three pieces: the first stays done, the others follow, one after its lease."""
    for what in ("a", "b", "c"):
        promise(what)
    sqlite = isinstance(database, SqliteDatabase)
    parameters = database.connect_params
    database.close()

    def die_midway() -> None:
        own = opened(f"sqlite:///{database.database}") if sqlite else type(database)(database.database, **parameters)
        models.database.initialize(own)
        outbox.handlers["note"] = lambda payload: os.kill(os.getpid(), signal.SIGKILL) if payload["what"] == "b" else None
        outbox.drain()

    child = multiprocessing.get_context("fork").Process(target=die_midway)
    child.start()
    child.join(20)
    assert child.exitcode == -signal.SIGKILL
    database.connect()
    assert row("a").done_at and row("b").leased_until and not row("b").done_at
    outbox.drain()
    assert done == ["c"]
    clock.forward(seconds=outbox.LEASE.total_seconds() + 5)
    outbox.drain()
    assert done == ["c", "b"] and row("b").tries == 2
