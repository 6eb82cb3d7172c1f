"""Readers and the cards in them, by PC/SC. The only module that knows pyscard."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Literal

from card_reader.piv import Card


@dataclass(frozen=True)
class ReaderState:
    """A reader and what is in it. `pin_pad` is known once a card was in it."""

    name: str
    state: Literal["empty", "card", "unknown-card", "mute", "busy"]
    pin_pad: bool


@dataclass(frozen=True)
class Status:
    """`service` is False while the computer's smart card service cannot be reached."""

    service: bool
    readers: tuple[ReaderState, ...]


class Readers:
    """All readers of this computer. One for each process, for all its threads. `close()` ends its watching."""

    def status(self) -> Status:
        """Now."""
        raise NotImplementedError

    def wait_for_change(self, seen: Status, seconds: float) -> Status:
        """The first status unlike `seen`, or, after so many seconds, still `seen`."""
        raise NotImplementedError

    def open(self, reader: str | None = None) -> AbstractContextManager[Card]:
        """The card in that reader, or the first we can speak with: ours alone; logged out, reset and let go at the end."""
        raise NotImplementedError

    def close(self) -> None:
        """Stop watching."""
        raise NotImplementedError
