"""What tests with a true reader do again and again."""

import hashlib
import time

from card_reader.piv import Card
from card_reader.reader import Readers, Status
from tests.support.card import PIN as SECRET

DIGEST = hashlib.sha256(b"what is signed").digest()


def log_in(readers: Readers, reader: str | None = None) -> Card:
    with readers.open(reader) as asked:
        asked.certificate()
        asked.verify(SECRET)
        asked.sign(DIGEST)
        return asked


def states(status: Status) -> list[str]:
    return [each.state for each in status.readers]


def seen(readers: Readers, *wanted: str) -> Status:
    """Wait, by the readers' own notices, until they are in these states."""
    status, end = readers.status(), time.monotonic() + 10
    while states(status) != list(wanted):
        assert time.monotonic() < end, status
        status = readers.wait_for_change(status, 1)
    return status
