"""Registers that authorities keep themselves: asked when needed, and told what was paid here. One adapter for each register's own protocol."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from engine.money import Money


@dataclass(frozen=True, slots=True)
class Entry:
    """A record as the register has it now: its number, and its columns as `engine.registers.Register` stores them."""

    number: str
    data: dict[str, Any]


class OutsideRegister(Protocol):
    """Each raises Unavailable when the register does not answer, or not as agreed: nothing was lost, ask again."""

    def find(self, by: Mapping[str, str]) -> list[Entry]:
        """The records that fit all of `by` (by the names of the fields people type into); none for what it does not know."""
        ...

    def numbered(self, numbers: Iterable[str]) -> list[Entry]:
        """The records with these numbers, as far as there are any."""
        ...

    def settle(self, number: str, *, amount: Money, receipt: str, at: dt.datetime) -> bool:
        """Say that a record is paid. The same receipt again changes nothing.

        False when nothing was due any more: paid elsewhere, or cancelled.
        """
        ...

    def answers(self) -> bool:
        """Whether it is there."""
        ...
