"""Many rows at once: COPY on PostgreSQL, executemany on SQLite. Every index stays; keys to other tables, made here, are not looked up again."""

import json
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from peewee import SqliteDatabase, fn

import models
from models import Row, SearchTerm

SAMPLE = 1000  # rows of an index, by which SQLite estimates
QUICK = {"cache_size": -400_000, "synchronous": "off", "foreign_keys": 0}  # of SQLite; only of the connection that writes


class Bulk:
    """Rows by table, written in the order the tables were first named. Keys that other rows name are given here; the rest the database gives.

    A thread of its own writes while the next rows are made: PostgreSQL works on them in another process.
    """

    def __init__(self) -> None:
        self._database = models.database.obj
        self._sqlite = isinstance(self._database, SqliteDatabase)
        self._waiting: dict[type[Row], list[tuple[Any, ...]]] = {}
        self._columns: dict[type[Row], tuple[str, ...]] = {}
        self._last: dict[type[Row], int] = {}
        self._writer = ThreadPoolExecutor(1)
        self._writing: Future[None] | None = None
        if self._sqlite:
            self._writer.submit(self._tune, QUICK).result()

    def _tune(self, pragmas: dict[str, Any]) -> None:
        for name, value in pragmas.items():
            self._database.execute_sql(f"PRAGMA {name} = {value}")

    def key(self, table: type[Row]) -> int:
        """The next key of a table that numbers its rows."""
        if table not in self._last:
            self._last[table] = table.select(fn.MAX(table._meta.primary_key)).scalar() or 0
        self._last[table] += 1
        return self._last[table]

    def add(self, table: type[Row], **values: Any) -> None:
        """By column; JSON as text, amounts in baisa, moments without a zone."""
        self.extend(table, tuple(values), [tuple(values.values())])

    def extend(self, table: type[Row], columns: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> None:
        """Many rows with the same columns, which are the same at every call."""
        if table not in self._columns:
            self._columns[table] = columns
            self._waiting[table] = []
        self._waiting[table].extend(rows)

    def write(self) -> None:
        """Everything that was added, in one transaction, as soon as what was written before is there."""
        self._wait()
        batch, self._waiting = self._waiting, {table: [] for table in self._waiting}
        self._writing = self._writer.submit(self._write, batch)

    def _wait(self) -> None:
        if self._writing:
            self._writing.result()

    def _write(self, batch: dict[type[Row], list[tuple[Any, ...]]]) -> None:
        batch.get(SearchTerm, []).sort()  # in the order of their index, which is the largest: neighbours are written together
        with models.database.atomic():
            if not self._sqlite:
                self._trust()
            for table, rows in batch.items():
                self._put(table, rows)

    def _trust(self) -> None:
        """PostgreSQL looks no key up in this transaction, where this user may say so."""
        superuser = self._database.execute_sql("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()[0]
        if superuser:
            self._database.execute_sql("SET LOCAL session_replication_role = replica")

    def _put(self, table: type[Row], rows: Iterable[tuple[Any, ...]]) -> None:
        columns = ", ".join(f'"{column}"' for column in self._columns[table])
        name, connection = table._meta.table_name, self._database.connection()
        if self._sqlite:
            marks = ", ".join("?" * len(self._columns[table]))
            connection.executemany(f'INSERT INTO "{name}" ({columns}) VALUES ({marks})', rows)
            return
        with connection.cursor() as cursor, cursor.copy(f'COPY "{name}" ({columns}) FROM STDIN') as copy:
            for row in rows:
                copy.write_row(row)

    def finish(self) -> None:
        """All is written, and the database numbers on from here."""
        self._wait()
        self._writer.submit(self._database.close).result()
        self._writer.shutdown()
        if not self._sqlite:
            for table, last in self._last.items():
                key = table._meta.primary_key.column_name
                self._database.execute_sql(
                    "SELECT setval(pg_get_serial_sequence(%s, %s), %s)", (table._meta.table_name, key, last)
                )

    def analyze(self) -> None:
        """Let the database estimate what it has: it plans by that. PostgreSQL looks at a sample; SQLite, unless told, at every row."""
        if self._sqlite:
            self._database.execute_sql(f"PRAGMA analysis_limit = {SAMPLE}")
        # VACUUM marks PostgreSQL's pages as seen by all, so that a search by words reads the index alone
        self._database.execute_sql("ANALYZE" if self._sqlite else "VACUUM (ANALYZE)")


def plain(value: Any) -> str:
    """JSON as the tables keep it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
