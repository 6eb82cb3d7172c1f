"""A supervisor's view of a desk: who has how much, how old what waits is; handing applications on, and overturning a refusal.

Counting stops at a cap, each count by an index: a page costs the same at a million applications.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from peewee import SQL, IntegrityError, fn

from engine.actor import Actor
from engine.catalogue import catalogue
from engine.clock import business_day
from engine.errors import Conflict, NotAllowed, NotFound, Refusal
from engine.lifecycle import State
from engine.wording import Text, _
from models import Account, Application, DecisionMade, Outcome, Role, database
from operations import applications, audit, casework, desk, messages, staff
from operations.desk import CAP, DUE, TAKEN, WAITING, Cursor, Listed
from operations.now import now
from operations.rendering import both
from operations.staff import Duty
from statements import statement

AGES = (1, 3, 7, 14, 30)  # days: the steps of the queue by age; the last step is open


# --- Workload ----------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Load:
    """What a clerk has of this desk: open and overdue, at most CAP + 1, and since when the oldest was submitted."""

    account: int
    name: str
    open: int
    overdue: int
    oldest: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Workload:
    """The desk: what waits for anybody, what is overdue, due soon and in review, at most CAP + 1 each; and its clerks."""

    waiting: int
    oldest: dt.datetime | None
    overdue: int
    soon: int
    clerks: list[Load]


def desks_of(actor: Actor) -> list[str]:
    """The desks this person supervises. Raises NotAllowed for who supervises none."""
    return staff.desks_of(actor, Duty.SUPERVISOR)


def workload(actor: Actor, chosen: str, soon: dt.datetime) -> Workload:
    """Raises NotAllowed, and NotFound for a desk of others. `soon`: what is due before it is due soon."""
    _check(actor, chosen)
    moment = now()
    standing = _standing.first(chosen, moment, soon)
    clerks = [
        Load(row["id"], _name(actor, row), row["open"], row["overdue"], _moment(row["oldest"]))
        for row in _loads.run(chosen, chosen.partition(".")[0], moment)
    ]
    clerks.sort(key=lambda load: (-load.overdue, -load.open, load.name))
    late = standing["overdue"]
    return Workload(standing["waiting"], _moment(standing["oldest"]), late, max(standing["soon"] - late, 0), clerks)


def _check(actor: Actor, chosen: str) -> None:
    if chosen not in desks_of(actor):
        raise NotFound


def _name(actor: Actor, row: dict[str, Any]) -> str:
    names = (row["first_name"], row["family_name"])
    return str(row["arabic_name"]) if actor.locale == "ar" and row["arabic_name"] else " ".join(filter(None, names))


def _moment(value: Any) -> dt.datetime | None:
    """As the column gives it; that of a query within a query comes as the database writes it."""
    return None if value is None else Application.submitted_at.python_value(value)


def _capped(where: Any, most: int = CAP + 1) -> Any:
    """How many applications are such, counted no further than that."""
    some = Application.select(SQL("1").alias("one")).where(where).limit(most)
    return Application.select(fn.COUNT(SQL("*"))).from_(some)


def _since(where: Any) -> Any:
    return Application.select(Application.submitted_at).where(where).order_by(Application.submitted_at).limit(1)


@statement
def _standing(chosen: Any, moment: Any, soon: Any) -> Any:
    here = Application.desk == chosen
    return (
        Account.select(
            _capped(here & WAITING).alias("waiting"),
            _since(here & WAITING).alias("oldest"),
            _capped(here & DUE & (Application.due_at < moment)).alias("overdue"),
            _capped(here & DUE & (Application.due_at < soon)).alias("soon"),
        )
        .from_(SQL("(SELECT 1) AS once"))
        .dicts()
    )


@statement
def _loads(chosen: Any, authority: Any, moment: Any) -> Any:
    # COALESCE keeps SQLite from looking them up by the desk: a clerk has few, a desk many
    theirs = (Application.clerk == Account.id) & TAKEN & (fn.COALESCE(Application.desk, "") == chosen)
    places = (Role.authority == "") | (Role.authority == authority) | (Role.authority == chosen)
    open_ones = Account.blocked_at.is_null() & Account.closed_at.is_null()
    # Looked up by the few who have a role here: joined, SQLite would read all accounts for a filter of its own.
    clerks = Account.select(
        Account.id,
        Account.first_name,
        Account.family_name,
        Account.arabic_name,
        _capped(theirs).alias("open"),
        _capped(theirs & (Application.due_at < moment)).alias("overdue"),
        _since(theirs).alias("oldest"),
    )
    return clerks.where(Account.id.in_(Role.select(Role.account).where((Role.name == Duty.CLERK) & places)) & open_ones).dicts()


# --- The queue by age and by service -----------------------------------------------------------------------------------------------

FURTHER = 10_000  # a chart counts further than a list, but not for ever


def by_age(actor: Actor, chosen: str) -> list[tuple[int, int | None, int]]:
    """What is in review, by whole days since it was submitted: from, to (None: and older), how many (at most FURTHER + 1)."""
    _check(actor, chosen)
    moment = now()
    edges = [moment - dt.timedelta(days=days) for days in AGES]
    counts = _ages.first(chosen, *edges)
    return [(first, last, counts[f"from_{first}"]) for first, last in zip((0, *AGES), (*AGES, None), strict=True)]


@statement
def _ages(chosen: Any, first: Any, second: Any, third: Any, fourth: Any, fifth: Any) -> Any:
    edges = (None, first, second, third, fourth, fifth, None)
    here = (Application.desk == chosen) & (Application.state == State.IN_REVIEW)
    submitted = Application.submitted_at
    counts = []
    for number, days in enumerate((0, *AGES)):
        newest, oldest = edges[number], edges[number + 1]
        step = here & (submitted <= newest if newest is not None else submitted.is_null(False))
        step = step & (submitted > oldest) if oldest is not None else step
        counts.append(_capped(step, FURTHER + 1).alias(f"from_{days}"))
    return Account.select(*counts).from_(SQL("(SELECT 1) AS once")).dicts()


def by_service(actor: Actor, chosen: str) -> dict[str, int]:
    """What is in review, by the services of the desk; at most FURTHER + 1 each."""
    _check(actor, chosen)
    offered = [service.code for service in catalogue.services.values() if chosen in service.desks]
    return {code: _of_service.first(chosen, code)["n"] for code in offered}


@statement
def _of_service(chosen: Any, code: Any) -> Any:
    some = Application.select(SQL("1").alias("one")).where((Application.desk == chosen) & (Application.service == code) & TAKEN)
    return Application.select(fn.COUNT(SQL("*")).alias("n")).from_(some.limit(FURTHER + 1)).dicts()


# --- Lists -------------------------------------------------------------------------------------------------------------------------

LISTS = ("urgent", "waiting", "in-review", "returned", "to-pay", "completed", "refused")


def listed(
    actor: Actor, chosen: str, view: str, clerk: int | None = None, after: Cursor | None = None
) -> tuple[list[Listed], Cursor | None]:
    """A page of one of LISTS of the desk, or of what one clerk has of it; and where the next begins. Raises as `workload` does."""
    _check(actor, chosen)
    if clerk is not None:
        return desk.read_of_clerk(actor, chosen, clerk, after)
    if view not in LISTS:
        raise NotFound
    return desk.read(actor, desk.VIEWS[view], chosen, after)


def clerks_of(actor: Actor, chosen: str) -> list[tuple[int, str]]:
    """Who may be handed an application of the desk: account and name."""
    _check(actor, chosen)
    return [(clerk.id, staff.name_of(clerk, actor.locale)) for clerk in staff.clerks_of(chosen)]


# --- Handing on --------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Handed:
    """What became of one application that was to be handed on; `problem` says why it was not."""

    reference: str
    problem: Text | None = None


def reassign(actor: Actor, references: Iterable[str], clerk: int) -> list[Handed]:
    """Hand applications to another clerk, each in a transaction of its own: what cannot be handed on stops nothing else.

    Raises NotAllowed for who supervises nothing, NotFound for what lies on no desk of theirs.
    """
    staff.require(actor, Duty.SUPERVISOR)
    return list(_each(actor, references, clerk))


def _each(actor: Actor, references: Iterable[str], clerk: int) -> Iterator[Handed]:
    for reference in dict.fromkeys(references):
        try:
            assign(actor, reference, clerk)
        except Refusal as refusal:
            yield Handed(reference, refusal.message)
        else:
            yield Handed(reference)


@database.atomic()
def assign(actor: Actor, reference: str, clerk: int) -> None:
    """Hand one application to a clerk of its desk.

    Raises NotFound as staff.lock does, NotAllowed for one's own application, Conflict when it is no longer in review, Refusal when that
    clerk is its applicant or does not work there.
    """
    row = staff.lock(actor, reference, Duty.SUPERVISOR)
    if casework.is_own(actor, row):
        raise NotAllowed
    if State(row.state) is not State.IN_REVIEW:
        raise Conflict(_("It is no longer in review: somebody has decided it meanwhile."))
    _hand(actor, row, clerk)
    row.save()


def _hand(actor: Actor, row: Application, clerk: int) -> None:
    """Put it into that clerk's hands, if they may have it. The caller saves it."""
    if clerk not in {known.id for known in staff.clerks_of(row.desk)}:
        raise Refusal(_("Choose a clerk who works at this desk."), field="clerk")
    if clerk in (row.account_id, row.filed_by_id):
        raise Refusal(_("That clerk is its applicant, or filed it: nobody decides their own application."), field="clerk")
    if DecisionMade.select().where(casework.approved_before(row.id, clerk, row.stage)).exists():
        raise Refusal(_("That clerk approved an earlier stage of it: another one decides this stage."), field="clerk")
    before, row.clerk, row.taken_at = row.clerk_id, clerk, now()
    audit.record(actor, "application.assigned", row.reference, clerk=clerk, before=before)


# --- Overturning -------------------------------------------------------------------------------------------------------------------


@database.atomic()
def overturn(actor: Actor, reference: str, reason: str, clerk: int) -> None:
    """Take a refusal back: another clerk than the one who refused examines it, with the whole time that was promised.

    Raises as `assign` does; Refusal without a reason or for the clerk who refused; Conflict for what was not refused, and where another
    application about the same record is under way.
    """
    row = staff.lock(actor, reference, Duty.SUPERVISOR)
    if casework.is_own(actor, row):
        raise NotAllowed
    if problem := cannot_overturn(State(row.state)):
        raise Conflict(problem)
    if not reason.strip():
        raise Refusal(_("Say why: the applicant and the clerks read it."), field="reason")
    if clerk == _who_refused.first(row).clerk_id:
        raise Refusal(_("Choose another clerk than the one who refused it."), field="clerk")
    _hand(actor, row, clerk)
    row.closed_at = row.approved_at = None
    _back_to_review(row)
    applications.happened(row, "overturned", None, reason=reason.strip())
    audit.record(actor, "application.overturned", row.reference, reason=reason.strip())
    due = {"due": both(business_day(row.due_at))} if row.due_at else {}
    cause = f"overturned:{row.updated_at}"
    messages.tell(row, "application_overturned", cause=cause, title=row.frozen["title"], reason=reason.strip(), **due)


def cannot_overturn(state: State) -> Text | None:
    """Why an application in that state cannot be taken back into review; None for a refused one."""
    if state is State.REFUSED:
        return None
    if state is State.COMPLETED:
        return _("It is completed: its document is issued and the registers have changed. Only a new application changes that.")
    return _("Only a refusal can be overturned.")


def _back_to_review(row: Application) -> None:
    try:
        with database.atomic():
            applications.advance(row, State.IN_REVIEW)
    except IntegrityError:
        raise Conflict(_("Another application about the same record is under way. That one must end first.")) from None


@statement
def _who_refused(application: Any) -> Any:
    refusals = (DecisionMade.application == application) & (DecisionMade.outcome == Outcome.REFUSE)
    return DecisionMade.select().where(refusals).order_by(DecisionMade.id.desc()).limit(1)
