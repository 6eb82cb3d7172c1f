"""Whole submissions by HTTP: from the service's page through every step, submission and payment to the settled application.

8 clients, two portal processes, one database; the bank's signed answer is made here, the worker rests (its work has its own rows).
"""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from statistics import median

import models
from bench.browser import Browser, Unexpected
from bench.figures import Figure, processor
from bench.house import House
from bench.pages import together
from bench.people import Person
from bench.renewal import renew
from sandbox.bank.keys import Keys

CLIENTS, ROUNDS = 8, 3
PORTALS, FLOORS = ("portal", "second"), ("floor", "second floor")


def flows(house: House, people: list[Person], keys: Keys, name: str, each_round: int) -> Iterator[Figure]:
    """Rounds of flows, and of floor c with as many clients and processes in between; needs the four programs running."""
    statuses: Counter[int] = Counter()
    rates: list[float] = []
    floor: list[float] = []
    _flows(house, people, keys, CLIENTS, Counter())  # warm
    before = processor(*map(house.pid, PORTALS))
    for _round in range(ROUNDS):
        floor.append(_floor(house, each_round * 10))
        rates.append(_flows(house, people, keys, each_round, statuses))
    spent = processor(*map(house.pid, PORTALS)) - before
    yield Figure(f"flow_{name}", median(rates), "flows/s")
    yield Figure(f"flow_{name}/c", median(rates) / median(floor), "ratio")
    yield Figure(f"flow_{name}_processor", 1000 * spent / ROUNDS / each_round, "ms")
    yield Figure(f"flow_{name}_409", statuses[409], "answers")
    yield Figure(f"flow_{name}_5xx", sum(times for status, times in statuses.items() if status >= 500), "answers")
    yield Figure(
        f"flow_{name}_other_refusals",
        sum(times for status, times in statuses.items() if status not in (409,) and status < 500),
        "answers",
    )


def _flows(house: House, people: list[Person], keys: Keys, count: int, statuses: Counter[int]) -> float:
    """Flows per second. Everybody goes on with the next person whenever they are done, until so many were begun."""
    left, lock = iter(range(count)), threading.Lock()
    idle = list(people)

    def client() -> None:
        while True:
            with lock:
                number = next(left, None)
                if number is None:
                    break
                person = idle.pop(0)
            browser = Browser(house.ports[PORTALS[number % 2]], cookie=person.cookie, address=person.address)
            try:
                renew(browser, person, keys)
            except Unexpected as answer:
                statuses[answer.status] += 1
            browser.close()
            idle.append(person)
        models.database.close()

    start = time.perf_counter()
    together(client, CLIENTS)
    return count / (time.perf_counter() - start)


def _floor(house: House, count: int) -> float:
    numbers = iter(range(CLIENTS))

    def client() -> None:
        browser = Browser(house.ports[FLOORS[next(numbers) % 2]])
        browser.get("/")
        for _each in range(count // CLIENTS):
            browser.get("/c")
        browser.close()

    start = time.perf_counter()
    together(client, CLIENTS)
    return count / (time.perf_counter() - start)
