"""The violations, in a SQLite file. Paying is one statement, so that of two who pay the same one only the first has."""

import csv
import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

FIRST = Path(__file__).with_name("violations.csv")
MOST = 200
TABLE = """CREATE TABLE IF NOT EXISTS violation (
  number TEXT PRIMARY KEY, day TEXT NOT NULL, place TEXT NOT NULL, article TEXT NOT NULL, what TEXT NOT NULL,
  amount_baisa INTEGER NOT NULL, establishment TEXT NOT NULL, late INTEGER NOT NULL,
  state TEXT NOT NULL DEFAULT 'due' CHECK (state IN ('due', 'paid', 'cancelled')), receipt TEXT, paid_at TEXT)"""


class Store:
    """`folder`: made if it is not there, and filled with the first violations."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.silent = False
        self._path, self._lock = folder / "violations.sqlite", threading.Lock()
        with self._open() as database:
            database.execute(TABLE)
            if not database.execute("SELECT 1 FROM violation").fetchone():
                with FIRST.open(encoding="utf-8", newline="") as lines:
                    for row in csv.DictReader(lines):
                        self._insert(database, _from_csv(row))

    def add(self, violation: dict[str, Any]) -> None:
        """One more, or another in its place."""
        with self._open() as database:
            self._insert(database, violation)

    def find(self, establishment: str | None, numbers: list[str]) -> list[dict[str, Any]]:
        """Those that fit both, where both are given; by number."""
        conditions, values = [], list(numbers)
        if numbers:
            conditions.append(f"number IN ({', '.join('?' * len(numbers))})")
        if establishment:
            conditions.append("establishment = ?")
            values.append(establishment)
        where = " AND ".join(conditions) or "1"
        with self._open() as database:
            rows = database.execute(f"SELECT * FROM violation WHERE {where} ORDER BY number LIMIT {MOST}", values).fetchall()
        return [_told(row) for row in rows]

    def pay(self, number: str, receipt: str, amount_baisa: int, paid_at: str) -> str:
        """paid, repeated (the same receipt), refused (nothing is due any more), wrong-amount or unknown."""
        with self._open() as database:
            paid = "UPDATE violation SET state = 'paid', receipt = ?, paid_at = ? WHERE number = ? AND state = 'due' AND amount_baisa = ?"
            if database.execute(paid, (receipt, paid_at, number, amount_baisa)).rowcount:
                return "paid"
            row = database.execute("SELECT * FROM violation WHERE number = ?", (number,)).fetchone()
        if row is None:
            return "unknown"
        if row["state"] == "due":
            return "wrong-amount"
        return "repeated" if row["receipt"] == receipt else "refused"

    def change(self, number: str, **values: Any) -> None:
        """As its own clerks would: another state, another amount."""
        names = ", ".join(f"{name} = ?" for name in values)
        with self._open() as database:
            database.execute(f"UPDATE violation SET {names} WHERE number = ?", (*values.values(), number))

    def _insert(self, database: sqlite3.Connection, violation: dict[str, Any]) -> None:
        values = {
            name: json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else value for name, value in violation.items()
        }
        names, places = ", ".join(values), ", ".join("?" * len(values))
        database.execute(f"INSERT OR REPLACE INTO violation ({names}) VALUES ({places})", list(values.values()))

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            database = sqlite3.connect(self._path)
            database.row_factory = sqlite3.Row
            try:
                with database:
                    yield database
            finally:
                database.close()


def _from_csv(row: dict[str, str]) -> dict[str, Any]:
    words = {name: {"ar": row[f"{name}_ar"], "en": row[f"{name}_en"]} for name in ("place", "article", "what")}
    plain = {name: row[name] for name in ("number", "day", "establishment", "state")}
    return {**plain, **words, "amount_baisa": int(row["amount_baisa"]), "late": int(row["late"] == "yes")}


def _told(row: sqlite3.Row) -> dict[str, Any]:
    told = dict(row)
    return told | {name: json.loads(told[name]) for name in ("place", "article", "what")} | {"late": bool(told["late"])}
