"""A clerk's desk: what waits there, what the clerk has taken, what became of the rest.

Lists are read page by page from a moment on (keyset), each by one statement over one index, so that a million rows cost what ten cost.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from peewee import JOIN, SQL, fn

from engine.actor import Actor
from engine.catalogue import catalogue
from engine.clock import midnight
from engine.errors import NotFound
from engine.lifecycle import State
from engine.wording import Text, _
from models import (
    Account,
    Application,
    DecisionMade,
    Opinion,
    SearchTerm,
    database,
)
from operations import audit, casework, finding, staff
from statements import locked, statement

PAGE = 20
CAP = 1000  # counting further tells nobody anything
BEGINNING = (dt.datetime(1, 1, 1, tzinfo=dt.UTC), 0)
END = (dt.datetime(9999, 1, 1, tzinfo=dt.UTC), 2**31 - 1)
WAITING = SQL("state = 'in-review' AND clerk_id IS NULL")  # as the index application_waiting says it
TAKEN = SQL("state = 'in-review'")  # as application_taken
LISTS_HELD = "in-review"  # the list that may be asked for what one colleague has
LAST = "\uffff"  # after every service
DUE = Application.due_at.is_null(False)  # as application_due

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
    due_at: dt.datetime | None
    holder: str
    mine: bool


@dataclass(frozen=True, slots=True)
class Queue:
    """A page of a list: its lines, where the next page begins (None at the end), and how many wait, are the clerk's, are asked about:
    at most CAP + 1."""

    lines: list[Listed]
    onwards: Cursor | None
    waiting: int
    mine: int
    asked: int


@dataclass(frozen=True, slots=True)
class Filter:
    """What of a list is wanted: a service, days of submission (in Muscat, both included), and who has it (an account), where LISTS_HELD."""

    service: str = ""
    since: dt.date | None = None
    until: dt.date | None = None
    holder: int | None = None


EVERYTHING = Filter()
Rows = Callable[[Any, Cursor, dt.datetime, str], list[dict[str, Any]]]
"""A page and one more of a list: whose, from where, as far as which moment, of which service (empty: of all)."""


@dataclass(frozen=True, slots=True)
class View:
    """One of the lists: its title, how it is read, and whose it is (the desk's or the clerk's own)."""

    title: Text
    rows: Rows
    own: bool = False
    newest_first: bool = False
    by: str = "submitted_at"


# --- Lists -----------------------------------------------------------------------------------------------------------------------


def queue(actor: Actor, desk: str, view: str, after: Cursor | None = None, only: Filter = EVERYTHING) -> Queue:
    """A page of one of VIEWS. Raises NotAllowed for who is no clerk, NotFound for another's desk and an unknown view."""
    if desk not in staff.desks_of(actor) or view not in VIEWS:
        raise NotFound
    shown = VIEWS[view]
    if only.holder is not None and view == LISTS_HELD:
        found = read_of_clerk(actor, desk, only.holder, after, only)
    else:
        found = read(actor, shown, actor.account if shown.own else desk, after, only)
    return Queue(*found, *_counts(actor, desk))


def read(
    actor: Actor, shown: View, whose: Any, after: Cursor | None = None, only: Filter = EVERYTHING
) -> tuple[list[Listed], Cursor | None]:
    """A page of a list and where the next begins. Who may see it, the caller has checked."""
    begin, edge = _bounds(only, after, shown.newest_first)
    return _page(actor, shown.rows(whose, begin, edge, only.service), shown.by)


def read_of_clerk(
    actor: Actor, desk: str, clerk: int, after: Cursor | None = None, only: Filter = EVERYTHING
) -> tuple[list[Listed], Cursor | None]:
    """The same for what one clerk has of a desk, oldest first."""
    least, most = (only.service, only.service) if only.service else ("", LAST)
    begin, edge = _bounds(only, after, newest_first=False)
    return _page(actor, _held.all(desk, clerk, *begin, edge, least, most, PAGE + 1), "submitted_at")


def _page(actor: Actor, rows: list[dict[str, Any]], by: str) -> tuple[list[Listed], Cursor | None]:
    lines = [_line(actor, row) for row in rows[:PAGE]]
    return lines, (getattr(lines[-1], by), lines[-1].id) if len(rows) > PAGE else None


def _bounds(only: Filter, after: Cursor | None, newest_first: bool) -> tuple[Cursor, dt.datetime]:
    """From where a list is read and as far as which moment. One bound on each side: of two, a database may read from the wider one."""
    first = midnight(only.since) if only.since else BEGINNING[0]
    last = midnight(only.until + dt.timedelta(days=1)) if only.until else END[0]
    if newest_first:
        return (after if after and after[0] < last else (last, 0)), first
    return (after if after and after[0] >= first else (first, 0)), last


def search(actor: Actor, desk: str, text: str) -> Queue:
    """Applications of the desk by any number or by words of a name, newest first, at most PAGE. Recorded. Raises as `queue` does."""
    if desk not in staff.desks_of(actor):
        raise NotFound
    lines = [_line(actor, row) for row in _found(desk, *finding.asked(text))]
    with database.atomic():
        audit.record(actor, "applications.searched", desk, asked=text[:200], found=len(lines))
    return Queue(lines, None, *_counts(actor, desk))


def _found(desk: str, whole: str, words: list[str]) -> list[dict[str, Any]]:
    """By the whole of it as one number or word; else by the first three words, the rarest of them looked up first.

    Words that are all frequent are looked up by twos: they must stand close to each other in one text, as those of a name do.
    """
    rows = _by_number.all(desk, whole, PAGE) if whole else []
    if rows or len(words) < 2:
        return rows
    terms = _rarest_first(desk, words[:3])
    if terms[0][0] > CAP:
        terms = _rarest_first(desk, finding.pairs(words[:3]))
    return _by_words.all(desk, *([term for _often, term in terms] * 3)[:3], PAGE)  # of fewer than three some are asked for twice


def _rarest_first(desk: str, terms: list[str]) -> list[tuple[int, str]]:
    return sorted((_how_often.first(desk, term)["n"], term) for term in terms)


def _counts(actor: Actor, desk: str) -> tuple[int, int, int]:
    return _how_many_wait.first(desk)["n"], _how_many_mine.first(actor.account)["n"], _how_many_asked.first(desk)["n"]


def _line(actor: Actor, row: dict[str, Any]) -> Listed:
    service = catalogue.services.get(row["service"])
    return Listed(
        row["id"],
        row["reference"],
        service.title if service else Text(row["service"]),
        _name(actor, row, "applicant"),
        State(row["state"]),
        row["submitted_at"],
        row["due_at"],
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
        Application.select(*columns, Application.submitted_at, Application.due_at, Application.clerk, *names)
        .join(Applicant, on=Application.account == Applicant.id)
        .switch(Application)
        .join(Holder, JOIN.LEFT_OUTER, on=Application.clerk == Holder.id)
        .dicts()
    )


def _read(where: Callable[[Any], Any], newest_first: bool = False) -> Rows:
    """A list by keyset: `where` says whose; oldest first, or newest. Of one service it is read by an index of its own."""
    page = _newest if newest_first else _oldest_first

    def every(whose: Any, at: Any, row: Any, edge: Any, most: Any) -> Any:
        return page(where(whose), at, row, edge, most)

    def of_service(whose: Any, at: Any, row: Any, edge: Any, most: Any, service: Any) -> Any:
        return page(where(whose) & (Application.service == service), at, row, edge, most)

    all_of_them, some = statement(every), statement(of_service)

    def rows(whose: Any, begin: Cursor, edge: dt.datetime, service: str) -> list[dict[str, Any]]:
        wanted = (whose, *begin, edge, PAGE + 1)
        return some.all(*wanted, service) if service else all_of_them.all(*wanted)

    return rows


def _oldest_first(where: Any, at: Any, row: Any, edge: Any, most: Any) -> Any:
    moment, number = Application.submitted_at, Application.id
    beyond = (moment >= at) & ((moment > at) | (number > row)) & (moment < edge)
    return _lines().where(where & beyond).order_by(moment, number).limit(most)


def _newest(where: Any, at: Any, row: Any, edge: Any, most: Any) -> Any:
    moment, number = Application.submitted_at, Application.id
    beyond = (moment <= at) & ((moment < at) | (number < row)) & (moment >= edge)
    return _lines().where(where & beyond).order_by(moment.desc(), number.desc()).limit(most)


@statement
def _held(desk: Any, clerk: Any, at: Any, row: Any, edge: Any, least: Any, last: Any, most: Any) -> Any:
    """What a colleague has: read by what the clerk has, which is little; LOWER keeps the desk's much longer index out of it."""
    theirs = (Application.clerk == clerk) & TAKEN & (fn.LOWER(Application.desk) == desk)
    return _oldest_first(theirs & (Application.service >= least) & (Application.service <= last), at, row, edge, most)


@statement
def _due_first(desk: Any, at: Any, row: Any, most: Any) -> Any:
    moment, number = Application.due_at, Application.id
    beyond = (moment >= at) & ((moment > at) | (number > row))
    return _lines().where((Application.desk == desk) & DUE & beyond).order_by(moment, number).limit(most)


@statement
def _asked_of(desk: Any, most: Any) -> Any:
    """What the desk is asked about, the oldest question first. A page of it, unfiltered: what is answered makes room."""
    asked = (Opinion.desk == desk) & Opinion.closed_at.is_null()
    return _lines().join_from(Application, Opinion).where(asked).order_by(Opinion.asked_at, Opinion.id).limit(most)


def _in(state: State) -> Callable[[Any], Any]:
    return lambda desk: (Application.desk == desk) & (Application.state == state)


VIEWS: dict[str, View] = {
    "waiting": View(_("Waiting"), _read(lambda desk: (Application.desk == desk) & WAITING)),
    "mine": View(_("Mine"), _read(lambda clerk: (Application.clerk == clerk) & TAKEN), own=True),
    "asked": View(_("Opinions asked"), lambda desk, *_unfiltered: _asked_of.all(desk, PAGE)),
    "urgent": View(_("Most urgent"), lambda desk, begin, *_unfiltered: _due_first.all(desk, *begin, PAGE + 1), by="due_at"),
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
def _how_many_asked(desk: Any) -> Any:
    return _counted(Opinion, (Opinion.desk == desk) & Opinion.closed_at.is_null())


@statement
def _how_often(desk: Any, term: Any) -> Any:
    return _counted(SearchTerm, (SearchTerm.desk == desk) & (SearchTerm.term == term))


@statement
def _by_number(desk: Any, term: Any, most: Any) -> Any:
    return _newest_found((SearchTerm.desk == desk) & (SearchTerm.term == term), most)


@statement
def _by_words(desk: Any, first: Any, second: Any, third: Any, most: Any) -> Any:
    found = (SearchTerm.desk == desk) & (SearchTerm.term == first) & _also(desk, second) & _also(desk, third)
    return _newest_found(found, most)


def _newest_found(found: Any, most: Any) -> Any:
    """Their numbers first, from the index alone and no more than are shown: PostgreSQL would read every row that fits, then sort them."""
    keys = SearchTerm.select(SearchTerm.application).where(found).order_by(SearchTerm.application.desc()).limit(most)
    return _lines().where(Application.id.in_(keys)).order_by(Application.id.desc())


def _also(desk: Any, term: Any) -> Any:
    Other: Any = SearchTerm.alias()
    same = (Other.desk == desk) & (Other.term == term) & (Other.application == SearchTerm.application)
    return fn.EXISTS(Other.select(SQL("1")).where(same))


# --- Taking ----------------------------------------------------------------------------------------------------------------------


@database.atomic()
def take_next(actor: Actor, desk: str) -> str | None:
    """Take what has waited longest and the clerk may decide; its reference, None when nothing waits. Two clerks get two."""
    if desk not in staff.desks_of(actor):
        raise NotFound
    row = _oldest.first(desk, actor.account, actor.office or -1)
    if row is None:
        return None
    casework.hold(actor, row)
    return str(row.reference)


@statement
def _oldest(desk: Any, clerk: Any, office: Any) -> Any:
    approved = DecisionMade.select(SQL("1")).where(casework.approved_before(Application.id, clerk, Application.stage))
    anothers = (Application.account != clerk) & (fn.COALESCE(Application.filed_by, 0) != clerk)
    anothers &= fn.COALESCE(Application.office, 0) != office
    waits = (Application.desk == desk) & WAITING & anothers & ~fn.EXISTS(approved)
    return locked(Application.select().where(waits).order_by(Application.submitted_at, Application.id).limit(1), skip=True)
