"""The two kinds of database, as the portal wants them: SQLite where nothing else is there, PostgreSQL by its address."""

import fcntl
from pathlib import Path
from typing import Any

from peewee import Database, InterfaceError, OperationalError, PostgresqlDatabase, SqliteDatabase
from playhouse.shortcuts import ReconnectMixin

PRAGMAS = {"journal_mode": "wal", "foreign_keys": 1, "synchronous": "full", "busy_timeout": 10_000, "cache_size": -16_000}


def database_at(url: str) -> Database:
    """`sqlite:///path` or `postgresql://…`; not yet connected."""
    if url.startswith("sqlite"):
        return Fair(url.removeprefix("sqlite:///"), pragmas=PRAGMAS, lock_type="IMMEDIATE", timeout=10)
    return Lasting(url, prefer_psycopg3=True)


def run_script(db: Any, migration: str) -> None:
    """The SQL that lies beside a migration, `<its name>.sqlite.sql` or `.postgresql.sql`; its statements are parted by an empty line."""
    dialect = "sqlite" if isinstance(db, SqliteDatabase) else "postgresql"
    for statement in Path(migration).with_suffix(f".{dialect}.sql").read_text().split(";\n\n"):
        statement = statement.rstrip(";\n")
        db.execute_sql(statement if dialect == "sqlite" else statement.replace("%", "%%"))  # psycopg reads % as a placeholder


class Fair(SqliteDatabase):
    """Writers queue at a gate, a lock on the file `….gate`, before they begin.

    SQLite's own waiters sleep and try again, so that an unlucky one can wait for seconds while others pass; the kernel wakes those at
    the gate in turn. A transaction that dies lets go of it with its process.
    """

    def begin(self, lock_type: str | None = None) -> None:
        gate = self._gate()
        fcntl.flock(gate, fcntl.LOCK_EX)
        try:
            super().begin(lock_type)
        except BaseException:
            fcntl.flock(gate, fcntl.LOCK_UN)
            raise

    def commit(self) -> None:
        super().commit()
        self._leave()

    def rollback(self) -> None:
        try:
            super().rollback()
        finally:
            self._leave()

    def _close(self, conn: Any) -> None:
        super()._close(conn)
        gate, self._state.gate = getattr(self._state, "gate", None), None
        if gate is not None:
            gate.close()  # and with it the lock; a forked child opens its own

    def _gate(self) -> Any:
        """Each connection has a file of its own: the lock belongs to the open file."""
        if getattr(self._state, "gate", None) is None:
            self._state.gate = Path(f"{self.database}.gate").open("ab")  # noqa: SIM115 - open as long as its connection
        return self._state.gate

    def _leave(self) -> None:
        gate = getattr(self._state, "gate", None)
        if gate is not None:
            fcntl.flock(gate, fcntl.LOCK_UN)


class Lasting(ReconnectMixin, PostgresqlDatabase):
    """Finds its server again after that was away. Never inside a transaction: what was done there is gone, and the caller must know."""

    reconnect_errors = ((OperationalError, "connection"), (InterfaceError, "connection"))
