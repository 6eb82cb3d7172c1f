"""The journal: what moved, in entries that sum to zero. Nothing is ever changed; a mistake is mended by another journal.

Beside it the list of what does not fit and waits for a person.
"""

import logging
from typing import Any

from peewee import fn

from engine.ledger import Posting, balanced
from engine.money import Money
from models import Journal, JournalEntry, PaymentAttempt, ReconciliationItem, new_id
from operations.now import now

log = logging.getLogger(__name__)


def post(source_key: str, postings: list[Posting]) -> Journal:
    """Write one journal, inside the caller's transaction. The same source twice is an IntegrityError: nothing is booked twice.

    The entries come first and the journal closes them: the database checks their sum at that moment.
    """
    journal = new_id()
    JournalEntry.insert_many(
        [{"journal": journal, "account": posting.account, "amount": posting.amount} for posting in balanced(postings)]
    ).execute()
    return Journal.create(id=journal, source_key=source_key, at=now())


def balance(account: str) -> Money:
    total = JournalEntry.select(fn.COALESCE(fn.SUM(JournalEntry.amount), 0)).where(JournalEntry.account == account).scalar()
    return total if isinstance(total, Money) else Money(int(total))


def flag(key: str, kind: str, attempt: PaymentAttempt, **details: Any) -> None:
    """Something about this payment that a person must look at, once per key. Nothing was changed by itself."""
    row = {"key": key, "kind": kind, "attempt": attempt.id, "details": details, "created_at": now()}
    ReconciliationItem.insert(row).on_conflict_ignore().execute()
    log.error("a payment needs a person: %s %s", kind, attempt.uuid)
