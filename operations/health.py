"""Whether the portal is up and set up: tables, worker, sandboxes, keys, translations."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import httpx
from peewee import InterfaceError, OperationalError
from playhouse.migrations import Runner

from gateways import tls
from gateways.identity_providers import Misconfigured
from models import Heartbeat, Outbox, database
from operations import office_hours
from operations.now import now
from operations.outside import outside

MIGRATIONS = Path(__file__).parent.parent / "migrations"
WORKER = "worker"
FRESH = dt.timedelta(seconds=30)
STALE_WORK = dt.timedelta(minutes=15)


def migrate() -> list[str]:
    """Apply what is pending; returns the names. A second process at the same time waits for the first."""
    return list(Runner(database.obj, str(MIGRATIONS)).up())


def migrated() -> bool:
    return all(migration.applied for migration in Runner(database.obj, str(MIGRATIONS)).status())


def beat() -> None:
    """The worker is alive."""
    Heartbeat.insert(name=WORKER, at=now()).on_conflict(conflict_target=[Heartbeat.name], update={Heartbeat.at: now()}).execute()


def checks(sandboxes: dict[str, str]) -> dict[str, bool]:
    """Each part by name, and whether it is up. Sandboxes are asked only where they are used (development)."""
    try:
        ready = migrated()
        up = {"database": True, "migrated": ready, "worker": ready and _worker_beats()}
    except (OperationalError, InterfaceError):
        up = dict.fromkeys(("database", "migrated", "worker"), False)
    return up | {name: _answers(url) for name, url in sandboxes.items()}


def _worker_beats() -> bool:
    beat = Heartbeat.get_or_none(Heartbeat.name == WORKER)
    return beat is not None and now() - beat.at < FRESH


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/healthz", timeout=2, verify=tls.usual()).status_code == 200
    except httpx.HTTPError:
        return False


def _sealable() -> bool:
    """Whether the key and the certificate of the seal can be read."""
    try:
        return outside.seal.certificate is not None
    except (OSError, ValueError):
        return False


def missing() -> Iterator[str]:
    """What is not as it should be, one sentence each, with the command that mends it."""
    if not migrated():
        yield "the database is not migrated: run `flask migrate`"
        return
    if not _worker_beats():
        yield "the worker does not beat: start `flask work`"
    old = (
        Outbox.select()
        .where(Outbox.done_at.is_null() & Outbox.failed_at.is_null() & (Outbox.due_at < now() - STALE_WORK))
        .count()
    )
    if old:
        yield f"{old} pieces of work have waited for more than a quarter of an hour: look at the worker's log"
    if not _sealable():
        yield "no seal for documents: set SEAL_KEY and SEAL_CERTIFICATE, or run `make setup` for a development one"
    if not office_hours.known(now().year):
        yield f"no holidays of {now().year} are known, so answers are owed on them: run `flask holidays fill {now().year}`"
    for code, register in outside.registers.items():
        if not register.answers():
            yield f"the register {code} does not answer: see its address in the settings (docs/violations.md)"
    if outside.identity_provider is not None:
        try:
            outside.identity_provider.metadata()
        except Misconfigured as problem:
            yield f"the identity provider cannot be used: {problem}"
    if outside.certificates is None:
        yield "nobody is trusted to prove identities: set TRUST_ROOTS and TRUST_POLICIES, or run `make setup`"
    if outside.cards is None:
        yield "no ID card is accepted: set CARD_ROOTS and CARD_POLICIES, or run `make setup`"
