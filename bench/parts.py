"""Single things: starting, memory, a certificate, a password, and how soon and how surely the worker takes up work."""

import datetime as dt
import time
from collections.abc import Iterator
from statistics import median

from bench.figures import Figure, memory
from bench.house import House
from models import Document, Message, Outbox
from operations import documents, outbox, passwords
from operations.now import now

JOBS, KILLS = 60, 6
PICK_UPS = 12


def starting(house: House) -> Iterator[Figure]:
    """From the command to the first page."""
    start = time.perf_counter()
    house.start("portal")
    yield Figure("start_to_first_page", time.perf_counter() - start, "s")


def memories(house: House) -> Iterator[Figure]:
    """After everything else was asked of it."""
    yield Figure("memory_web_process", memory(house.pid("portal")), "MB")
    yield Figure("memory_floor_process", memory(house.pid("floor")), "MB")


def certificates(times: int) -> Iterator[Figure]:
    """Drawn and signed, as the queue does; nothing of it on a request's time. Needs a completed application."""
    document = Document.get(Document.kind == "certificate")
    taken = []
    for _each in range(times + 1):
        Document.update(digest=None).where(Document.id == document.id).execute()
        start = time.perf_counter()
        documents.draw({"serial": document.serial})
        taken.append(time.perf_counter() - start)
    yield Figure("certificate", median(taken[1:]), "s")
    yield Figure("certificate_first", taken[0], "s")


def password_checks(times: int = 8) -> Iterator[Figure]:
    kept, taken = passwords.hashed("seven palms by the falaj"), []
    for _each in range(times):
        start = time.perf_counter()
        assert passwords.fits("seven palms by the falaj", kept)
        taken.append(time.perf_counter() - start)
    yield Figure("password_check", 1000 * median(taken), "ms")


def jobs(house: House, name: str) -> Iterator[Figure]:
    """How soon an idle worker takes up what was promised, and what is lost when it is killed six times in the middle of it.

    The work is a message that was sent already: there is nothing to do but to take it up.
    """
    Outbox.update(done_at=now()).where(Outbox.done_at.is_null()).execute()
    key = _sent_message()
    house.start("worker")
    _wait_until_done(_promise(key, "warm"))
    waits = []
    for each in range(PICK_UPS):
        time.sleep(0.37)  # idle again, and not in step with its sweep
        row = _promise(key, f"pick-up:{each}")
        _wait_until_done(row)
        waits.append(_done_at(row) - row.due_at)
    yield Figure(f"job_pick_up_{name}", 1000 * median(wait.total_seconds() for wait in waits), "ms")
    yield Figure(f"job_pick_up_{name}_longest", 1000 * max(waits).total_seconds(), "ms")
    yield Figure(f"jobs_lost_{name}", _lost(house, key), "jobs")
    house.kill("worker")


def _lost(house: House, key: str) -> int:
    for kill in range(KILLS):
        for each in range(JOBS // KILLS):
            _promise(key, f"job:{kill}:{each}")
        house.kill("worker")
        # what a lease would do in two minutes
        Outbox.update(leased_until=None).where(Outbox.done_at.is_null()).execute()
        house.start("worker")
    left = Outbox.key.startswith("bench:") & Outbox.done_at.is_null()
    end = time.monotonic() + 30
    while Outbox.select().where(left).count() and time.monotonic() < end:
        time.sleep(0.1)
    return Outbox.select().where(left).count()


def _sent_message() -> str:
    moment, key = now(), "bench"
    Message.insert(
        key=key, channel="mail", destination="-", locale="ar", template="-", created_at=moment, sent_at=moment
    ).on_conflict_ignore().execute()
    return key


def _promise(message: str, key: str) -> Outbox:
    outbox.put("message", f"bench:{key}", key=message)
    return Outbox.get(Outbox.key == f"bench:{key}")  # type: ignore[no-any-return]


def _wait_until_done(row: Outbox, patience: float = 30) -> None:
    end = time.monotonic() + patience
    while not _done_at(row) and time.monotonic() < end:
        time.sleep(0.02)


def _done_at(row: Outbox) -> dt.datetime:
    return Outbox.get_by_id(row.id).done_at  # type: ignore[no-any-return]
