"""Work promised in a transaction and done after it: never lost, never done twice.

`put` writes the row in the business transaction and rings the worker after the commit. Whoever drains leases a row, does the work, and
marks it done. A crash leaves a row whose lease runs out; the sweeper then finds it.
"""

import datetime as dt
import logging
import threading
import weakref
from collections.abc import Callable
from typing import Any

from models import Outbox, database
from operations.now import now
from statements import statement

LEASE = dt.timedelta(minutes=2)
AT_ONCE = 20  # pieces that one transaction may promise before they take turns with those of others
TURN = dt.timedelta(seconds=0.5)  # between those beyond: half of what the smallest worker does
WAITS = tuple(dt.timedelta(seconds=seconds) for seconds in (5, 30, 120, 600, 3600, 6 * 3600, 24 * 3600))

Handler = Callable[[dict[str, Any]], None]
handlers: dict[str, Handler] = {}
doorbell: Callable[[], None] = lambda: None  # noqa: E731 - tasks.py hangs the real one

log = logging.getLogger(__name__)
_last = threading.local()  # the transaction that rings already


class Postpone(Exception):
    """Raised by a handler that is not done yet: come back after `wait`."""

    def __init__(self, wait: dt.timedelta) -> None:
        super().__init__(f"again in {wait}")
        self.wait = wait


class GiveUp(Exception):
    """Raised by a handler when trying again cannot help."""


def handles(kind: str) -> Callable[[Handler], Handler]:
    def register(handler: Handler) -> Handler:
        handlers[kind] = handler
        return handler

    return register


def put(kind: str, key: str, /, *, wait: dt.timedelta = dt.timedelta(0), **payload: Any) -> None:
    """Promise a piece of work, once per key. Part of the caller's transaction, which rings once, however much it promises.

    A transaction that promises much, such as a list of five hundred that is paid, spreads it: others come in between, whoever waits for a
    code or a receipt of their own.
    """
    transaction = database.top_transaction()
    if transaction is None or transaction is not getattr(_last, "transaction", lambda: None)():
        _last.transaction, _last.promised = weakref.ref(transaction) if transaction else lambda: None, 0
        database.after_commit(_ring)
    _promise.run(kind, key, payload, now() + wait + max(_last.promised - AT_ONCE + 1, 0) * TURN)
    _last.promised += 1


@statement
def _promise(kind: Any, key: Any, payload: Any, due_at: Any) -> Any:
    values = {Outbox.kind: kind, Outbox.key: key, Outbox.payload: payload, Outbox.due_at: due_at}
    return Outbox.insert(values).on_conflict_ignore()


def _ring() -> None:
    try:
        doorbell()
    except Exception:  # what was promised is committed; a bell that does not ring only means waiting for the next sweep
        log.warning("the doorbell did not ring", exc_info=True)


def drain(limit: int = 200) -> int:
    """Do what is due, one piece after the other; returns how many were taken up."""
    taken = 0
    while taken < limit and (row := _lease()) is not None:
        taken += 1
        _do(row)
    return taken


def _lease() -> Outbox | None:
    """The next piece of work that nobody holds, held by us for a while."""
    moment = now()
    free = Outbox.leased_until.is_null() | (Outbox.leased_until < moment)
    waiting = Outbox.done_at.is_null() & Outbox.failed_at.is_null() & (Outbox.due_at <= moment) & free
    with database.atomic():
        row = Outbox.select().where(waiting).order_by(Outbox.due_at, Outbox.id).first()
        if row is None:
            return None
        won = Outbox.update(leased_until=moment + LEASE, tries=Outbox.tries + 1).where((Outbox.id == row.id) & waiting).execute()
    row.tries += 1
    return row if won else _lease()


def _do(row: Outbox) -> None:
    try:
        handlers[row.kind](row.payload)
    except Postpone as postponed:
        _settle(row, due_at=now() + postponed.wait, leased_until=None)
    except GiveUp as reason:
        _settle(row, failed_at=now(), error=str(reason)[:500])
    except Exception as problem:  # the worker outlives every piece of work; the row says what happened
        log.exception("outbox %s %s failed, try %s", row.kind, row.key, row.tries)
        _settle(row, due_at=now() + WAITS[min(row.tries, len(WAITS)) - 1], leased_until=None, error=repr(problem)[:500])
    else:
        _settle(row, done_at=now(), error="")


def _settle(row: Outbox, **values: Any) -> None:
    """Write down how it went, unless our lease ran out and somebody else has it now."""
    Outbox.update(**values).where((Outbox.id == row.id) & (Outbox.tries == row.tries)).execute()
