"""Who did what: rows that are only ever added."""

from typing import Any

from engine.actor import Actor
from models import AuditEntry, SecurityEvent
from operations.now import now


def record(actor: Actor | None, action: str, subject: str, **details: Any) -> None:
    """Part of the caller's transaction: what is not recorded did not happen."""
    AuditEntry.create(account=actor.account if actor else None, action=action, subject=subject, details=details, at=now())


def security(account: int | None, kind: str, address: str = "", **details: Any) -> None:
    """Something that its owner should be able to see: log-ins, refused attempts, changes."""
    SecurityEvent.create(account=account, kind=kind, address=address, details=details, at=now())
