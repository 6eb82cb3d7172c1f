"""The chain over the audit: the worker links every entry to the one before it, so that whoever changes the past breaks it.

A link's digest is SHA-256 over the digest before it and over all that its entry says. Business transactions know nothing of it: they
only add entries, and the worker links them within seconds. Entries are linked in the order of their keys as far as they are visible;
PostgreSQL commits keys out of order, so the link's own number is the order of the chain.

Who holds the database can make the whole chain anew. Therefore `flask audit head` prints its end, to be kept elsewhere, and `verify`
compares it with what was kept.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from peewee import JOIN, SQL, fn

from models import AuditEntry, AuditLink, Heartbeat, database
from operations.now import now
from statements import statement

LOOK_BACK = 5_000  # keys behind the newest linked one among which a slow transaction's may still turn up
BATCH = 500
READ_AT_ONCE = 5_000
LATE = dt.timedelta(minutes=10)  # longer lasts no transaction, and no entry goes unlinked while the worker runs
LOCK = "audit-chain"


class Flaw(StrEnum):
    """What can be wrong with the chain."""

    CHANGED = "changed"  # the link does not fit its entry and the link before: one of them was changed
    REMOVED = "removed"  # the entry of a link is gone
    BACKDATED = "backdated"  # an entry that says it is older than what was linked long before it
    UNLINKED = "unlinked"  # an old entry without a link
    MISSING = "missing"  # a number of the chain is gone
    CUT = "cut"  # the chain ends before a head that was kept
    REPLACED = "replaced"  # the link of that number is not the one that was kept


@dataclass(frozen=True, slots=True)
class Finding:
    """A flaw, the number of the link and the key of the entry it is about, as far as there is one."""

    flaw: Flaw
    link: int | None = None
    entry: int | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain: its number (0: nothing is linked yet) and digest. Written `number:digest`."""

    number: int
    digest: str

    def __str__(self) -> str:
        return f"{self.number}:{self.digest}"

    @classmethod
    def read(cls, text: str) -> "Head":
        """Raises ValueError."""
        number, _colon, digest = text.strip().partition(":")
        if len(digest) != 64:
            raise ValueError(text)
        return cls(int(number), digest)


START = Head(0, "")


# --- Linking ---------------------------------------------------------------------------------------------------------------------


def seal(most: int = BATCH) -> int:
    """Link what is not linked yet, at most so many; returns how many. Two at once wait for each other. For the worker's sweep."""
    if not _unlinked(1):
        return 0
    with database.atomic():
        _hold()
        last = head()
        links = list(_links(last, _unlinked(most)))
        if links:
            AuditLink.insert_many(links).execute()
    return len(links)


def _hold() -> None:
    """Whoever wrote this row last in an open transaction is the only one who links."""
    beat = {Heartbeat.name: LOCK, Heartbeat.at: now()}
    Heartbeat.insert(beat).on_conflict(conflict_target=[Heartbeat.name], update={Heartbeat.at: now()}).execute()


def head() -> Head:
    """The end of the chain as it is now."""
    row = _last.first()
    return Head(row.number, row.digest) if row else START


@statement
def _last() -> Any:
    return AuditLink.select().order_by(AuditLink.number.desc()).limit(1)


def _unlinked(most: int) -> list[AuditEntry]:
    newest = _newest_linked.first()["entry"] or 0
    return _unlinked_after.all(newest - LOOK_BACK, most)


@statement
def _newest_linked() -> Any:
    return AuditLink.select(fn.MAX(AuditLink.entry).alias("entry")).dicts()


@statement
def _unlinked_after(key: Any, most: Any) -> Any:
    return AuditEntry.select().where((AuditEntry.id > key) & _without_link()).order_by(AuditEntry.id).limit(most)


def _without_link() -> Any:
    return ~fn.EXISTS(AuditLink.select(SQL("1")).where(AuditLink.entry == AuditEntry.id))


def _links(last: Head, entries: Iterable[AuditEntry]) -> Iterator[dict[str, Any]]:
    number, digest = last.number, last.digest
    for entry in entries:
        number += 1
        digest = linked(digest, number, _said(entry))
        yield {"number": number, "entry": entry.id, "digest": digest}


def linked(before: str, number: int, said: list[Any]) -> str:
    """The digest of a link, hexadecimal: over the one before, its number, and what its entry says, in JSON of one possible form."""
    form = json.dumps([before, number, *said], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(form.encode()).hexdigest()


def fits(link: AuditLink, entry: AuditEntry, before: str) -> bool:
    """Whether a link is the one of this entry after the digest before."""
    return linked(before, link.number, _said(entry)) == str(link.digest)


def _said(entry: AuditEntry) -> list[Any]:
    return said(entry.id, entry.account_id, entry.action, entry.subject, entry.address, entry.details, entry.at)


def said(key: int, account: int | None, action: str, subject: str, address: str, details: Any, at: dt.datetime) -> list[Any]:
    """What an entry says, column by column."""
    return [key, account, action, subject, address, details, at.isoformat()]


# --- Verifying -------------------------------------------------------------------------------------------------------------------


def verify(kept: Iterable[Head] = ()) -> Iterator[Finding]:
    """Everything that is wrong, in the order of the chain, then the entries outside it. Reads all of it, a few thousand rows at a time.

    `kept` are heads that were written down elsewhere: the chain must still pass through them.
    """
    wanted = {head.number: head.digest for head in kept if head.number}
    before, latest = START, dt.datetime.min.replace(tzinfo=dt.UTC)
    for row in _chain():
        number, digest = row["number"], row["digest"]
        for lost in range(before.number + 1, min(number, before.number + 1 + READ_AT_ONCE)):
            yield Finding(Flaw.MISSING, lost)
        yield from _flaws_of(row, before, latest)
        if wanted.pop(number, digest) != digest:
            yield Finding(Flaw.REPLACED, number, row["entry"])
        before, latest = Head(number, digest), max(latest, row["at"] or latest)
    for number in sorted(wanted):
        yield Finding(Flaw.CUT if number > before.number else Flaw.MISSING, number)
    for entry in _left_out():
        yield Finding(Flaw.UNLINKED, None, entry)


def _flaws_of(row: dict[str, Any], before: Head, latest: dt.datetime) -> Iterator[Finding]:
    number, entry = row["number"], row["entry"]
    if row["id"] is None:
        yield Finding(Flaw.REMOVED, number, entry)
        return
    columns = (row[name] for name in ("id", "account", "action", "subject", "address", "details", "at"))
    if before.number + 1 == number and linked(before.digest, number, said(*columns)) != row["digest"]:
        yield Finding(Flaw.CHANGED, number, entry)
    elif row["at"] + LATE < latest:
        yield Finding(Flaw.BACKDATED, number, entry)


def _chain() -> Iterator[dict[str, Any]]:
    """Every link with its entry, or with nothing where that is gone."""
    after = 0
    while rows := _some.all(after, READ_AT_ONCE):
        yield from rows
        after = rows[-1]["number"]


@statement
def _some(after: Any, most: Any) -> Any:
    entry = (AuditEntry.id, AuditEntry.account, AuditEntry.action, AuditEntry.subject, AuditEntry.address)
    return (
        AuditLink.select(AuditLink.number, AuditLink.entry, AuditLink.digest, *entry, AuditEntry.details, AuditEntry.at)
        .join(AuditEntry, JOIN.LEFT_OUTER, on=AuditLink.entry == AuditEntry.id)
        .where(AuditLink.number > after)
        .order_by(AuditLink.number)
        .limit(most)
        .dicts()
    )


def _left_out() -> Iterator[int]:
    """Keys of entries that are old and in no link."""
    after = 0
    while rows := _old_unlinked.all(after, now() - LATE, READ_AT_ONCE):
        yield from (row["id"] for row in rows)
        after = rows[-1]["id"]


@statement
def _old_unlinked(after: Any, before: Any, most: Any) -> Any:
    old = (AuditEntry.id > after) & (AuditEntry.at < before)
    return AuditEntry.select(AuditEntry.id).where(old & _without_link()).order_by(AuditEntry.id).limit(most).dicts()
