"""Where bytes live: documents we issued and files people uploaded, found by the SHA-256 of what they contain."""

import datetime as dt
from collections.abc import Iterator
from typing import BinaryIO, Protocol


class Storage(Protocol):
    """Content-addressed: a digest is 64 lower-case hexadecimal figures, and what it names never changes.

    Anything else in place of a digest raises ValueError; a digest of nothing we hold raises Missing.
    """

    def put(self, data: bytes | BinaryIO) -> str:
        """Keep the bytes, durably before it returns, and say their digest. The same bytes twice are kept once."""
        ...

    def open(self, digest: str) -> BinaryIO:
        """The bytes, to be read and closed."""
        ...

    def size(self, digest: str) -> int:
        """How many bytes."""
        ...

    def exists(self, digest: str) -> bool: ...

    def delete(self, digest: str, *, untouched_since: dt.datetime | None = None) -> None:
        """Forget the bytes; forgetting what is not there is no error. Whoever calls knows that nothing else points to them.

        With `untouched_since` they stay if they were put (again) after that moment.
        """
        ...

    def untouched(self, since: dt.datetime) -> Iterator[str]:
        """Digests of all that was last put before that moment, in no order."""
        ...


class Missing(LookupError):
    """Nothing is kept under this digest."""


class Damaged(Exception):
    """What is kept under this digest is not what was put there: disk or operator trouble, for a person to look at."""
