from collections.abc import Iterator

import pytest

from card_reader.reader import Readers
from tests.support.card import VirtualReader, virtual_reader_here


@pytest.fixture(scope="session")
def pcsc() -> Iterator[VirtualReader]:
    with virtual_reader_here() as reader:
        yield reader


@pytest.fixture
def slots(pcsc: VirtualReader) -> Iterator[VirtualReader]:
    """Two empty readers."""
    yield pcsc
    pcsc.pull()


@pytest.fixture(scope="module")
def readers(pcsc: VirtualReader) -> Iterator[Readers]:
    readers = Readers()
    yield readers
    readers.close()
