"""Transactions: submitting and settling against a bare one of four inserts and a gapless counter; eight writers at once."""

import multiprocessing
import time
from collections.abc import Callable, Iterator
from statistics import median

import models
from bench.figures import Figure
from bench.people import Person
from bench.renewal import SERVICE
from engine.actor import Actor
from gateways.payments import Outcome
from models import PaymentAttempt, Receipt
from operations import answers, applications, payments, sessions, settlement, submission
from operations.outside import outside

WRITERS = 8
TYPED = {"establishment": "registration", "membership": "membership"}


def transactions(people: list[Person], name: str) -> Iterator[Figure]:
    """One writer, the three kinds in turn: the submitting transaction itself, and all of settling."""
    _bare_tables()
    times: dict[str, list[float]] = {"bare": [], "submit": [], "settle": []}
    for person in people:
        actor, opened, offer = _ready(person)
        times["bare"].append(_timed(_bare))
        times["submit"].append(_timed(lambda: submission._submit(actor, opened, offer, [], "")))  # noqa: B023 - called at once
        uuid = payments.begin(actor, opened.reference)
        times["settle"].append(_timed(lambda: _settle(uuid)))  # noqa: B023
    bare = median(times["bare"])
    yield Figure(f"bare_transaction_{name}", 1000 * bare, "ms")
    yield Figure(f"submit_{name}", 1000 * median(times["submit"]), "ms")
    yield Figure(f"submit_{name}/bare", bare / median(times["submit"]), "ratio")
    yield Figure(f"settle_{name}", 1000 * median(times["settle"]), "ms")
    yield Figure(f"settle_{name}/bare", bare / median(times["settle"]), "ratio")


def writers(people: list[Person], name: str) -> Iterator[Figure]:
    """Eight processes settle payments, each of its own, as fast as they can: how long the unluckiest waits."""
    uuids = []
    for person in people:
        actor, opened, offer = _ready(person)
        submission.submit(actor, opened.reference, offer.seal)
        uuids.append(payments.begin(actor, opened.reference))
    first = Receipt.select().count()
    models.database.close()  # a connection does not survive a fork
    with multiprocessing.get_context("fork").Pool(WRITERS) as pool:
        start = time.perf_counter()
        told = pool.map(_settle_all, [uuids[each::WRITERS] for each in range(WRITERS)], chunksize=1)
        took = time.perf_counter() - start
    waits = [wait for each in told for wait in each if wait is not None]
    numbers = [receipt.sequence for receipt in Receipt.select().order_by(Receipt.sequence)]
    yield Figure(f"writers_{name}", len(waits) / took, "transactions/s")
    yield Figure(f"writers_{name}_longest", 1000 * max(waits), "ms")
    yield Figure(f"writers_{name}_errors", len(uuids) - len(waits), "errors")
    yield Figure(f"writers_{name}_gaps", len(set(range(1, first + len(uuids) + 1)) - set(numbers)), "numbers")


def _settle_all(uuids: list[str]) -> list[float | None]:
    return [_or_none(lambda: _timed(lambda: _settle(uuid))) for uuid in uuids]  # noqa: B023


def _or_none(act: Callable[[], float]) -> float | None:
    try:
        return act()
    except Exception:  # whatever it is, it is counted
        return None


def _ready(person: Person) -> tuple[Actor, applications.Opened, submission.Offer]:
    """A draft with every answer, and its price."""
    actor = actor_of(person)
    opened = applications.start(actor, SERVICE)
    for step in opened.service.steps:
        if step.fields:
            typed = {"registration": person.establishment, "membership": person.membership, "months": "12"}
            answers.answer(actor, opened, step, typed)
    return actor, opened, submission.offer(opened)


def actor_of(person: Person) -> Actor:
    token = sessions.begin(person.account, browser="bench", address=person.address)
    actor = sessions.actor_of(token, "ar")
    assert actor
    return actor


def _settle(uuid: str) -> None:
    attempt = PaymentAttempt.get(PaymentAttempt.uuid == uuid)
    bank = outside.bank
    verdict = settlement.Verdict(
        Outcome.CAPTURED, bank.mode, bank.profile, attempt.amount, "OMR", uuid, "100", "visa", "411111xxxxxx1111"
    )
    assert settlement.settle(uuid, verdict, "query")


def _timed(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


# --- The bare one ----------------------------------------------------------------------------------------------------------------


def _bare_tables() -> None:
    key = "SERIAL PRIMARY KEY" if models.database.for_update else "INTEGER PRIMARY KEY"
    for table in ("bare_a", "bare_b", "bare_c", "bare_d"):
        models.database.execute_sql(
            f"CREATE TABLE IF NOT EXISTS {table} (id {key}, reference TEXT NOT NULL, number INTEGER NOT NULL)"
        )
    models.database.execute_sql("CREATE TABLE IF NOT EXISTS bare_counter (last INTEGER NOT NULL)")
    models.database.execute_sql("INSERT INTO bare_counter VALUES (0)")


def _bare() -> None:
    mark = models.database.param
    with models.database.atomic():
        for table in ("bare_a", "bare_b", "bare_c", "bare_d"):
            statement = f"INSERT INTO {table} (reference, number) VALUES ({mark}, {mark})"
            models.database.execute_sql(statement, ("CHAMBER-2026-0000001-2", 1))
        models.database.execute_sql("UPDATE bare_counter SET last = last + 1 RETURNING last").fetchone()
