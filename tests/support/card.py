"""A smart card service of the tests' own, with two virtual readers, and virtual cards to put in."""

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from card_reader.simulator import service
from card_reader.simulator.card import AUTHENTICATION, SIGNATURE, Manners, PrivateKey, VirtualCard, new_key
from card_reader.simulator.citizen import Citizen, TestAuthority, request
from card_reader.simulator.link import Link
from tests.support.processes import free_port

PIN = "123456"
NOTICED = 0.85  # seconds, two of the driver's looks: sooner, a card put in after a failed command is not seen


class Reader:
    """Two slots, "… 00 00" and "… 00 01", and what is in them. For programs: `environment`."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.port = folder, port
        self._links: dict[int, Link] = {}
        self._service = service.start(folder, {"Virtual": port})
        self.environment = self._service.environment

    def insert(self, card: VirtualCard, slot: int = 0) -> Link:
        """Put the card into the slot, once the reader has come up."""
        self._links[slot] = link = until(lambda: self._inserted(card, slot))
        return link

    def _inserted(self, card: VirtualCard, slot: int) -> Link | None:
        try:
            return Link(card, self.port + slot)
        except OSError:
            return None

    def pull(self) -> None:
        """Take out all cards."""
        for link in self._links.values():
            link.pull()
        if self._links:
            time.sleep(NOTICED)
        self._links.clear()

    def crash(self) -> None:
        """The service ends, its readers with it."""
        self._service.stop()

    def start_again(self) -> None:
        """The service comes back at the same address."""
        self._service = service.start(self.folder, {"Virtual": self.port})


@contextmanager
def virtual_reader() -> Iterator[Reader]:
    """A service of our own, and this process told where it is, for as long as the block."""
    before = os.environ.get("PCSCLITE_CSOCK_NAME")
    with tempfile.TemporaryDirectory(prefix="card-") as folder:
        reader = Reader(Path(folder), free_port(2))
        os.environ.update(reader.environment)
        try:
            yield reader
        finally:
            for link in reader._links.values():
                link.pull()
            reader.crash()
            os.environ.pop("PCSCLITE_CSOCK_NAME")
            if before is not None:
                os.environ["PCSCLITE_CSOCK_NAME"] = before


def until(condition: Callable[[], Any], seconds: float = 5) -> Any:
    """The first truth `condition` tells. Raises AssertionError when there is none in time."""
    end = time.monotonic() + seconds
    while not (told := condition()):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.005)
    return told


@cache
def key(kind: str, which: int = 0) -> PrivateKey:
    """Made once in a process: RSA takes its time."""
    return new_key(kind)


def card(kind: str = "P-256", manners: Manners | None = None, citizen: Citizen | None = None, **issuing: str) -> VirtualCard:
    """A citizen's card with an authentication and a signature key of that kind."""
    virtual, authority = VirtualCard(manners, pin=PIN), TestAuthority(**issuing)
    for slot in (AUTHENTICATION, SIGNATURE):
        own = key(kind, slot)
        virtual.install(slot, own, authority.answer(request(citizen or Citizen(), own), slot))
    return virtual
