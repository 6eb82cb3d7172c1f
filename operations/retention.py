"""What the rules of each service no longer allow to keep, forgotten by the queue once a day, in small portions.

An application goes in steps: its files and what its messages said; later what it said itself. A row with its number, service, state and
days stays, with the receipts, bills, issued documents and the audit. An untouched draft is announced to its owner, then goes whole. Files
are only let go of here; `operations/stored_files.py` deletes what nothing refers to any more.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from peewee import fn

from engine.catalogue import catalogue
from engine.lifecycle import State
from engine.retention import Retention
from engine.wording import Text, _
from models import (
    ERASABLE,
    AgreementRequest,
    Application,
    BatchRow,
    Declaration,
    Document,
    Guest,
    Message,
    PublicEntry,
    SearchTerm,
    StepUp,
    TrackedNumber,
    Upload,
    UtcField,
    Visit,
    Waiver,
    database,
)
from operations import applications, audit, bills, documents, messages, outbox, stored_files
from operations.now import now
from operations.rendering import both
from statements import locked

EVERY = dt.timedelta(days=1)
SOON = dt.timedelta(minutes=1)  # while more is due
BATCH = 500  # applications of one service and kind in one go


class Kind(StrEnum):
    """What falls due."""

    NOTICE = "notice"
    DRAFT = "draft"
    PAPERS = "papers"
    COMPLETED = "completed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Rule:
    """One of RULES: what it is called, which rows it is about besides their service, from when its period runs, and what is done."""

    title: Text
    about: Callable[[dt.datetime, Retention], Any]
    since: UtcField
    days: Callable[[Retention], int]
    act: Callable[[Application], None]


@dataclass(frozen=True, slots=True)
class Due:
    """How many applications of a service a rule is due for, and since when the longest waiting one counts."""

    service: str
    kind: Kind
    title: Text
    days: int
    count: int
    oldest: dt.datetime


# --- Running ---------------------------------------------------------------------------------------------------------------------


def schedule() -> None:
    """Called by every worker at start; the row is one for all of them."""
    outbox.put("retention", "retention")


@outbox.handles("retention")
def sweep(_payload: dict[str, Any]) -> None:
    """Never done: it comes back tomorrow, or in a minute while more is due."""
    if run():
        raise outbox.Postpone(SOON)
    stored_files.collect()
    raise outbox.Postpone(EVERY)


def run() -> int:
    """Do what is due, at most BATCH of each service and kind; returns how many applications it was done for."""
    return sum(_run(service, kind) for service in catalogue.services for kind in RULES)


def _run(service: str, kind: Kind) -> int:
    keys = [row.id for row in Application.select(Application.id).where(*_which(service, kind)).limit(BATCH)]
    return sum(_act(service, kind, key) for key in keys)


@database.atomic()
def _act(service: str, kind: Kind, key: int) -> bool:
    """Each in a transaction of its own, looked at again under its lock: its owner may have come back this moment."""
    row = locked(Application.select().where(Application.id == key, *_which(service, kind))).first()
    if row is None:
        return False
    RULES[kind].act(row)
    return True


def due() -> list[Due]:
    """What a run would do, counted: nothing is changed."""
    return [found for service in catalogue.services for kind in RULES if (found := _due(service, kind)).count]


def _due(service: str, kind: Kind) -> Due:
    rule = RULES[kind]
    row = (
        Application.select(fn.COUNT(1).alias("n"), fn.MIN(rule.since).alias("oldest")).where(*_which(service, kind)).dicts().get()
    )
    return Due(service, kind, rule.title, rule.days(retention_of(service)), row["n"], row["oldest"])


def _which(service: str, kind: Kind) -> list[Any]:
    """The rows a rule is due for, by its index."""
    rule, kept = RULES[kind], retention_of(service)
    ended = rule.since < now() - dt.timedelta(days=rule.days(kept))
    return [Application.service == service, ended, rule.about(now(), kept)]


def retention_of(code: str) -> Retention:
    """The service's own, else its authority's."""
    service = catalogue.services[code]
    return service.retention or catalogue.authorities[service.authority].retention


# --- What is done ----------------------------------------------------------------------------------------------------------------


def _announce(row: Application) -> None:
    """Once for each time it was left lying."""
    service, kept = catalogue.services[row.service], retention_of(row.service)
    goes_on = (now() + dt.timedelta(days=kept.notice)).date()
    messages.tell(row, "draft_left", cause=f"left:{row.updated_at}", title=both(service.title), until=both(goes_on))
    Application.update(reminded_at=now()).where(Application.id == row.id).execute()


def _drop_draft(row: Application) -> None:
    """Never decided on, nothing paid for it: also the declarations signed for it go."""
    bills.cancel_open(row)
    Declaration.delete().where(Declaration.application == row).execute()
    Document.delete().where((Document.application == row) & (Document.kind == documents.DECLARATION)).execute()
    row.closed_at = now()
    applications.advance(row, State.WITHDRAWN)
    audit.record(None, "draft.erased", row.reference)
    _forget(row)


def _trim(row: Application) -> None:
    _forget_papers(row)
    row.trimmed_at = now()
    row.save()
    audit.record(None, "application.trimmed", row.reference)


def _erase(row: Application) -> None:
    audit.record(None, "application.erased", row.reference)
    _forget(row)


def _forget(row: Application) -> None:
    """What it said, and everything said about it; the row that remains says that this happened."""
    _forget_papers(row)
    row.answers, row.records, row.subject, row.frozen = {}, {}, None, _skeleton(row.frozen)
    row.erased_at, row.trimmed_at = now(), row.trimmed_at or now()
    row.save()
    for table, blank in ERASABLE.items():  # append-only: their triggers let this one change pass, now that the row says erased
        table.update(blank).where(table.application == row).execute()
    nobody: dict[str, Any] = {"number": "", "name": {}, "role": {}, "phone": "", "email": "", "said": []}
    AgreementRequest.update(nobody).where(AgreementRequest.application == row).execute()
    Visit.update(place="", visitor="").where(Visit.application == row).execute()
    Waiver.update(reason="", answer="").where(Waiver.application == row).execute()
    BatchRow.update(typed={}, subject=None).where(BatchRow.application == row).execute()
    Declaration.update(content={}, prepared=None).where(Declaration.application == row).execute()
    for table in (SearchTerm, StepUp, TrackedNumber, PublicEntry):
        table.delete().where(table.application == row).execute()
    applications.happened(row, "erased", None)


def _forget_papers(row: Application) -> None:
    """Pictures that were published are among the files; where a guest is reached is needed no more."""
    Guest.update(name="", email="", phone="").where(Guest.id == row.guest_id).execute()
    PublicEntry.update(pictures=[]).where(PublicEntry.application == row).execute()
    Upload.delete().where(Upload.application == row).execute()
    Message.update(destination="", context={}).where(Message.application == row).execute()


def _skeleton(frozen: dict[str, Any] | None) -> dict[str, Any] | None:
    """What pages still need of it: its title, and the price, which the bill says too."""
    if frozen is None:
        return None
    nobody = {"ar": "", "en": ""}
    empty: dict[str, Any] = {
        "answers": {},
        "records": {},
        "steps": [],
        "also": [],
        "applicant": nobody,
        "seal": "",
        "declaration": None,
    }
    return empty | {name: frozen[name] for name in ("title", "day", "quote")}


def _closed(state: State) -> Callable[[dt.datetime, Retention], Any]:
    # closed_at IS NOT NULL AND erased_at IS NULL: as the index application_unerased says it
    return lambda _now, _kept: (
        (Application.state == state) & Application.closed_at.is_null(False) & Application.erased_at.is_null()
    )


def _unannounced(_now: dt.datetime, _kept: Retention) -> Any:
    told = Application.reminded_at.is_null() | (Application.reminded_at < Application.updated_at)
    return (Application.state == State.DRAFT) & told


def _announced(moment: dt.datetime, kept: Retention) -> Any:
    """Told long enough ago, about this very rest."""
    told = (Application.reminded_at >= Application.updated_at) & (
        Application.reminded_at < moment - dt.timedelta(days=kept.notice)
    )
    return (Application.state == State.DRAFT) & told


def _untrimmed(_now: dt.datetime, _kept: Retention) -> Any:
    return Application.closed_at.is_null(False) & Application.trimmed_at.is_null()


RULES: dict[Kind, Rule] = {
    Kind.NOTICE: Rule(
        _("Untouched drafts to announce"),
        _unannounced,
        Application.updated_at,
        lambda kept: kept.draft - kept.notice,
        _announce,
    ),
    Kind.DRAFT: Rule(_("Untouched drafts"), _announced, Application.updated_at, lambda kept: kept.draft, _drop_draft),
    Kind.PAPERS: Rule(
        _("Files attached, and what messages said"), _untrimmed, Application.closed_at, lambda kept: kept.papers, _trim
    ),
    Kind.COMPLETED: Rule(
        _("Completed applications"), _closed(State.COMPLETED), Application.closed_at, lambda kept: kept.completed, _erase
    ),
    Kind.REFUSED: Rule(
        _("Refused applications"), _closed(State.REFUSED), Application.closed_at, lambda kept: kept.refused, _erase
    ),
    Kind.WITHDRAWN: Rule(
        _("Withdrawn applications"), _closed(State.WITHDRAWN), Application.closed_at, lambda kept: kept.withdrawn, _erase
    ),
}
"""Each kind with its rule, in the order they are run."""
ERASED = frozenset(
    {
        *ERASABLE,
        AgreementRequest,
        Upload,
        Message,
        Declaration,
        PublicEntry,
        SearchTerm,
        StepUp,
        TrackedNumber,
        Visit,
        Waiver,
        BatchRow,
    }
)
"""Tables of an application whose content goes with it. The others are kept for good: `KEPT` says which, a test that none is forgotten."""
KEPT = frozenset(
    {
        "Appointment",
        "Bill",
        "Booking",
        "Document",
        "DocumentCopy",
        "Payout",
        "RecordClaim",
        "RegisterRecord",
        "ServiceClock",
        "TimeTaken",
    }
)
