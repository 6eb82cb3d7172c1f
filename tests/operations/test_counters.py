"""Numbers without gaps, whoever asks at the same time and whatever is rolled back."""

import random
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from peewee import Database

import models
from models import Counter
from operations import counters

pytestmark = pytest.mark.usefixtures("database")


class Rollback(Exception):
    pass


def take(series: str = "R", year: int = 2026, *, fail: bool = False) -> int:
    with models.database.atomic():
        number = counters.take(series, year)
        if fail:
            raise Rollback
        return number


def test_each_series_and_year_counts_from_one() -> None:
    assert [take("R"), take("R"), take("D"), take("R", 2027), take("R")] == [1, 2, 1, 1, 3]


def test_a_number_of_a_transaction_that_failed_is_given_out_again() -> None:
    with pytest.raises(Rollback):
        take(fail=True)
    assert take() == 1
    with pytest.raises(Rollback):
        take(fail=True)
    assert take() == 2


def test_the_number_does_not_depend_on_the_rows_that_carry_one() -> None:
    """A number that was given out counts, whether its receipt is seen or not."""
    take()
    take()
    assert Counter.get().last == 2


def test_whoever_asks_at_once_the_numbers_have_no_gap(database: Database) -> None:
    """Also while the series begins, and while some of them roll back."""
    barrier = threading.Barrier(4)

    def many(seed: int) -> list[int]:
        chance, taken = random.Random(seed), []
        barrier.wait(10)
        for _ in range(10):
            try:
                taken.append(take(fail=chance.random() < 0.3))
            except Rollback:
                pass
        database.close()
        return taken

    with ThreadPoolExecutor(4) as pool:
        numbers = sorted(number for taken in pool.map(many, range(4)) for number in taken)
    assert numbers == list(range(1, len(numbers) + 1)) and 20 < len(numbers) < 40


def test_a_number_is_held_until_the_transaction_ends() -> None:
    """The second one waits for the first, and gets the number after the one that stands."""
    taken, release = threading.Event(), threading.Event()

    def first() -> None:
        try:
            with models.database.atomic():
                counters.take("R", 2026)
                taken.set()
                release.wait(10)
                raise Rollback
        except Rollback:
            pass
        finally:
            models.database.close()

    def second() -> int:
        taken.wait(10)
        threading.Timer(0.1, release.set).start()
        try:
            return take()
        finally:
            models.database.close()

    with ThreadPoolExecutor(2) as pool:
        pool.submit(first)
        assert pool.submit(second).result(20) == 1
