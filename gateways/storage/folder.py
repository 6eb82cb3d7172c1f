"""Storage in a folder: `ab/cd/abcd…`, each file named by what it contains."""

import datetime as dt
import hashlib
import io
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, BinaryIO

from gateways.storage import Damaged, Missing

DIGEST = re.compile(r"[0-9a-f]{64}")
CHUNK = 1 << 20


class FolderStorage:
    """Files arrive under `incoming/` and get their name once whole and on the disk: a name never shows half a file."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.incoming = root / "incoming"
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.incoming.mkdir(mode=0o700, exist_ok=True)

    def put(self, data: bytes | BinaryIO) -> str:
        """Raises Damaged when the disk does not give back what was written, or already holds something else under that name."""
        stream = io.BytesIO(data) if isinstance(data, bytes) else data
        with tempfile.NamedTemporaryFile(dir=self.incoming) as arrival:
            digest = _copy(stream, arrival)
            arrival.flush()
            os.fsync(arrival.fileno())
            _check(Path(arrival.name), digest)
            self._name(Path(arrival.name), digest)
        return digest

    def open(self, digest: str) -> BinaryIO:
        try:
            return self._path(digest).open("rb")
        except FileNotFoundError as error:
            raise Missing(digest) from error

    def size(self, digest: str) -> int:
        try:
            return self._path(digest).stat().st_size
        except FileNotFoundError as error:
            raise Missing(digest) from error

    def exists(self, digest: str) -> bool:
        return self._path(digest).is_file()

    def delete(self, digest: str, *, untouched_since: dt.datetime | None = None) -> None:
        path = self._path(digest)
        if untouched_since is None or _untouched(path, untouched_since):
            path.unlink(missing_ok=True)

    def untouched(self, since: dt.datetime) -> Iterator[str]:
        for path in self.root.glob("[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]/*"):
            if DIGEST.fullmatch(path.name) and _untouched(path, since):
                yield path.name

    def _path(self, digest: str) -> Path:
        if not DIGEST.fullmatch(digest):
            raise ValueError("not a SHA-256 digest")
        return self.root / digest[:2] / digest[2:4] / digest

    def _name(self, arrival: Path, digest: str) -> None:
        """Link, not rename: in one step as well, and it never takes the place of a file that is there."""
        path = self._path(digest)
        for folder in (path.parent.parent, path.parent):
            folder.mkdir(mode=0o700, exist_ok=True)
        try:
            os.link(arrival, path)
        except FileExistsError:
            _check(path, digest)
            os.utime(path)  # somebody is about to refer to it: whoever looks for files to delete leaves it alone
        for folder in (path.parent, path.parent.parent, self.root):
            _sync(folder)


def _untouched(path: Path, since: dt.datetime) -> bool:
    with suppress(FileNotFoundError):
        return path.stat().st_mtime < since.timestamp()
    return False


def _copy(source: BinaryIO, target: IO[bytes]) -> str:
    """Copy to the end and say the digest of what went by."""
    seen = hashlib.sha256()
    while chunk := source.read(CHUNK):
        seen.update(chunk)
        target.write(chunk)
    return seen.hexdigest()


def _check(path: Path, digest: str) -> None:
    with path.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != digest:
            raise Damaged(digest)


def _sync(folder: Path) -> None:
    """A new name is safe from a power cut only when its folder is on the disk too."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
