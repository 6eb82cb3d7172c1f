"""The queue and its worker (`flask work`). Huey wakes the worker when a transaction promised work; the outbox remembers what is to be done.

Huey delivers at most once, so nothing depends on its delivery: a doorbell that is lost only means waiting for the next sweep.
"""

import logging
import threading
from pathlib import Path

from huey.api import Huey, PostgresHuey, SqliteHuey
from psycopg.errors import UniqueViolation

from operations import audit_chain, escalations, health, housekeeping, outbox, reminders, retention

SWEEP_SECONDS = 2
DELAY = 0.05  # seconds between looks at the queue while idle
LONGEST_DELAY = 0.2

log = logging.getLogger(__name__)
queue: Huey


def make_queue(database: str, folder: Path) -> Huey:
    """On PostgreSQL the doorbell is LISTEN/NOTIFY; embedded it is a file of its own beside the database."""
    global queue
    if database.startswith("sqlite"):
        queue = SqliteHuey("bawaba", filename=str(folder / "queue.db"), results=False)
    else:
        queue = _postgres_queue(database)
    return queue


def _postgres_queue(database: str) -> Huey:
    """It makes its tables when it begins. Of two programs that begin at the same moment one fails, and then finds them made."""
    try:
        return PostgresHuey("bawaba", dsn=database, results=False)
    except UniqueViolation:
        return PostgresHuey("bawaba", dsn=database, results=False)


def hang_doorbell(huey: Huey) -> None:
    """Let a committed promise ring the worker, from whichever process it was made in."""

    @huey.task(name="drain")  # type: ignore[untyped-decorator]
    def drain() -> None:
        outbox.drain()

    def ring() -> None:
        try:
            drain()
        except Exception:  # the promise is committed; a bell that does not ring only means waiting for the sweep
            log.warning("the doorbell did not ring", exc_info=True)

    outbox.doorbell = ring


def work() -> None:
    """Drain the outbox whenever it rings, sweep it in between, until SIGTERM or Ctrl-C."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    logging.getLogger("huey").setLevel(logging.WARNING)
    stopping = threading.Event()
    housekeeping.schedule()
    retention.schedule()
    escalations.schedule()
    reminders.schedule()
    threading.Thread(target=_sweep, args=(stopping,), daemon=True).start()
    consumer = queue.create_consumer(
        workers=1, periodic=False, initial_delay=DELAY, max_delay=LONGEST_DELAY, graceful_signal="TERM"
    )
    try:
        consumer.run()
    finally:
        stopping.set()


def _sweep(stopping: threading.Event) -> None:
    """Find what no doorbell announced: work that fell due, or whose worker was killed. Also says that the worker is alive, and links the audit."""
    while not stopping.is_set():
        try:
            health.beat()
            linked = audit_chain.seal()
            if outbox.drain(limit=1) or linked == audit_chain.BATCH:
                continue  # after a long silence much waits: the worker still says that it is alive
        except Exception:  # the sweeper outlives a database that is away for a while
            log.exception("the sweep failed; it tries again")
        stopping.wait(SWEEP_SECONDS)
