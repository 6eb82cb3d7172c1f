"""`make torture`: people pay while portal, worker and (on PostgreSQL) the database are killed at random; then every baisa is counted.

    python -m bench.torture [--kills 200] [--database sqlite|postgresql|both] [--crash-every 10] [--seed 1]

Prints what it found, `name value unit` a row, then a sentence for each violation. Exit status 1 if there is one.
"""

import argparse
import http.client
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from peewee import PeeweeException

import models
from bench import counting
from bench.browser import Browser, Page, Unexpected
from bench.house import House, house
from bench.people import Person, arrive
from bench.renewal import Checkout, apply, check_out, come_back
from models import Heartbeat, Outbox
from operations.now import now
from tests.support.postgres import PostgresServer

CLIENTS = 4
FLOWS_PER_KILL = 3
CRASH_EVERY = 10  # kills; the database's own crash comes on top
PATIENCE = 30  # seconds a person tries again after a broken connection before they close the browser
RECOVERY = 20  # seconds a program has to be back by itself after the database was away
SETTLING = 600
VICTIMS = ("portal", "portal", "worker")
# What the payer's card does; most simply pay. The portal learns of "never" only by asking.
CARDS = ("4111111111111111",) * 6 + (
    "4000000000000226",
    "4000000000000333",
    "4000000000000424",
    "4000000000000515",
    "4000000000009995",
)
BILLING = {
    "bill_to_forename": "Salim",
    "bill_to_surname": "Al Harthy",
    "bill_to_address_line1": "Ruwi",
    "bill_to_address_city": "Muscat",
    "bill_to_address_country": "OM",
    "bill_to_phone": "+96891234567",
    "bill_to_email": "salim@bawaba.example",
}
CARD = {"card_type": "001", "card_expiry_month": "12", "card_expiry_year": "2030", "card_cvn": "123"}
BROKEN = (OSError, http.client.HTTPException, PeeweeException)

Result = TypeVar("Result")


class GivenUp(Exception):
    """The person closed the browser: whatever became of the payment, the portal must find out alone."""


class Crowd:
    """People who renew and pay, a few at a time, as long as they are allowed to; `met` counts what they met."""

    def __init__(self, house: House, seed: int) -> None:
        self.house = house
        self.allowed = 0
        self.begun = 0
        self.met: Counter[str] = Counter()
        self._at_the_bank = threading.Event()
        self._arrived = 0
        self._idle: list[Person] = []
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._live, args=(random.Random(f"{seed}:{each}"),)) for each in range(CLIENTS)]

    def __enter__(self) -> "Crowd":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def somebody_pays(self) -> None:
        """Wait until somebody comes to the bank, so that what follows happens during payments, however slow the machine."""
        self._at_the_bank.clear()
        self._at_the_bank.wait(PATIENCE)

    def _live(self, chance: random.Random) -> None:
        while not self._over.is_set():
            if not self._may_begin():
                time.sleep(0.02)
                continue
            try:
                self._someone(chance)
            except GivenUp as reason:
                self.met[f"given up: {reason}"] += 1
        models.database.close()

    def _may_begin(self) -> bool:
        with self._lock:
            begins = self.begun < self.allowed
            self.begun += begins
            return begins

    def _someone(self, chance: random.Random) -> None:
        """One visit. Who comes through may come again; who gave up does not, so that nothing but the portal mends what broke."""
        person = self._patiently(self._welcome)
        with self._browser(person) as browser:
            reference = self._patiently(lambda: apply(browser, person))
            for _try in range(2):  # a declined card is tried once more, with another
                checkout = self._patiently(lambda: check_out(browser, reference))
                if checkout is None:
                    break
                if chance.random() < 0.05:
                    self._patiently(lambda: self._change_mind(browser, reference))
                answer = self._pay(checkout, chance)
                if answer is None or chance.random() < 0.1:
                    raise GivenUp("closed the browser at the bank")
                self._patiently(lambda: come_back(browser, answer))  # noqa: B023 - called at once
        self.met["came through"] += 1
        with self._lock:
            self._idle.append(person)

    def _welcome(self) -> Person:
        with self._lock:
            if self._idle:
                return self._idle.pop(0)
            self._arrived += 1
            number = self._arrived
        return arrive(self.house.app, number)

    @contextmanager
    def _browser(self, person: Person) -> Iterator[Browser]:
        browser = Browser(self.house.ports["portal"], cookie=person.cookie, address=person.address)
        try:
            yield browser
        finally:
            browser.close()

    def _change_mind(self, browser: Browser, reference: str) -> None:
        """Take the application back while the bank's page is open in another tab: the bill is closed, and then it is paid all the same."""
        overview = browser.get(f"/applications/{reference}")
        if f'action="/applications/{reference}/draft"' in overview.text:
            browser.post(f"/applications/{reference}/draft", {"csrf_token": overview.hidden["csrf_token"]})
            self.met["changed their mind at the bank"] += 1

    def _pay(self, checkout: Checkout, chance: random.Random) -> dict[str, str] | None:
        """The bank's pages; returns the signed answer its last page would bring back, if it has one."""
        self._at_the_bank.set()
        bank = Browser(self.house.ports["bank"])
        page = self._patiently(lambda: bank.post("/pay", checkout.fields))
        if page.path.endswith("/billing"):
            page = self._patiently(lambda: self._fill_in(bank, page.path.rpartition("/")[0], chance))
        bank.close()
        return page.hidden or None

    def _fill_in(self, bank: Browser, order: str, chance: random.Random) -> Page:
        bank.post(f"{order}/billing", BILLING)
        number = chance.choice(CARDS)
        card_type = {"card_type": "002"} if number.startswith("5") else {}
        bank.post(f"{order}/payment", CARD | card_type | {"card_number": number})
        return bank.post(f"{order}/review", {})

    def _patiently(self, act: Callable[[], Result]) -> Result:
        """Try again while connections break, as people press Reload; what is refused for good ends the visit."""
        end = time.monotonic() + PATIENCE
        while True:
            try:
                return act()
            except Unexpected as answer:
                self.met[str(answer)] += 1
                if answer.status < 500 or time.monotonic() > end:
                    raise GivenUp(str(answer.status)) from None
            except BROKEN as problem:
                self.met[f"broken: {type(problem).__name__}"] += 1
                if isinstance(problem, PeeweeException):
                    models.database.close()
                if time.monotonic() > end:
                    raise GivenUp("no connection") from None
            time.sleep(0.05)


# --- The evening -----------------------------------------------------------------------------------------------------------------


def torture(house: House, kills: int, *, seed: int, server: PostgresServer | None = None, every: int = CRASH_EVERY) -> list[str]:
    """Kill so many times, let everything settle, count. Prints figures; returns the violations."""
    chance = random.Random(seed)
    found: list[str] = []
    house.start("bank", "mailbox", "portal", "worker")
    with Crowd(house, seed) as crowd:
        for kill in range(1, kills + 1):
            crowd.allowed += FLOWS_PER_KILL
            crowd.somebody_pays()
            time.sleep(chance.uniform(0, 0.6))
            victim = chance.choice(VICTIMS)
            house.kill(victim)
            house.start(victim)
            if server and kill % every == 0:
                found += _crash(house, server)
        crowd.allowed = 0
    _settle(house)
    _report({"kills": kills, "flows_begun": crowd.begun} | counting.figures())
    for what, times in sorted(crowd.met.items()):
        print(f"# {what}: {times}")
    if counting.figures()["receipts"] < kills / 2:
        found.append("hardly anybody paid: this proves nothing")
    return found + counting.violations(house.folder / "bank" / "orders.sqlite")


def _crash(house: House, server: PostgresServer) -> list[str]:
    """The database dies and comes back; nobody restarts portal and worker: they must find it again by themselves."""
    server.halt("immediate")
    server.resume()
    back = now()
    models.database.close()
    dead = []
    if not _within(RECOVERY, lambda: bool(Browser(house.ports["portal"]).get("/services/chamber.renew-membership"))):
        dead.append("the portal did not find the database again after its crash")
        house.kill("portal")
        house.start("portal")
    if not _within(RECOVERY, lambda: Heartbeat.get_by_id("worker").at > back):
        dead.append("the worker did not find the database again after its crash")
        house.kill("worker")
        house.start("worker")
    return dead


def _within(seconds: float, holds: Callable[[], bool]) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with suppress(*BROKEN, Unexpected):
            if holds():
                return True
        time.sleep(0.1)
    return False


def _settle(house: House) -> None:
    """Let the worker finish. Only waiting is shortened: what is due later falls due now, and leases of the dead run out."""
    house.kill("worker")
    Outbox.update(leased_until=None).where(Outbox.done_at.is_null()).execute()
    house.start("worker")
    end, quiet = time.monotonic() + SETTLING, 0
    while time.monotonic() < end and quiet < 3:
        waiting = Outbox.done_at.is_null() & Outbox.failed_at.is_null() & Outbox.leased_until.is_null()
        Outbox.update(due_at=now()).where(waiting & (Outbox.due_at > now())).execute()
        time.sleep(1)
        quiet = quiet + 1 if _all_heard(house) else 0


def _all_heard(house: House) -> bool:
    """Whether nothing is left but what never ends, and asking after payments that the bank knows nothing of."""
    left = Outbox.select().where(Outbox.done_at.is_null() & Outbox.failed_at.is_null())
    at_bank = counting.captured_at(house.folder / "bank" / "orders.sqlite")
    return all(
        row.kind in counting.STANDING or (row.kind == "payment-check" and row.payload["uuid"] not in at_bank) for row in left
    )


def _report(figures: dict[str, int]) -> None:
    for name, value in figures.items():
        print(f"{name} {value} count", flush=True)


# --- Starting it -----------------------------------------------------------------------------------------------------------------


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.torture", description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    parser.add_argument("--crash-every", type=int, default=CRASH_EVERY, help="kills between two crashes of PostgreSQL")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    chosen = parser.parse_args()
    databases = ["sqlite", "postgresql"] if chosen.database == "both" else [chosen.database]
    found = [violation for database in databases for violation in _one(database, chosen.kills, chosen.seed, chosen.crash_every)]
    print(*(f"VIOLATION {violation}" for violation in found), sep="\n")
    print(f"violations {len(found)} count")
    return 1 if found else 0


def _one(database: str, kills: int, seed: int, every: int) -> list[str]:
    print(f"# {database}, seed {seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="bawaba-torture-") as folder:
        if database == "sqlite":
            with house(Path(folder)) as made:
                return torture(made, kills, seed=seed)
        server = PostgresServer.start()
        try:
            with house(Path(folder), server.database()) as made:
                return torture(made, kills, seed=seed, server=server, every=every)
        finally:
            server.remove()


if __name__ == "__main__":
    sys.exit(main())
