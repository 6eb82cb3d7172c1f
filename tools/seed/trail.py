"""The entries of the audit that a seeded life leaves, linked as they are written: the chain stays whole without the worker."""

import datetime as dt
import heapq

from models import AuditEntry, AuditLink
from operations import audit_chain
from tools.seed.bulk import Bulk

ENTRY = ("id", "account_id", "action", "subject", "address", "details", "at")
LINK = ("number", "entry_id", "digest")
Said = tuple[int | None, str, str]
"""Account, action, subject."""


class Trail:
    """What was said of many lives at once, put in the order of time, as the chain wants it. All entries before must be linked."""

    def __init__(self, bulk: Bulk, since: dt.datetime, until: dt.datetime) -> None:
        self._bulk, self._since, self._until = bulk, since, until
        self._head = audit_chain.head()
        self._later: list[tuple[dt.datetime, int, Said]] = []
        self._turn = 0

    def tell(self, account: int | None, action: str, subject: str, at: dt.datetime) -> None:
        """No entry is older than what was linked before, nor of the future."""
        self._turn += 1
        heapq.heappush(self._later, (min(max(at, self._since), self._until), self._turn, (account, action, subject)))

    def write_until(self, moment: dt.datetime) -> None:
        """What was said up to then."""
        entries, links = [], []
        number, digest = self._head.number, self._head.digest
        while self._later and self._later[0][0] <= moment:
            at, _turn, (account, action, subject) = heapq.heappop(self._later)
            key, number = self._bulk.key(AuditEntry), number + 1
            said = audit_chain.said(key, account, action, subject, "", {}, at.replace(tzinfo=dt.UTC))
            digest = audit_chain.linked(digest, number, said)
            entries.append((key, account, action, subject, "", "{}", at))
            links.append((number, key, digest))
        self._head = audit_chain.Head(number, digest)
        self._bulk.extend(AuditEntry, ENTRY, entries)
        self._bulk.extend(AuditLink, LINK, links)
