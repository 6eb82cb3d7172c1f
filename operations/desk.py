"""A clerk's desk: what waits there, what the clerk has taken, what became of the rest; and one application with all that belongs to it.

Lists are read page by page from a moment on (keyset), each by one statement over one index, so that a million rows cost what ten cost.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, BinaryIO

from peewee import JOIN, SQL, fn

from engine.actor import Actor
from engine.catalogue import catalogue
from engine.errors import NotFound
from engine.lifecycle import State
from engine.wording import Text, _
from models import (
    Account,
    Application,
    ApplicationEvent,
    Bill,
    BillState,
    DecisionMade,
    Document,
    Identifier,
    Message,
    Note,
    Receipt,
    SearchTerm,
    Version,
    database,
)
from operations import applications, audit, casework, corrections, documents, finding, staff
from operations.now import now
from operations.outside import outside
from statements import Statement, locked, statement

PAGE = 50
CAP = 1000  # counting further tells nobody anything
BEGINNING = (dt.datetime(1, 1, 1, tzinfo=dt.UTC), 0)
END = (dt.datetime(9999, 1, 1, tzinfo=dt.UTC), 2**31 - 1)
WAITING = SQL("state = 'in-review' AND clerk_id IS NULL")  # as the index application_waiting says it
TAKEN = SQL("state = 'in-review'")  # as application_taken

Cursor = tuple[dt.datetime, int]
"""After which application a page begins: when it was submitted (UTC) and its row."""

Applicant: Any = Account.alias("applicant")
Holder: Any = Account.alias("holder")


@dataclass(frozen=True, slots=True)
class Listed:
    """A line of a list."""

    id: int
    reference: str
    title: Text
    applicant: str
    state: State
    submitted_at: dt.datetime
    holder: str
    mine: bool


@dataclass(frozen=True, slots=True)
class Queue:
    """A page of a list: its lines, where the next page begins (None at the end), and how many wait and are the clerk's, at most CAP + 1."""

    lines: list[Listed]
    onwards: Cursor | None
    waiting: int
    mine: int


@dataclass(frozen=True, slots=True)
class View:
    """One of the lists: its title, how it is read, and whose it is (the desk's or the clerk's own)."""

    title: Text
    rows: Statement
    own: bool = False
    newest_first: bool = False


# --- Lists -----------------------------------------------------------------------------------------------------------------------


def queue(actor: Actor, desk: str, view: str, after: Cursor | None = None) -> Queue:
    """A page of one of VIEWS. Raises NotAllowed for who is no clerk, NotFound for another's desk and an unknown view."""
    if desk not in staff.desks_of(actor) or view not in VIEWS:
        raise NotFound
    shown = VIEWS[view]
    begin = after or (END if shown.newest_first else BEGINNING)
    rows = shown.rows.all(actor.account if shown.own else desk, *begin, PAGE + 1)
    lines = [_line(actor, row) for row in rows[:PAGE]]
    onwards = (lines[-1].submitted_at, lines[-1].id) if len(rows) > PAGE else None
    return Queue(lines, onwards, *_counts(actor, desk))


def search(actor: Actor, desk: str, text: str) -> Queue:
    """Applications of the desk by any number or by words of a name, newest first, at most PAGE. Raises as `queue` does."""
    if desk not in staff.desks_of(actor):
        raise NotFound
    lines = [_line(actor, row) for row in _found(desk, *finding.asked(text))]
    return Queue(lines, None, *_counts(actor, desk))


def _found(desk: str, whole: str, words: list[str]) -> list[dict[str, Any]]:
    """By the whole of it as one number or word; else by the first three words, the rarest of them looked up first."""
    rows = _by_number.all(desk, whole, PAGE) if whole else []
    if rows or len(words) < 2:
        return rows
    rarest_first = sorted(words[:3], key=lambda word: _how_often.first(desk, word)["n"])
    return _by_words.all(desk, *(rarest_first * 2)[:3], PAGE)  # of two words one is asked for twice


def _counts(actor: Actor, desk: str) -> tuple[int, int]:
    return _how_many_wait.first(desk)["n"], _how_many_mine.first(actor.account)["n"]


def _line(actor: Actor, row: dict[str, Any]) -> Listed:
    service = catalogue.services.get(row["service"])
    return Listed(
        row["id"],
        row["reference"],
        service.title if service else Text(row["service"]),
        _name(actor, row, "applicant"),
        State(row["state"]),
        row["submitted_at"],
        _name(actor, row, "holder"),
        row["clerk"] == actor.account,
    )


def _name(actor: Actor, row: dict[str, Any], whose: str) -> str:
    first, family, arabic = (row[f"{whose}_{part}"] for part in ("first", "family", "arabic"))
    return arabic if actor.locale == "ar" and arabic else " ".join(filter(None, (first, family)))


def _lines() -> Any:
    columns = (Application.id, Application.reference, Application.service, Application.state)
    names = [
        column.alias(f"{whose}_{part}")
        for whose, person in (("applicant", Applicant), ("holder", Holder))
        for part, column in (("first", person.first_name), ("family", person.family_name), ("arabic", person.arabic_name))
    ]
    return (
        Application.select(*columns, Application.submitted_at, Application.clerk, *names)
        .join(Applicant, on=Application.account == Applicant.id)
        .switch(Application)
        .join(Holder, JOIN.LEFT_OUTER, on=Application.clerk == Holder.id)
        .dicts()
    )


def _read(where: Callable[[Any], Any], newest_first: bool = False) -> Statement:
    """A list by keyset: `where` says whose; oldest first, or newest."""

    def rows(whose: Any, at: Any, row: Any, most: Any) -> Any:
        moment, number = Application.submitted_at, Application.id
        if newest_first:
            beyond = (moment <= at) & ((moment < at) | (number < row))
            order = (moment.desc(), number.desc())
        else:
            beyond = (moment >= at) & ((moment > at) | (number > row))
            order = (moment, number)
        return _lines().where(where(whose) & beyond).order_by(*order).limit(most)

    return statement(rows)


def _in(state: State) -> Callable[[Any], Any]:
    return lambda desk: (Application.desk == desk) & (Application.state == state)


VIEWS: dict[str, View] = {
    "waiting": View(_("Waiting"), _read(lambda desk: (Application.desk == desk) & WAITING)),
    "mine": View(_("Mine"), _read(lambda clerk: (Application.clerk == clerk) & TAKEN), own=True),
    "in-review": View(_("All in review"), _read(_in(State.IN_REVIEW))),
    "returned": View(_("With the applicant"), _read(_in(State.RETURNED))),
    "to-pay": View(_("To be paid"), _read(_in(State.TO_PAY))),
    "completed": View(_("Completed"), _read(_in(State.COMPLETED), newest_first=True), newest_first=True),
    "refused": View(_("Refused"), _read(_in(State.REFUSED), newest_first=True), newest_first=True),
}


def _counted(table: Any, where: Any) -> Any:
    return table.select(fn.COUNT(SQL("1")).alias("n")).from_(table.select(SQL("1")).where(where).limit(CAP + 1)).dicts()


@statement
def _how_many_wait(desk: Any) -> Any:
    return _counted(Application, (Application.desk == desk) & WAITING)


@statement
def _how_many_mine(clerk: Any) -> Any:
    return _counted(Application, (Application.clerk == clerk) & TAKEN)


@statement
def _how_often(desk: Any, term: Any) -> Any:
    return _counted(SearchTerm, (SearchTerm.desk == desk) & (SearchTerm.term == term))


@statement
def _by_number(desk: Any, term: Any, most: Any) -> Any:
    found = (SearchTerm.desk == desk) & (SearchTerm.term == term)
    return _lines().join_from(Application, SearchTerm).where(found).order_by(SearchTerm.application.desc()).limit(most)


@statement
def _by_words(desk: Any, first: Any, second: Any, third: Any, most: Any) -> Any:
    found = (SearchTerm.desk == desk) & (SearchTerm.term == first) & _also(desk, second) & _also(desk, third)
    return _lines().join_from(Application, SearchTerm).where(found).order_by(SearchTerm.application.desc()).limit(most)


def _also(desk: Any, term: Any) -> Any:
    Other: Any = SearchTerm.alias()
    same = (Other.desk == desk) & (Other.term == term) & (Other.application == SearchTerm.application)
    return fn.EXISTS(Other.select(SQL("1")).where(same))


# --- Taking ----------------------------------------------------------------------------------------------------------------------


@database.atomic()
def take_next(actor: Actor, desk: str) -> str | None:
    """Take what has waited longest and is not the clerk's own; its reference, None when nothing waits. Two clerks get two."""
    if desk not in staff.desks_of(actor):
        raise NotFound
    row = _oldest.first(desk, actor.account, actor.office or -1)
    if row is None:
        return None
    casework.hold(actor, row)
    return str(row.reference)


@statement
def _oldest(desk: Any, clerk: Any, office: Any) -> Any:
    anothers = (Application.account != clerk) & (fn.COALESCE(Application.filed_by, 0) != clerk)
    waits = (Application.desk == desk) & WAITING & anothers & (fn.COALESCE(Application.office, 0) != office)
    return locked(Application.select().where(waits).order_by(Application.submitted_at, Application.id).limit(1), skip=True)


# --- One application -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Dossier:
    """An application as a clerk reads it."""

    row: Application
    applicant: Account
    identifiers: dict[str, str]
    holder: str
    mine: bool
    own: bool
    events: list[ApplicationEvent]
    decisions: list[DecisionMade]
    messages: list[Message]
    notes: list[Note]
    versions: list[Version]
    bill: Bill | None
    receipt: str
    documents: list[Document]


def dossier(actor: Actor, reference: str) -> Dossier:
    """Everything about one application of the clerk's desks. That it was looked at is recorded. Raises as staff.lock does."""
    row = staff.admitted(actor, _with_people.first(reference))
    with database.atomic():
        audit.record(actor, "application.viewed", row.reference)
    bill = _bill.first(row)
    return Dossier(
        row=row,
        applicant=row.account,
        identifiers={identifier.type: identifier.value for identifier in _identifiers.run(row.account_id)},
        holder=staff.name_of(row.clerk, actor.locale) if row.clerk_id else "",
        mine=row.clerk_id == actor.account,
        own=casework.is_own(actor, row),
        events=applications.events_of(row),
        decisions=_decisions.all(row),
        messages=_messages.all(row),
        notes=_notes.all(row),
        versions=corrections.versions_of(row),
        bill=bill,
        receipt=bill.receipt_number if bill else "",
        documents=documents.of_application(row),
    )


@statement
def _with_people(reference: Any) -> Any:
    return (
        Application.select(Application, Applicant, Holder)
        .join(Applicant, on=Application.account == Applicant.id, attr="account")
        .switch(Application)
        .join(Holder, JOIN.LEFT_OUTER, on=Application.clerk == Holder.id, attr="clerk")
        .where(Application.reference == reference)
    )


@statement
def _identifiers(account: Any) -> Any:
    return Identifier.select().where((Identifier.account == account) & Identifier.verified_at.is_null(False))


@statement
def _decisions(application: Any) -> Any:
    rows = DecisionMade.select(DecisionMade, Account).join(Account)
    return rows.where(DecisionMade.application == application).order_by(DecisionMade.id)


@statement
def _messages(application: Any) -> Any:
    return Message.select().where(Message.application == application).order_by(Message.id)


@statement
def _notes(application: Any) -> Any:
    return Note.select(Note, Account).join(Account).where(Note.application == application).order_by(Note.id)


@statement
def _bill(application: Any) -> Any:
    standing = (Bill.application == application) & (Bill.state != BillState.CANCELLED)
    rows = Bill.select(Bill, Receipt.number.alias("receipt_number")).join(Receipt, JOIN.LEFT_OUTER)
    return rows.where(standing).order_by(Bill.id.desc()).limit(1).objects()


@database.atomic()
def note(actor: Actor, reference: str, text: str) -> None:
    """Tell the other clerks something; the applicant never sees it."""
    row = staff.lock(actor, reference)
    Note.create(application=row, by=actor.account, text=text.strip(), at=now())
    audit.record(actor, "application.noted", row.reference)


def file_of(actor: Actor, reference: str, version: int, field: str) -> tuple[str, str, BinaryIO]:
    """A file as it was submitted with that version: its name, its real type, its bytes. Recorded. Raises NotFound."""
    row = staff.admitted(actor, _with_people.first(reference))
    frozen = frozen_of(row, version)
    file = frozen["answers"].get(field)
    if not isinstance(file, dict) or "digest" not in file:
        raise NotFound
    with database.atomic():
        audit.record(actor, "file.viewed", row.reference, field=field, version=version)
    return file["name"], file["type"], outside.storage.open(file["digest"])


def frozen_of(row: Application, version: int) -> dict[str, Any]:
    """What the application said in that version. Raises NotFound."""
    if version == row.version:
        return dict(row.frozen)
    kept = next((kept for kept in corrections.versions_of(row) if kept.number == version), None)
    if kept is None:
        raise NotFound
    return dict(kept.frozen)
