"""Messages that arrived, newest first, in one SQLite file; the oldest are forgotten."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from email.utils import parseaddr
from pathlib import Path
from typing import Any, Literal

Kind = Literal["mail", "sms"]
KEPT = 500
LINK = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)\]]")

TABLE = """
create table if not exists message (
    id integer primary key autoincrement,
    kind text, recipient text, sender text, subject text, text text, html text, key text, received_at text)
"""


@dataclass(frozen=True, slots=True)
class Message:
    """`key` is a mail's Message-ID or an SMS's key; `received_at` is ISO 8601 in UTC; a mail without HTML has an empty `html`."""

    kind: Kind
    recipient: str
    sender: str
    text: str
    key: str
    subject: str = ""
    html: str = ""
    id: int = 0
    received_at: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))

    @property
    def sender_name(self) -> str:
        return parseaddr(self.sender)[0] or self.sender

    @property
    def links(self) -> list[str]:
        return LINK.findall(self.text)

    def as_json(self) -> dict[str, Any]:
        fields = asdict(self)
        return {"to": fields.pop("recipient"), "from": fields.pop("sender"), "links": self.links, **fields}


class Store:
    """The messages of everybody. `fail` names what is "out of order" at the moment."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / "mailbox.sqlite"
        self.fail: Kind | None = None
        with self._connection() as connection:
            connection.execute("pragma journal_mode = wal")
            connection.execute(TABLE)

    def add(self, message: Message) -> None:
        row = asdict(message)
        del row["id"]
        with self._connection() as connection:
            new = connection.execute(
                f"insert into message ({', '.join(row)}) values ({', '.join(':' + name for name in row)})", row
            )
            connection.execute("delete from message where id <= ?", [(new.lastrowid or 0) - KEPT])

    def messages(self, recipient: str = "") -> list[Message]:
        """All, or those whose recipient contains the given words."""
        with self._connection() as connection:
            rows = connection.execute(
                "select * from message where instr(lower(recipient), lower(?)) order by id desc", [recipient]
            )
            return [Message(**row) for row in rows]

    def message(self, number: int) -> Message | None:
        return next((message for message in self.messages() if message.id == number), None)

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        connection = sqlite3.connect(self.path, timeout=10)
        connection.row_factory = sqlite3.Row
        connection.execute("pragma synchronous = off")  # a stopped process loses nothing; a power cut may
        try:
            with connection:
                yield connection
        finally:
            connection.close()
