"""`make bench`: one figure a row, `name value unit`. Ratios are within this run, on this machine; absolute figures say little elsewhere.

python -m bench [--quick] [--without-postgresql]
"""

import argparse
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench import cards, desk, flows, pages, parts, writing
from bench.figures import Figure, show
from bench.house import House, house
from bench.people import Person, arrive
from sandbox.bank.keys import keys_of
from tests.support.postgres import PostgresServer


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few requests: to see that it works, not how fast")
    parser.add_argument("--without-postgresql", action="store_true")
    parser.add_argument("--rows", type=int, default=desk.ROWS, help="applications at the clerk's desk")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bawaba-bench-") as folder, house(Path(folder)) as made:
        list(show(_whole(made, chosen.quick, chosen.rows)))
    if not chosen.without_postgresql:
        with _postgres() as url, tempfile.TemporaryDirectory(prefix="bawaba-bench-") as folder, house(Path(folder), url) as made:
            made.start("portal")
            list(show(_writes(made, "postgresql", chosen.quick)))
            list(show(desk.figures(made, "postgresql", chosen.rows, chosen.quick)))


def _whole(house: House, quick: bool, rows: int) -> Iterator[Figure]:
    """Everything on SQLite, the embedded default."""
    yield from parts.starting(house)
    house.start("floor")
    reader = arrive(house.app, 1)
    keys = keys_of(house.folder / "bank" / "keys.json", {})
    addresses = pages.addresses(house, reader, keys)
    yield from pages.against_the_floors(house, reader, addresses, 6 if quick else 60)
    yield from pages.queries(house, reader, addresses)
    yield from pages.first_view(house, reader, addresses)
    yield from _writes(house, "sqlite", quick)
    yield from parts.memories(house)
    yield from parts.certificates(1 if quick else 6)
    yield from parts.password_checks()
    yield from cards.card_logins(5 if quick else 40)
    yield from desk.figures(house, "sqlite", rows, quick)


def _writes(house: House, name: str, quick: bool) -> Iterator[Figure]:
    """What depends on the database: flows, transactions, the queue. Needs the portal running."""
    house.start(*({"floor", "second", "second floor"} - house.running))
    keys = keys_of(house.folder / "bank" / "keys.json", {})
    people = [arrive(house.app, number) for number in range(10, 20 if quick else 58)]
    yield from flows.flows(house, people, keys, name, 8 if quick else 96)
    writers = _members(house, 1000, 8 if quick else 160)
    yield from writing.transactions(writers[: len(writers) // 2], name)
    yield from writing.writers(writers[len(writers) // 2 :], name)
    yield from parts.jobs(house, name)


def _members(house: House, first: int, count: int) -> list[Person]:
    return [arrive(house.app, number) for number in range(first, first + count)]


@contextmanager
def _postgres() -> Iterator[str]:
    server = PostgresServer.start()
    try:
        yield server.database()
    finally:
        server.remove()


if __name__ == "__main__":
    main()
