"""A smart card service of the tests' own, with two virtual readers, and virtual cards to put in."""

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from card_reader.apdu import Wire
from card_reader.errors import CardProblem
from card_reader.simulator import service
from card_reader.simulator.card import AUTHENTICATION, SIGNATURE, Manners, PrivateKey, VirtualCard, new_key
from card_reader.simulator.citizen import Citizen, TestAuthority, request
from card_reader.simulator.link import Link
from tests.support.processes import free_port

PIN = "123456"
NOTICED = 0.85  # seconds, two of the driver's looks: sooner, a card put in after a failed command is not seen


class VirtualReader:
    """Two slots, `names`, and what is in them. `environment` is for the programs that shall see it."""

    names = ("Virtual 00 00", "Virtual 00 01")

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.port = folder, port
        self.links: dict[int, Link] = {}
        self.start_again()
        self.environment = self._service.environment

    def insert(self, card: VirtualCard, slot: int = 0) -> Link:
        """Put the card into the slot. Raises AssertionError if the slot is taken, or its reader does not come up."""
        assert slot not in self.links
        self.links[slot] = link = until(lambda: self._inserted(card, slot))
        return link

    def pull(self, wait: float = NOTICED) -> None:
        """Take out all cards, and wait so many seconds, for the reader to notice."""
        for link in self.links.values():
            link.pull()
        if self.links:
            time.sleep(wait)
        self.links.clear()

    def crash(self) -> None:
        """The service ends, its readers with it."""
        self._service.stop()
        self.links.clear()

    def start_again(self, *, readers: bool = True) -> None:
        """The service comes back at the same address."""
        self._service = service.start(self.folder, {"Virtual": self.port} if readers else {})

    def _inserted(self, card: VirtualCard, slot: int) -> Link | None:
        try:
            return Link(card, self.port + slot)
        except OSError:
            return None


@contextmanager
def virtual_reader() -> Iterator[VirtualReader]:
    """A service of our own for as long as the block. Only programs started with its `environment` see it."""
    with tempfile.TemporaryDirectory(prefix="card-") as folder:
        reader = VirtualReader(Path(folder), free_port(2))
        try:
            yield reader
        finally:
            for link in reader.links.values():
                link.pull()
            reader.crash()


@contextmanager
def virtual_reader_here() -> Iterator[VirtualReader]:
    """The same, seen by this process too: once in its life, for the library of PC/SC reads the address once."""
    with virtual_reader() as reader:
        os.environ.update(reader.environment)
        yield reader


class Direct(Wire):
    """To the card without a reader: what every test of the commands needs, and a thousand of them soon have."""

    reader = "none"
    pin_pad = False

    def __init__(self, card: VirtualCard) -> None:
        self.card = card
        self.sent: list[bytes] = []
        self.short_of_lengths = card.manners.protocol == 0

    def transmit(self, command: bytes, seconds: float) -> bytes:
        self.sent.append(command)
        return self.card.transmit(command)

    def verify_on_pad(self, structure: bytes, seconds: float) -> bytes:
        raise CardProblem("card-answer", detail="no pad")

    @property
    def pins_sent(self) -> list[bytes]:
        return [command[5:] for command in self.sent if command[1] == 0x20 and len(command) > 5]


class Pad(Direct):
    """A reader with keys of its own: puts what the person types into the command it was given (PC/SC part 10)."""

    pin_pad = True

    def __init__(self, card: VirtualCard, typed: str | None) -> None:
        super().__init__(card)
        self.typed = typed

    def verify_on_pad(self, structure: bytes, seconds: float) -> bytes:
        head, command = structure[:19], structure[19:]
        most, fewest = head[5], head[6]
        assert int.from_bytes(head[15:19], "little") == len(command)
        assert head[2] == 0x82, "ASCII, left, from the first byte of the data"
        if self.typed is None:
            return b"\x64\x01"
        if not self.typed:
            return b"\x64\x00"
        if not fewest <= len(self.typed) <= most:
            return b"\x64\x03"
        return self.transmit(command[:5] + self.typed.encode().ljust(len(command) - 5, command[-1:]), seconds)


@cache
def key(kind: str, which: int = 0) -> PrivateKey:
    """Made once in a process: RSA takes its time."""
    return new_key(kind)


def card(kind: str = "P-256", manners: Manners | None = None, citizen: Citizen | None = None, **issuing: str) -> VirtualCard:
    """A citizen's card with an authentication and a signature key of that kind. `issuing`: policy, ocsp, crl."""
    virtual, authority = VirtualCard(manners, pin=PIN), TestAuthority(**issuing)
    for slot in (AUTHENTICATION, SIGNATURE):
        own = key(kind, slot)
        virtual.install(slot, own, authority.answer(request(citizen or Citizen(), own), slot))
    return virtual


def until(condition: Callable[[], Any], seconds: float = 10) -> Any:
    """The first truth `condition` tells. Raises AssertionError when there is none in time."""
    end = time.monotonic() + seconds
    while not (told := condition()):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.005)
    return told
