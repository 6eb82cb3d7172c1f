"""The bank's book, where two come at once."""

from decimal import Decimal
from pathlib import Path

import pytest

from sandbox.bank.cards import BY_NUMBER
from sandbox.bank.orders import Order, Orders

APPROVE, DECLINE, WHEN_ASKED = (BY_NUMBER[number] for number in ("4111111111111111", "4000000000009995", "4000000000000424"))


@pytest.fixture
def book(tmp_path: Path) -> Orders:
    return Orders(tmp_path / "orders.sqlite")


@pytest.fixture
def order(book: Orders) -> Order:
    return book.open({"transaction_uuid": "u", "reference_number": "P-1", "amount": "50.000"}, {}, "ar")


def again(book: Orders, order: Order) -> Order:
    found = book.by_token(order.token)
    assert found
    return found


def test_the_first_decision_stands(book: Orders, order: Order) -> None:
    book.decide(order, APPROVE, 0)
    first = again(book, order)
    book.decide(order, DECLINE, 0)
    book.give_up(order)
    assert again(book, order) == first
    assert book.posts_of(order) == {"owed": 1, "delivered": 0}


def test_asking_twice_about_a_silent_bank_makes_it_answer_once(book: Orders, order: Order) -> None:
    book.decide(order, WHEN_ASKED, 0)
    assert book.posts_of(order)["owed"] == 0
    for _ in range(2):
        book.answer_now(order)
    assert book.posts_of(order)["owed"] == 1


def test_refunds_never_exceed_what_was_taken_and_a_key_counts_once(book: Orders, order: Order) -> None:
    book.decide(order, APPROVE, 0)
    paid = again(book, order)
    first = book.refund(paid, Decimal("30.000"), "a")
    assert first and book.refund(paid, Decimal("30.000"), "a") == first
    assert book.refund(paid, Decimal("20.001"), "b") is None
    assert book.refund(paid, Decimal("20.000"), "b")
