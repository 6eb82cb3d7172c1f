"""The desk with many applications: the clerk's queue, one application and the supervisors' pages against the floor, finding by number and by
name, the export, the audit's chain.

python -m bench.desk [--rows 1000000] [--database sqlite:////path | postgresql://…]

A database given is used as it is if it has so many applications already; what is missing is made by `tools.seed`.
"""

import argparse
import datetime as dt
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from urllib.parse import quote

from bench import pages
from bench.figures import Figure, show
from bench.house import House, house
from bench.people import Person, signed_in
from engine.actor import Actor
from models import Account, Application, AuditEntry, Role, State
from operations import accounts, audit_chain, desk, exporting, sessions, supervision
from operations import figures as statistics
from operations.now import today
from operations.service_clock import soon
from operations.staff import Duty
from tools.seed.__main__ import fill

DESK = "municipality.administration"
ROWS = 2_000  # enough to see that it works; docs/speed.md says what a million gave
QUICK, THOROUGH = 40, 400
EXPORTED = 100_000  # lines


def figures(house: House, name: str, rows: int, quick: bool) -> Iterator[Figure]:
    """Needs the portal and the floor running. `name` is the database's."""
    if (missing := rows - Application.select().count()) > 0:
        yield from _timed(f"seed_{name}", missing)
    person, actor = _staff(house)
    addresses = {f"{page}_{name}": path for page, path in _addresses().items()}
    for figure in pages.against_the_floors(house, person, addresses, 6 if quick else 60):
        if figure.name.removesuffix("/c") in addresses:
            yield figure
    for figure in pages.queries(house, person, {key.removesuffix(f"_{name}"): path for key, path in addresses.items()}):
        yield Figure(figure.name.replace("_sql", f"_{name}_sql"), figure.value, figure.unit)
    times = QUICK if quick else THOROUGH
    half, worst = _percentiles(lambda: desk.queue(actor, DESK, "waiting"), times)
    yield Figure(f"queue_{name}_spread", worst / half, "ratio")
    references, names = _samples(times)
    for what, asked in (("lookup", references), ("search", names)):
        yield from _asked(actor, f"{what}_{name}", asked, times)
    yield Figure(f"workload_{name}_p99", _percentiles(lambda: supervision.workload(actor, DESK, soon()), times)[1], "ms")
    year = today() - dt.timedelta(days=365)
    yield Figure(f"statistics_{name}_p99", _percentiles(lambda: statistics.monthly(DESK, year), times)[1], "ms")
    yield _export(actor, name)
    yield from _audit(name)


def _asked(actor: Actor, name: str, texts: list[str], times: int) -> Iterator[Figure]:
    """The same texts twice: the first time much is still on the disk, the second in memory."""
    for turn in ("first", "again"):
        half, worst = _percentiles(map(partial(desk.search, actor, DESK), texts).__next__, times)
        yield Figure(f"{name}_{turn}", half, "ms")
        yield Figure(f"{name}_{turn}_p99", worst, "ms")


def _timed(name: str, rows: int) -> Iterator[Figure]:
    start = time.perf_counter()
    fill(rows, tell=lambda _words: None)
    yield Figure(name, 1000 * (time.perf_counter() - start) / rows, "ms/application")


def _export(actor: Actor, name: str) -> Figure:
    """The first EXPORTED lines of all that was ever submitted to the desk."""
    lines, start = 0, time.perf_counter()
    for piece in exporting.export(actor, DESK, dt.date(2000, 1, 1), today()):
        lines += piece.count("\n")
        if lines >= EXPORTED:
            break
    return Figure(f"export_{name}", lines / (time.perf_counter() - start), "lines/s")


def _audit(name: str) -> Iterator[Figure]:
    """Reading the whole chain."""
    while audit_chain.seal():
        pass
    count, start = AuditEntry.select().count(), time.perf_counter()
    assert not list(audit_chain.verify())
    yield Figure(f"audit_verify_{name}", 1e6 * (time.perf_counter() - start) / count, "s/million")


def _staff(house: House) -> tuple[Person, Actor]:
    """A clerk who is a supervisor too."""
    account = accounts.ensure(
        email="clerk@bawaba.example", phone="+96891999999", password="seven palms by the falaj", first_name="Maryam"
    )
    for duty in (Duty.CLERK, Duty.SUPERVISOR):
        Role.get_or_create(account=account, name=duty, authority="municipality")
    token = sessions.begin(account, browser="bench", address="127.0.0.1")
    actor = sessions.actor_of(token, "ar")
    assert actor and actor.account and actor.session
    return Person(0, actor.account, actor.session, signed_in(house.app, token), "", "", today()), actor


def _addresses() -> dict[str, str]:
    row = (
        Application.select(Application.reference)
        .where((Application.desk == DESK) & (Application.state == State.IN_REVIEW))
        .limit(1)
        .get()
    )
    return {
        "queue": "/desk",
        "application": f"/desk/{row.reference}",
        "search_page": f"/desk?desk={DESK}&q={quote('الحارثي')}",
        "workload": f"/supervision?desk={DESK}",
        "statistics": f"/supervision/figures?desk={DESK}",
    }


def _samples(times: int) -> tuple[list[str], list[str]]:
    """Numbers and names that are there, picked all over the table; the same each time."""
    chance, last = random.Random(3), Application.select().order_by(Application.id.desc()).limit(1).get().id
    rows = Application.select(Application.reference, Account.arabic_name, Account.first_name, Account.family_name).join(Account)
    keys = [chance.randint(1, last) for _each in range(2 * times)]
    found = list(rows.where(Application.id.in_(keys[: times * 2]))) * 3
    chance.shuffle(found)
    names = [chance.choice((row.account.arabic_name, f"{row.account.first_name} {row.account.family_name}")) for row in found]
    return [row.reference for row in found][: times + 1], names[: times + 1]


def _percentiles(act: Callable[[], object], times: int) -> tuple[float, float]:
    """The median and the ninety-ninth of a hundred, ms."""
    act()
    taken = []
    for _each in range(times):
        start = time.perf_counter()
        act()
        taken.append(1000 * (time.perf_counter() - start))
    taken.sort()
    return taken[len(taken) // 2], taken[int(len(taken) * 0.99)]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.desk", description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--database", default="")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bawaba-bench-") as folder, house(Path(folder), chosen.database) as made:
        made.start("portal", "floor")
        kind = "postgresql" if chosen.database.startswith("postgres") else "sqlite"
        list(show(figures(made, kind, chosen.rows, quick=False)))


if __name__ == "__main__":
    main()
