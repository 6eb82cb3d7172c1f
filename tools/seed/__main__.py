"""python -m tools.seed ROWS [--seed N]

Fills the database of the settings with applications over all services and states of the last three years, with their people, answers,
events, decisions, search terms, bills, receipts, journals and audit. Never in production. Beside what is there already.
"""

import argparse
import datetime as dt
import random
import sys
import time
from collections.abc import Callable

from app import wire
from config import Settings
from engine.catalogue import catalogue
from models import Application, AuditEntry
from operations import audit_chain, demonstration, figures, health
from operations.now import now, today
from tools.seed.bulk import Bulk
from tools.seed.lives import CLERKS, PER_PERSON, Lives
from tools.seed.samples import samples
from tools.seed.trail import Trail

YEARS = 3
CHUNK = 20_000  # applications written and told of at once
END = dt.datetime(9999, 1, 1)  # noqa: DTZ001 - as the tables keep moments, without a zone


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.seed", description=__doc__)
    parser.add_argument("rows", type=int)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    settings = Settings.from_env()
    if settings.production:
        sys.exit("seeding is refused in production · لا تُملأ قاعدة الإنتاج ببيانات مصطنعة")
    wire(settings)
    health.migrate()
    demonstration.prepare()
    fill(chosen.rows, chosen.seed, lambda words: print(words, flush=True))
    return 0


def fill(rows: int, seed: int = 1, tell: Callable[[str], None] = print) -> None:
    """Make so many applications, and tell how far it is. The portal must be wired, its tables and fees there."""
    begun, bulk = time.monotonic(), Bulk()
    chance = random.Random(f"{seed}:{Application.select().count()}")  # a second run makes others, not the same again
    made = {code: found for code, service in catalogue.services.items() if (found := samples(service, today(), chance))}
    for code in catalogue.services.keys() - made.keys():
        tell(f"  {code}: asks for more than can be made up; left out")
    until = now().replace(tzinfo=None) - dt.timedelta(days=6)
    since = until - dt.timedelta(days=365 * YEARS)
    while audit_chain.seal():
        pass  # what is there already comes before what is made now
    trail = Trail(bulk, _newest() or since, now().replace(tzinfo=None))
    lives = Lives(bulk, trail, made, chance, since)
    for _each in range(CLERKS):
        lives.clerk(since)
    for _each in range(max(rows // PER_PERSON, 1)):
        lives.person(since)
    bulk.write()
    step = (until - since) / max(rows, 1)
    for number in range(1, rows + 1):
        moment = since + number * step
        lives.application(moment)
        if number % CHUNK == 0 or number == rows:
            trail.write_until(moment if number < rows else END)
            bulk.write()
            tell(f"  {number:,} · {time.monotonic() - begun:.0f} s")
    bulk.finish()
    lives.finish()
    figures.rebuild()
    bulk.analyze()
    tell(f"  figures and statistics · {time.monotonic() - begun:.0f} s")


def _newest() -> dt.datetime | None:
    """The moment of the newest entry of the audit."""
    newest = AuditEntry.select(AuditEntry.at).order_by(AuditEntry.at.desc()).limit(1).scalar()
    return newest.replace(tzinfo=None) if newest else None


if __name__ == "__main__":
    sys.exit(main())
