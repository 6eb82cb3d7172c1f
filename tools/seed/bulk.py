"""Many rows at once: COPY on PostgreSQL, executemany on SQLite. Nothing is dropped: every index and trigger is as in real life."""

import json
from collections.abc import Iterable
from typing import Any

from peewee import SqliteDatabase, fn

import models
from models import Row


class Bulk:
    """Rows by table, with their keys given here, written in the order the tables were first named."""

    def __init__(self) -> None:
        self._database = models.database.obj
        self._waiting: dict[type[Row], list[tuple[Any, ...]]] = {}
        self._columns: dict[type[Row], tuple[str, ...]] = {}
        self._last: dict[type[Row], int] = {}
        if isinstance(self._database, SqliteDatabase):
            self._database.execute_sql("PRAGMA cache_size = -400000")
            self._database.execute_sql("PRAGMA synchronous = off")

    def key(self, table: type[Row]) -> int:
        """The next key of a table that numbers its rows."""
        if table not in self._last:
            self._last[table] = table.select(fn.MAX(table._meta.primary_key)).scalar() or 0
        self._last[table] += 1
        return self._last[table]

    def add(self, table: type[Row], **values: Any) -> None:
        """By column; JSON as text, amounts in baisa, moments without a zone."""
        self._columns.setdefault(table, tuple(values))
        self._waiting.setdefault(table, []).append(tuple(values.values()))

    def write(self) -> None:
        """Everything that was added, in one transaction."""
        with models.database.atomic():
            for table, rows in self._waiting.items():
                self._put(table, rows)
        self._waiting = {table: [] for table in self._waiting}

    def _put(self, table: type[Row], rows: Iterable[tuple[Any, ...]]) -> None:
        columns = ", ".join(f'"{column}"' for column in self._columns[table])
        name, connection = table._meta.table_name, self._database.connection()
        if isinstance(self._database, SqliteDatabase):
            marks = ", ".join("?" * len(self._columns[table]))
            connection.executemany(f'INSERT INTO "{name}" ({columns}) VALUES ({marks})', rows)
            return
        with connection.cursor() as cursor, cursor.copy(f'COPY "{name}" ({columns}) FROM STDIN') as copy:
            for row in rows:
                copy.write_row(row)

    def finish(self) -> None:
        """Let the database number on from here, and let it count what it has."""
        if not isinstance(self._database, SqliteDatabase):
            for table, last in self._last.items():
                key = table._meta.primary_key.column_name
                self._database.execute_sql(
                    "SELECT setval(pg_get_serial_sequence(%s, %s), %s)", (table._meta.table_name, key, last)
                )
        self._database.execute_sql("ANALYZE")


def plain(value: Any) -> str:
    """JSON as the tables keep it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
