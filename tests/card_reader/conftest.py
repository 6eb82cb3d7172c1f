from collections.abc import Iterator

import pytest
from smartcard import scard

from card_reader.reader import Readers, service
from card_reader.simulator.card import VirtualCard
from tests.support.card import VirtualReader, card, until, virtual_reader_here


@pytest.fixture(scope="session")
def pcsc() -> Iterator[VirtualReader]:
    with virtual_reader_here() as reader:
        yield reader


@pytest.fixture(scope="module")
def readers(pcsc: VirtualReader) -> Iterator[Readers]:
    readers = Readers()
    yield readers
    readers.close()


@pytest.fixture
def slots(pcsc: VirtualReader) -> VirtualReader:
    """Two empty readers."""
    emptied(pcsc)
    return pcsc


@pytest.fixture(scope="session")
def plain() -> list[VirtualCard]:
    """The card that stays in the first reader from test to test, for taking cards out and in costs most of a second."""
    return []


@pytest.fixture
def plugged(pcsc: VirtualReader, plain: list[VirtualCard]) -> VirtualCard:
    """A fresh card, in the first reader alone."""
    fresh = card()
    if [link.card for link in pcsc.links.values()] == plain and plain:
        pcsc.links[0].card = fresh
    else:
        emptied(pcsc)
        pcsc.insert(fresh)
    plain[:] = [fresh]
    return fresh


def emptied(pcsc: VirtualReader) -> None:
    """The service itself has noticed: what it missed, it would take for the next card."""
    pcsc.pull(wait=0)
    until(lambda: all_empty(pcsc))


def all_empty(pcsc: VirtualReader) -> bool:
    with service() as context:
        states = scard.SCardGetStatusChange(context, 0, [(name, scard.SCARD_STATE_UNAWARE) for name in pcsc.names])[1]
    return all(state & scard.SCARD_STATE_EMPTY for _, state, _ in states)
