"""Return page, notification, poller and impatient people at the same moment: in threads, and in processes as in production."""

import multiprocessing
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from peewee import Database, SqliteDatabase

import models
from engine.errors import Conflict
from models import AttemptEvent, GatewayInbox, PaymentAttempt, Receipt, Refund
from operations import applications, ledger, payments
from tests.support.bank import Bank, tell
from tests.support.books import assert_books_stand, flags
from tests.support.builders import Renewal, a_submitted_renewal
from tests.support.database import opened

PROCESSES = 8


def in_threads(*jobs: Callable[[], Any]) -> list[Any]:
    """All at once, each with a connection of its own; what each returned, or the exception."""
    barrier = threading.Barrier(len(jobs))

    def run(job: Callable[[], Any]) -> Any:
        try:
            models.database.connect(reuse_if_open=True)
            barrier.wait(10)
            return job()
        except Exception as problem:
            return problem
        finally:
            models.database.close()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


def in_processes(database: Database, jobs: list[Callable[[], None]]) -> list[int | None]:
    """All at once, each in a process of its own; their exit codes. Nobody inherits a connection."""
    url = database.database if isinstance(database, SqliteDatabase) else None
    connect = database.connect_params
    database.close()
    context = multiprocessing.get_context("fork")
    barrier = context.Barrier(len(jobs))

    def run(job: Callable[[], None]) -> None:
        own = opened(f"sqlite:///{url}") if url else type(database)(database.database, **connect)
        models.database.initialize(own)
        own.connect()
        barrier.wait(20)
        job()

    children = [context.Process(target=run, args=(job,)) for job in jobs]
    for child in children:
        child.start()
    for child in children:
        child.join(30)
    database.connect()
    return [child.exitcode for child in children]


@pytest.fixture
def slow_books(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Whoever books takes its time, so that the others arrive in the middle. Set as soon as somebody is there."""
    inside, post = threading.Event(), ledger.post

    def slowly(*args: Any) -> Any:
        inside.set()
        threading.Event().wait(0.15)
        return post(*args)

    monkeypatch.setattr("operations.ledger.post", slowly)
    return inside


def after(event: threading.Event, job: Callable[[], Any]) -> Callable[[], Any]:
    def run() -> Any:
        event.wait(10)
        return job()

    return run


def test_return_and_notification_at_once_give_one_receipt_and_no_error(till: Bank, slow_books: threading.Event) -> None:
    renewal = a_submitted_renewal()
    uuid = till.opens(renewal.goes_to_pay())
    word = till.decides(uuid)
    answers = in_threads(
        lambda: tell(word, "browser"),
        after(slow_books, lambda: tell(word, "merchant")),
        after(slow_books, lambda: tell(word, "browser")),
        after(slow_books, lambda: payments.ask_now(renewal.actor, uuid)),
    )
    assert answers == [uuid, uuid, uuid, None]
    assert Receipt.select().count() == 1 and not flags()
    assert_books_stand()


def test_two_attempts_charged_at_once_give_one_receipt_and_one_refund(till: Bank, slow_books: threading.Event) -> None:
    renewal = a_submitted_renewal()
    old = till.opens(renewal.goes_to_pay())
    tell(till.decides(old, "DECLINE"))
    new = till.opens(renewal.goes_to_pay())
    first, second = till.decides(old), till.decides(new)
    assert in_threads(lambda: tell(first), after(slow_books, lambda: tell(second))) == [old, new]
    assert (Receipt.select().count(), Refund.select().count()) == (1, 1)
    assert_books_stand()
    assert till.holds == ledger.balance("clearing:cybersource:test")


def test_withdrawing_while_the_money_arrives_ends_one_way_or_the_other(till: Bank, slow_books: threading.Event) -> None:
    renewal = a_submitted_renewal()
    uuid = till.opens(renewal.goes_to_pay())
    word = till.decides(uuid)
    told, withdrawn = in_threads(
        lambda: tell(word), after(slow_books, lambda: applications.withdraw(renewal.actor, renewal.reference))
    )
    assert told == uuid and isinstance(withdrawn, Conflict)
    assert Receipt.select().count() == 1
    assert_books_stand()


def test_impatient_clicks_on_pay_are_one_attempt(till: Bank) -> None:
    renewal = a_submitted_renewal()
    uuids = in_threads(*[lambda: payments.begin(renewal.actor, renewal.reference)] * 6)
    assert len(set(uuids)) == 1 and PaymentAttempt.select().count() == 1
    checkouts = in_threads(*[lambda: payments.checkout(renewal.actor, uuids[0])] * 4)
    assert len({form.fields["transaction_uuid"] for form in checkouts}) == 1
    assert [event.kind for event in AttemptEvent.select()] == ["submitted"]


def test_eight_processes_with_the_same_payment_give_one_receipt(till: Bank, database: Database) -> None:
    renewal = a_submitted_renewal()
    uuid = till.opens(renewal.goes_to_pay())
    word = till.decides(uuid)
    jobs = [deliver(word, "browser" if number % 2 else "merchant") for number in range(PROCESSES)]
    assert in_processes(database, jobs) == [0] * PROCESSES
    assert Receipt.select().count() == 1 and GatewayInbox.select().count() == 2
    assert_books_stand()


def test_eight_processes_with_a_payment_each_leave_no_gap(till: Bank, database: Database) -> None:
    payer = a_submitted_renewal().actor
    words = []
    for _ in range(PROCESSES):
        words.append(till.decides(till.opens(a_submitted_renewal(actor=payer).goes_to_pay())))
    assert in_processes(database, [deliver(word, "merchant") for word in words]) == [0] * PROCESSES
    assert sorted(receipt.sequence for receipt in Receipt.select()) == list(range(1, PROCESSES + 1))
    assert_books_stand()


def deliver(word: bytes, channel: Any) -> Callable[[], None]:
    def run() -> None:
        assert tell(word, channel)

    return run


def test_renewals_paid_in_threads_leave_no_gap(till: Bank, slow_books: threading.Event) -> None:
    payer = a_submitted_renewal().actor
    renewals: list[Renewal] = [a_submitted_renewal(actor=payer) for _ in range(4)]
    words = [till.decides(till.opens(renewal.goes_to_pay())) for renewal in renewals]
    jobs: list[Callable[[], Any]] = [lambda word=word: tell(word) for word in words]  # type: ignore[misc]
    assert None not in in_threads(*jobs)
    assert sorted(receipt.sequence for receipt in Receipt.select()) == [1, 2, 3, 4]
    assert_books_stand()
