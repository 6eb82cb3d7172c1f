"""The count at the end of `make torture` sees what it is there to see."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from bench import counting
from models import Counter as Series
from models import Document, Message, Outbox, PaymentAttempt, ReconciliationItem, RegisterRecord
from operations.now import now
from tests.support.bank import Bank, tell
from tests.support.builders import a_submitted_renewal


@pytest.fixture
def book(till: Bank, tmp_path: Path) -> Path:
    """The bank's, after one renewal was paid and everything that follows from it was done."""
    uuid = till.opens(a_submitted_renewal().goes_to_pay())
    tell(till.decides(uuid))
    Document.update(digest="drawn").execute()
    Message.update(sent_at=now()).execute()
    Outbox.update(done_at=now()).execute()
    path = tmp_path / "orders.sqlite"
    with closing(sqlite3.connect(path)) as orders, orders:
        orders.execute("CREATE TABLE orders (uuid TEXT, approved TEXT, decision TEXT, reason TEXT)")
        orders.execute("INSERT INTO orders VALUES (?, '25.000', 'ACCEPT', '100')", (uuid,))
    return path


def at_the_bank(statement: str) -> Callable[[Path], None]:
    def change(book: Path) -> None:
        with closing(sqlite3.connect(book)) as orders, orders:
            orders.execute(statement)

    return change


def test_a_settled_payment_is_as_it_must_be(book: Path) -> None:
    assert counting.violations(book) == []
    assert counting.figures()["receipts"] == 1


@pytest.mark.parametrize(
    ("harm", "sentence"),
    [
        (at_the_bank("INSERT INTO orders VALUES ('other', '25.000', 'ACCEPT', '100')"), "we do not know of it"),
        (at_the_bank("DELETE FROM orders"), "the bank took nothing"),
        (at_the_bank("UPDATE orders SET approved = '24.999'"), "not the amount the bank took"),
        (lambda _: Series.update(last=2).where(Series.series.startswith("receipt:")).execute(), "a gap or a number twice"),
        (lambda _: Document.update(digest=None).where(Document.kind == "certificate").execute(), "0 drawn: certificate"),
        (lambda _: Document.update(digest=None).where(Document.kind == "receipt").execute(), "0 drawn: receipt"),
        (
            lambda _: Message.update(sent_at=None).where(Message.channel == "sms").execute(),
            "0 of ('payment_received', 'sms') sent",
        ),
        (lambda _: Outbox.update(done_at=None).where(Outbox.kind == "message").execute(), "left undone: message"),
        (lambda _: Outbox.update(done_at=None, failed_at=now()).where(Outbox.kind == "payment-check").execute(), "payment-check"),
        (lambda _: PaymentAttempt.update(receipt=None, stray=True).execute(), "refunds asked for: 0"),
        (lambda _: PaymentAttempt.update(amount=1).execute(), "the captured attempts 1"),
        (lambda _: ReconciliationItem.create(key="k", kind="charged-twice", created_at=now()), "charged-twice"),
        (
            lambda _: RegisterRecord.update(data={"expires": "2031-01-01"}).where(RegisterRecord.parent.is_null(False)).execute(),
            "stands at",
        ),
    ],
)
def test_what_went_wrong_is_told(book: Path, harm: Callable[[Path], object], sentence: str) -> None:
    harm(book)
    assert [told for told in counting.violations(book) if sentence in told]
