"""What the bank remembers: orders, the posts it still owes to merchants, refunds. One SQLite file, so a restart loses nothing.

Of a card only what may be kept: brand, first six and last four, expiry, and which test card it was.
"""

import json
import secrets
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from sandbox.bank.amounts import plain
from sandbox.bank.cards import BRANDS, Card

SCHEMA = """
CREATE TABLE IF NOT EXISTS orders (
    token TEXT PRIMARY KEY, uuid TEXT NOT NULL UNIQUE, reference TEXT NOT NULL, amount TEXT NOT NULL, locale TEXT NOT NULL,
    request TEXT NOT NULL, billing TEXT NOT NULL, card TEXT NOT NULL DEFAULT '{}', opened_at REAL NOT NULL,
    decision TEXT NOT NULL DEFAULT '', reason TEXT NOT NULL DEFAULT '', flag TEXT NOT NULL DEFAULT '',
    transaction_id TEXT UNIQUE, approved TEXT NOT NULL DEFAULT '', decided_at REAL, answers_at REAL
);
CREATE INDEX IF NOT EXISTS orders_by_reference ON orders (reference);
CREATE TABLE IF NOT EXISTS posts (
    id INTEGER PRIMARY KEY, token TEXT NOT NULL REFERENCES orders, due_at REAL NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0, delivered_at REAL
);
CREATE TABLE IF NOT EXISTS refunds (
    id TEXT PRIMARY KEY, transaction_id TEXT NOT NULL, amount TEXT NOT NULL, key TEXT NOT NULL UNIQUE, at REAL NOT NULL
);
"""
ATTEMPTS = 5


@dataclass(frozen=True)
class Order:
    """One checkout. `decision` is empty while it is open; `answers_at` (epoch seconds) is None until the bank will answer."""

    token: str
    uuid: str
    reference: str
    amount: str
    locale: str
    request: dict[str, str]
    billing: dict[str, str]
    card: dict[str, str]
    opened_at: float
    decision: str
    reason: str
    flag: str
    transaction_id: str | None
    approved: str
    decided_at: float | None
    answers_at: float | None

    @property
    def answered(self) -> bool:
        return self.answers_at is not None and self.answers_at <= time.time()


@dataclass(frozen=True)
class Refund:
    id: str
    transaction_id: str
    amount: str
    key: str
    at: float


class Orders:
    """The bank's book, one connection per use."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        with self._book() as book:
            book.execute("PRAGMA journal_mode = WAL")
            book.executescript(SCHEMA)

    def open(self, request: dict[str, str], billing: dict[str, str], locale: str) -> Order:
        """The order of this transaction_uuid: asked for again, it is the same one."""
        values = (
            secrets.token_urlsafe(24),
            request["transaction_uuid"],
            request["reference_number"],
            request["amount"],
            locale,
            json.dumps(request),
            json.dumps(billing),
            time.time(),
        )
        with self._book() as book:
            book.execute(
                "INSERT INTO orders (token, uuid, reference, amount, locale, request, billing, opened_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (uuid) DO NOTHING",
                values,
            )
            return _order(book.execute("SELECT * FROM orders WHERE uuid = ?", (request["transaction_uuid"],)).fetchone())

    def by_token(self, token: str) -> Order | None:
        return next(self._orders("WHERE token = ?", token), None)

    def by_transaction(self, transaction_id: str) -> Order | None:
        return next(self._orders("WHERE transaction_id = ?", transaction_id), None)

    def by_reference(self, reference: str) -> list[Order]:
        return list(self._orders("WHERE reference = ? AND transaction_id IS NOT NULL", reference))

    def decided_between(self, start: float, end: float) -> list[Order]:
        return list(self._orders("WHERE transaction_id IS NOT NULL AND decided_at >= ? AND decided_at < ?", start, end))

    def recent(self) -> list[Order]:
        return list(self._orders("ORDER BY opened_at DESC LIMIT 30"))

    def speak(self, order: Order, locale: str) -> None:
        self._change("UPDATE orders SET locale = ? WHERE token = ?", locale, order.token)

    def bill(self, order: Order, billing: dict[str, str]) -> None:
        self._change("UPDATE orders SET billing = ? WHERE token = ? AND decision = ''", json.dumps(billing), order.token)

    def present(self, order: Order, card: Card, expiry: str) -> None:
        """Remember which test card was shown: never the number, never the CVN."""
        kept = {"does": card.does, "type": card.brand, "name": BRANDS[card.brand], "masked": card.masked, "expiry": expiry}
        self._change("UPDATE orders SET card = ? WHERE token = ? AND decision = ''", json.dumps(kept), order.token)

    def decide(self, order: Order, card: Card, late_seconds: float) -> None:
        """Take (or refuse) the money, once: whoever comes second changes nothing."""
        now = time.time()
        answers_at = {"late": now + late_seconds, "when asked": None, "never": None}.get(card.answer, now)
        approved = plain(Decimal(order.amount) * card.part) if card.decision in {"ACCEPT", "REVIEW"} else ""
        values = (card.decision, card.reason, card.flag, transaction_number(), approved, now, answers_at, order.token)
        with self._book() as book:
            first = book.execute(
                "UPDATE orders SET decision = ?, reason = ?, flag = ?, transaction_id = ?, approved = ?, decided_at = ?,"
                " answers_at = ? WHERE token = ? AND decision = ''",
                values,
            ).rowcount
            if first and answers_at is not None:
                self._owe(book, order.token, [answers_at, answers_at + 1] if card.answer == "twice" else [answers_at])

    def give_up(self, order: Order) -> None:
        """The payer cancelled: no transaction, nothing for the merchant's server."""
        now = time.time()
        self._change(
            "UPDATE orders SET decision = 'CANCEL', decided_at = ?, answers_at = ? WHERE token = ? AND decision = ''",
            now,
            now,
            order.token,
        )

    def answer_now(self, order: Order) -> None:
        """The merchant has asked about an order the bank was silent about: from now on it answers."""
        now = time.time()
        with self._book() as book:
            statement = "UPDATE orders SET answers_at = ? WHERE token = ? AND answers_at IS NULL"
            if book.execute(statement, (now, order.token)).rowcount:
                self._owe(book, order.token, [now])

    def due_posts(self) -> list[tuple[int, int, Order]]:
        """Posts to send now: their number, attempts so far, and the order."""
        with self._book() as book:
            rows = book.execute(
                "SELECT id, attempts, token FROM posts"
                " WHERE delivered_at IS NULL AND attempts < ? AND due_at <= ? ORDER BY due_at",
                (ATTEMPTS, time.time()),
            ).fetchall()
        found = ((row["id"], row["attempts"], self.by_token(row["token"])) for row in rows)
        return [(number, attempts, order) for number, attempts, order in found if order]

    def delivered(self, post: int) -> None:
        self._change("UPDATE posts SET delivered_at = ? WHERE id = ?", time.time(), post)

    def again(self, post: int, after: float) -> None:
        self._change("UPDATE posts SET attempts = attempts + 1, due_at = ? WHERE id = ?", time.time() + after, post)

    def posts_of(self, order: Order) -> dict[str, int]:
        with self._book() as book:
            row = book.execute(
                "SELECT count(*) AS owed, count(delivered_at) AS delivered FROM posts WHERE token = ?", (order.token,)
            ).fetchone()
        return dict(row)

    def refund(self, order: Order, amount: Decimal, key: str) -> Refund | None:
        """The refund of this key, made now or before; None where it is more than is left of the payment."""
        with self._book() as book:
            book.execute("BEGIN IMMEDIATE")
            if kept := book.execute("SELECT * FROM refunds WHERE key = ?", (key,)).fetchone():
                return Refund(**kept)
            given = book.execute("SELECT amount FROM refunds WHERE transaction_id = ?", (order.transaction_id,)).fetchall()
            if amount > Decimal(order.approved or 0) - sum(Decimal(row["amount"]) for row in given):
                return None
            refund = Refund(transaction_number(), order.transaction_id or "", plain(amount), key, time.time())
            book.execute("INSERT INTO refunds VALUES (?, ?, ?, ?, ?)", tuple(vars(refund).values()))
            return refund

    def refunds(self, key: str) -> list[Refund]:
        return self._refunds("WHERE key = ?", key)

    def refunds_between(self, start: float, end: float) -> list[Refund]:
        return self._refunds("WHERE at >= ? AND at < ?", start, end)

    def _refunds(self, where: str, *values: Any) -> list[Refund]:
        with self._book() as book:
            return [Refund(**row) for row in book.execute(f"SELECT * FROM refunds {where}", values)]

    def _orders(self, where: str, *values: Any) -> Iterator[Order]:
        with self._book() as book:
            rows = book.execute(f"SELECT * FROM orders {where}", values).fetchall()
        return map(_order, rows)

    def _change(self, statement: str, *values: Any) -> None:
        with self._book() as book:
            book.execute(statement, values)

    def _owe(self, book: sqlite3.Connection, token: str, moments: list[float]) -> None:
        book.executemany("INSERT INTO posts (token, due_at) VALUES (?, ?)", [(token, moment) for moment in moments])

    @contextmanager
    def _book(self) -> Iterator[sqlite3.Connection]:
        book = sqlite3.connect(self._path, timeout=10)
        book.row_factory = sqlite3.Row
        try:
            with book:
                yield book
        finally:
            book.close()


def transaction_number() -> str:
    """22 digits, as CyberSource numbers its transactions."""
    return f"{time.time_ns() // 1000}{secrets.randbelow(10**6):06}"


def _order(row: sqlite3.Row) -> Order:
    return Order(**{**dict(row), **{name: json.loads(row[name]) for name in ("request", "billing", "card")}})
