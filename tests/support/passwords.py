"""Hashing a password is made to cost 25 ms, and nearly every test makes people: theirs cost nothing but where the cost is what is tested.

`as_in_production` is for tests that look at hashes or at how long an answer takes.
"""

from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher

from operations import passwords

SHIPPED = passwords.hasher
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def hash_with(hasher: PasswordHasher) -> None:
    passwords.hasher = hasher
    passwords._of_nobody.cache_clear()  # nobody's hash costs what everybody's does


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    hash_with(QUICK)
    yield
    hash_with(SHIPPED)


@pytest.fixture
def as_in_production(quick_passwords: None) -> Iterator[None]:
    hash_with(SHIPPED)
    yield
    hash_with(QUICK)
