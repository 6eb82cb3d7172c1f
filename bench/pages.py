"""Pages against the floors, interleaved in one run; SQL per page; what a first visit has to fetch."""

import gzip
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median

import models
from bench.browser import Browser
from bench.figures import Figure, processor
from bench.house import House
from bench.people import Person
from bench.renewal import SERVICE, fill_in, reference_in, renew
from sandbox.bank.keys import Keys

ROUNDS, CLIENTS = 8, 2
FLOORS = {"floor_b": "/b", "floor_c": "/c"}
STATIC = re.compile(r'(?:href|src)="(/static/[^"]+)"')


def addresses(house: House, person: Person, keys: Keys) -> dict[str, str]:
    """The pages of part 1. The person has one application behind them and a draft whose last step is open."""
    with visiting(house, person) as browser:
        done = renew(browser, person, keys)
        draft = reference_in(fill_in(browser, person))
    return {
        "home": "/",
        "service": f"/services/{SERVICE}",
        "form": f"/applications/{draft}/steps/period",
        "overview": f"/applications/{done}",
        "dashboard": "/dashboard",
        "check": f"/applications/{draft}/check",
    }


@contextmanager
def visiting(house: House, person: Person) -> Iterator[Browser]:
    browser = Browser(house.ports["portal"], cookie=person.cookie, address=person.address)
    try:
        yield browser
    finally:
        browser.close()


# --- How fast --------------------------------------------------------------------------------------------------------------------


def against_the_floors(house: House, person: Person, pages: dict[str, str], requests: int) -> Iterator[Figure]:
    """Every page in turn, round after round. Ratios are of processor time: on one busy core, requests per second are its inverse."""
    wall: dict[str, list[float]] = {name: [] for name in (*FLOORS, *pages)}
    cost: dict[str, list[float]] = {name: [] for name in wall}
    for name in wall:
        _load(house, person, name, pages, requests // 2)  # warm
    for _round in range(ROUNDS):
        for name in wall:
            pid = house.pid("floor" if name in FLOORS else "portal")
            before, start = processor(pid), time.perf_counter()
            _load(house, person, name, pages, requests)
            wall[name].append(requests / (time.perf_counter() - start))
            cost[name].append(1000 * (processor(pid) - before) / requests)
    for name in wall:
        yield Figure(name, median(wall[name]), "requests/s")
        yield Figure(f"{name}_processor", median(cost[name]), "ms")
    for name in pages:
        yield Figure(f"{name}/c", median(floor / page for floor, page in zip(cost["floor_c"], cost[name], strict=True)), "ratio")


def _load(house: House, person: Person, name: str, pages: dict[str, str], requests: int) -> None:
    floor = name in FLOORS
    path = FLOORS[name] if floor else pages[name]
    anonymous = name in ("home", "service")

    def client() -> None:
        cookie = "" if floor or anonymous else person.cookie
        browser = Browser(house.ports["floor" if floor else "portal"], cookie=cookie, address=person.address)
        if floor:
            browser.get("/")
        for _each in range(requests // CLIENTS):
            browser.get(path)
        browser.close()

    together(client, CLIENTS)


def together(client: object, count: int) -> None:
    threads = [threading.Thread(target=client) for _each in range(count)]  # type: ignore[arg-type]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


# --- How many queries ------------------------------------------------------------------------------------------------------------


def queries(house: House, person: Person, pages: dict[str, str]) -> Iterator[Figure]:
    """Statements per page, in this process: the same code, and every statement seen."""
    client = house.app.test_client()
    seen: list[str] = []
    models.database.obj.query_hooks.append(lambda event: seen.append(event.sql))
    for name, path in pages.items():
        client.set_cookie("session", "" if name in ("home", "service") else person.cookie)
        client.get(path)
        seen.clear()
        assert client.get(path).status_code == 200, path
        yield Figure(f"{name}_sql", len([sql for sql in seen if not sql.startswith(("BEGIN", "COMMIT", "PRAGMA"))]), "queries")
    models.database.obj.query_hooks.clear()


# --- A first visit ---------------------------------------------------------------------------------------------------------------


def first_view(house: House, person: Person, pages: dict[str, str]) -> Iterator[Figure]:
    """Of the heaviest page: what it asks for, and how large that is on the wire (fonts are compressed already)."""
    views = [_view(house, person, path) for path in pages.values()]
    yield Figure("first_view_requests", max(view["requests"] for view in views), "requests")
    for kind in ("html", "css", "js", "fonts"):
        yield Figure(f"first_view_{kind}", max(view[kind] for view in views) / 1024, "KB")


def _view(house: House, person: Person, path: str) -> dict[str, float]:
    with visiting(house, person) as browser:
        html = browser.get(path).text
        files = {address.partition("?")[0]: address for address in STATIC.findall(html)}
        bodies = {name: browser.fetch(address) for name, address in files.items()}
    size = {kind: sum(len(gzip.compress(bodies[name])) for name in files if name.endswith(f".{kind}")) for kind in ("css", "js")}
    fonts = sum(len(bodies[name]) for name in files if name.endswith(".woff2"))
    return {"requests": 1 + len(files), "html": len(gzip.compress(html.encode())), **size, "fonts": fonts}
