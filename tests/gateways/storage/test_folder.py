"""Bytes are found by what they contain, whole or not at all."""

import hashlib
import io
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from gateways.storage import Damaged, Missing
from gateways.storage.folder import CHUNK, FolderStorage

NOTHING_WE_HOLD = hashlib.sha256(b"never put").hexdigest()


@pytest.fixture
def storage(tmp_path: Path) -> FolderStorage:
    return FolderStorage(tmp_path / "store")


def files(storage: FolderStorage) -> list[Path]:
    return [path for path in storage.root.rglob("*") if path.is_file()]


@pytest.mark.parametrize("data", [b"", b"hello", os.urandom(2 * CHUNK + 7)], ids=["empty", "small", "large"])
def test_bytes_and_streams_are_kept_under_their_digest(storage: FolderStorage, data: bytes) -> None:
    digest = storage.put(io.BytesIO(data))
    assert digest == hashlib.sha256(data).hexdigest() == storage.put(data)
    with storage.open(digest) as kept:
        assert kept.read() == data
    assert storage.size(digest) == len(data)
    assert storage.exists(digest)
    assert files(storage) == [storage.root / digest[:2] / digest[2:4] / digest]


def test_what_is_not_there_is_missing(storage: FolderStorage) -> None:
    assert not storage.exists(NOTHING_WE_HOLD)
    for ask in (storage.open, storage.size):
        with pytest.raises(Missing):
            ask(NOTHING_WE_HOLD)


def test_what_is_deleted_is_gone_and_may_be_deleted_again(storage: FolderStorage) -> None:
    digest = storage.put(b"hello")
    storage.delete(digest)
    storage.delete(digest)
    assert not storage.exists(digest)
    assert files(storage) == []


@pytest.mark.parametrize(
    "trick",
    ["../../etc/passwd", "/etc/passwd", "", ".", "a" * 63, "A" * 64, "a" * 64 + "\n", "a" * 60 + "/../", "٠" * 64, "\0" * 64],
)
def test_nothing_but_a_digest_becomes_a_path(storage: FolderStorage, trick: str) -> None:
    for ask in (storage.open, storage.size, storage.exists, storage.delete):
        with pytest.raises(ValueError, match="not a SHA-256 digest"):
            ask(trick)


def test_a_stream_that_breaks_leaves_nothing_behind(storage: FolderStorage) -> None:
    class Broken(io.RawIOBase):
        def read(self, size: int = -1) -> bytes:
            raise OSError("the line went dead")

    with pytest.raises(OSError, match="went dead"):
        storage.put(Broken())
    assert files(storage) == []


def test_what_is_there_is_never_overwritten(storage: FolderStorage) -> None:
    digest = storage.put(b"hello")
    path = storage.root / digest[:2] / digest[2:4] / digest
    before = path.stat().st_ino
    storage.put(b"hello")
    assert path.stat().st_ino == before


def test_damage_is_found_and_left_for_a_person_to_look_at(storage: FolderStorage) -> None:
    digest = storage.put(b"hello")
    path = storage.root / digest[:2] / digest[2:4] / digest
    path.write_bytes(b"jello")
    with pytest.raises(Damaged):
        storage.put(b"hello")
    assert path.read_bytes() == b"jello"


def test_a_disk_that_gives_back_something_else_is_noticed(storage: FolderStorage) -> None:
    class Meddler(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            chunk = super().read(size)
            if not chunk:
                [arrival] = storage.incoming.iterdir()
                with arrival.open("r+b") as file:
                    file.write(b"X")
            return chunk

    with pytest.raises(Damaged):
        storage.put(Meddler(bytes(CHUNK)))
    assert files(storage) == []


def test_many_at_once_keep_one(storage: FolderStorage) -> None:
    with ThreadPoolExecutor(8) as threads:
        digests = set(threads.map(lambda _: storage.put(b"the same" * 1000), range(40)))
    assert len(digests) == len(files(storage)) == 1


def test_only_the_portal_reads_what_is_kept(storage: FolderStorage) -> None:
    storage.put(b"hello")
    assert all(path.stat().st_mode & 0o077 == 0 for path in [storage.root, *storage.root.rglob("*")])
