"""Files in the store that no row refers to any more, deleted by the queue.

A file is put into the store before the row that names it is written, so one that came or was put again within the last day is left
alone. Rows that let go of a file (retention, corrections, closed accounts) need not know who else has an equal one.
"""

import datetime as dt
from collections.abc import Iterable
from itertools import islice

from models import DataCopy, Declaration, Document, OwnPaper, Upload
from operations.now import now
from operations.outside import outside

LYING = dt.timedelta(days=1)
AT_ONCE = 500
REFERRING = (Upload.digest, Document.digest, DataCopy.digest, OwnPaper.digest, Declaration.drawn)
"""Every column that names a file of the store; a test finds one that is missing."""


def collect() -> int:
    """Delete what nothing refers to; returns how many files."""
    before, deleted = now() - LYING, 0
    lying = iter(outside.storage.untouched(before))
    while some := list(islice(lying, AT_ONCE)):
        for digest in set(some) - referred(some):
            outside.storage.delete(digest, untouched_since=before)
            deleted += 1
    return deleted


def referred(digests: Iterable[str]) -> set[str]:
    """Those that a row still names: equal files are kept once, somebody else's may be the same."""
    return {row[0] for column in REFERRING for row in column.model.select(column).where(column.in_(digests)).tuples()}
