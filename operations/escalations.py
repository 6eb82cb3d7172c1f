"""What became overdue: each once, its supervisors are told. They see it in their room; the applicant reads there that they know.

A sweep of the worker looks every few minutes, by an index that holds only what is due and not yet told of.
"""

import datetime as dt
from typing import Any

from engine.catalogue import catalogue
from models import Account, Application, Identifier, IdentifierType, Role, database
from operations import audit, messages, outbox
from operations.now import now
from operations.rendering import both
from operations.staff import Duty
from statements import locked, statement

EVERY = dt.timedelta(minutes=5)
BATCH = 100
NAMED = 20  # a mail names so many applications; the supervisors' room shows all


def schedule() -> None:
    """Called by every worker at start; the row is one for all of them."""
    outbox.put("escalations", "escalations")


@outbox.handles("escalations")
def sweep(_payload: dict[str, Any]) -> None:
    """Never done: it comes back, at once while more is waiting."""
    raise outbox.Postpone(EVERY if escalate() < BATCH else dt.timedelta(0))


@database.atomic()
def escalate() -> int:
    """Tell of the oldest that nobody was told of, at most BATCH; returns how many they were."""
    moment = now()
    rows = _overdue.all(moment, BATCH)
    desks: dict[str, list[str]] = {}
    for row in rows:
        row.escalated_at = moment
        row.save()
        audit.record(None, "application.overdue", row.reference, due=row.due_at.isoformat())
        desks.setdefault(row.desk, []).append(row.reference)
    for desk, references in desks.items():
        _tell(desk, references, moment)
    return len(rows)


@statement
def _overdue(moment: Any, most: Any) -> Any:
    late = Application.due_at.is_null(False) & Application.escalated_at.is_null() & (Application.due_at < moment)
    return locked(Application.select().where(late).order_by(Application.due_at, Application.id).limit(most), skip=True)


def _tell(desk: str, references: list[str], moment: dt.datetime) -> None:
    """One mail for all of a sweep, to each supervisor of the desk."""
    for account in _supervisors.run(desk, desk.partition(".")[0]):
        messages.send(
            "mail",
            account.email,
            "overdue",
            key=f"overdue:{desk}:{references[0]}:{moment.isoformat()}:{account.id}",
            locale=account.locale,
            account=account,
            name=account.called(account.locale),
            desk=desk,
            title=both(catalogue.desks[desk]) if desk in catalogue.desks else {"ar": desk, "en": desk},
            count=len(references),
            references=references[:NAMED],
        )


@statement
def _supervisors(desk: Any, authority: Any) -> Any:
    holds = (Role.name == Duty.SUPERVISOR) & ((Role.authority == "") | (Role.authority == authority) | (Role.authority == desk))
    mail = (Identifier.type == IdentifierType.EMAIL) & Identifier.verified_at.is_null(False)
    rows = Account.select(Account, Identifier.value.alias("email")).join(Identifier).switch(Account).join(Role)
    return rows.where(holds & mail & Account.blocked_at.is_null() & Account.closed_at.is_null()).distinct().objects()
