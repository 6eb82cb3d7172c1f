"""Who has come: checked in, called to a counter, served or missed. For the clerks of a centre's desk; and what its public board shows."""

from dataclasses import dataclass
from typing import Any

from peewee import IntegrityError, fn

from engine import digits
from engine.actor import Actor
from engine.clock import business_day
from engine.errors import Conflict, NotFound, Refusal
from engine.lifecycle import State
from engine.wording import Words, _
from models import Application, Appointment, AppointmentState, Centre, database
from operations import applications, appointments, audit, centres, secrets, staff
from operations.now import now
from statements import locked, statement

SHOWN = 12  # called last, on the board


# --- Checking in -----------------------------------------------------------------------------------------------------------------


def by_code(actor: Actor, number: int, given: str) -> Appointment:
    """Whose square code it is, for a clerk of the desk; NotFound for an address that we did not write, and for an older one."""
    staff.require(actor, staff.Duty.CLERK)
    made = _with_centre.first(number)
    if made is None or not secrets.same(given, appointments.token(made)) or not staff.works_at(actor, made.centre.desk):
        raise NotFound
    return made  # type: ignore[no-any-return]


@statement
def _with_centre(number: Any) -> Any:
    return Appointment.select(Appointment, Centre).join(Centre).where(Appointment.id == number)


@database.atomic()
def check_in(actor: Actor, number: int, given: str) -> Appointment:
    """They are here. Once is enough. Raises as `by_code`, Refusal where it is not their day, or the application cannot be dealt with."""
    return _arrive(actor, by_code(actor, number, given))


@database.atomic()
def check_in_by_serial(actor: Actor, centre: str, typed: str) -> Appointment:
    """As `check_in`, by the number of today's that they say: 14, or A-014."""
    place = centres.theirs(actor, centre)
    said = digits.fold(typed).strip().upper().removeprefix("A").strip(" -")
    made = _by_serial.first(place, business_day(now()), f"A-{int(said):03}") if said.isdecimal() else None
    if made is None:
        raise Refusal(_("Nobody has this number here today. Compare it with their slip."), field="serial")
    return _arrive(actor, made)


@statement
def _by_serial(centre: Any, day: Any, serial: Any) -> Any:
    this = (Appointment.centre == centre) & (Appointment.day == day) & (Appointment.serial == serial)
    return Appointment.select().where(this)


def _arrive(actor: Actor, found: Appointment) -> Appointment:
    made = _locked.first(found.id)
    if made.state in (AppointmentState.HERE, AppointmentState.CALLED, AppointmentState.SERVED):
        return made  # type: ignore[no-any-return]
    if made.state != AppointmentState.BOOKED:
        raise Refusal(
            _("This appointment was cancelled or missed. They may choose another time in their application."), field="serial"
        )
    if made.day != business_day(now()):
        raise Refusal(_("This appointment is not today: it is on %(at)s.", at=made.at), field="serial")
    row = made.application
    if State(row.state) is not State.IN_REVIEW:
        raise Refusal(
            _("The application %(reference)s is not with you yet: it may still have to be paid.", reference=row.reference),
            field="serial",
        )
    made.state, made.here_at = AppointmentState.HERE, now()
    made.waits_since = None
    made.save()
    audit.record(actor, "appointment.checked-in", row.reference, serial=made.serial)
    return made  # type: ignore[no-any-return]


@statement
def _locked(number: Any) -> Any:
    return locked(Appointment.select().where(Appointment.id == number))


# --- At a counter ----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Screen:
    """What a clerk at a counter sees: whom they have called, and who waits, in order."""

    centre: Centre
    counter: int
    called: Appointment | None
    waiting: list[Appointment]
    expected: int


def screen(actor: Actor, centre: str, counter: int) -> Screen:
    place = _at(actor, centre, counter)
    today = business_day(now())
    return Screen(
        place, counter, _called.first(place, counter), _waiting.all(place, today, SHOWN), _expected.first(place, today)["n"]
    )


def _at(actor: Actor, centre: str, counter: int) -> Centre:
    """Raises NotFound also for a counter that there is not."""
    place = centres.theirs(actor, centre)
    if not 1 <= counter <= place.counters:
        raise NotFound
    return place


def _who_is_here(centre: Any, day: Any) -> Any:
    return (Appointment.centre == centre) & (Appointment.state == AppointmentState.HERE) & (Appointment.day == day)


@statement
def _waiting(centre: Any, day: Any, most: Any) -> Any:
    rows = Appointment.select(Appointment, Application).join(Application).where(_who_is_here(centre, day))
    return rows.order_by(Appointment.at, Appointment.here_at).limit(most)


@statement
def _called(centre: Any, counter: Any) -> Any:
    this = (Appointment.centre == centre) & (Appointment.counter == counter) & (Appointment.state == AppointmentState.CALLED)
    return Appointment.select(Appointment, Application).join(Application).where(this)


@statement
def _expected(centre: Any, day: Any) -> Any:
    booked = (Appointment.centre == centre) & (Appointment.day == day) & (Appointment.state == AppointmentState.BOOKED)
    return Appointment.select(fn.COUNT(Appointment.id).alias("n")).where(booked).dicts()


def call_next(actor: Actor, centre: str, counter: int) -> Appointment | None:
    """Call who is next, by the time of their appointment; None when nobody waits. No two counters call the same person.

    Raises Conflict while somebody is at this counter.
    """
    try:
        return _call(actor, centre, counter)
    except IntegrityError:
        raise Conflict(BUSY) from None


BUSY = _("Somebody is at this counter already. Say what became of them, then call the next.")


@database.atomic()
def _call(actor: Actor, centre: str, counter: int) -> Appointment | None:
    place = _at(actor, centre, counter)
    if _called.first(place, counter) is not None:
        raise Conflict(BUSY)
    made = _next.first(place, business_day(now()))
    if made is None:
        return None
    made.state, made.counter, made.clerk, made.called_at = AppointmentState.CALLED, counter, actor.account, now()
    made.save()
    audit.record(actor, "appointment.called", made.application.reference, serial=made.serial, counter=counter)
    return made  # type: ignore[no-any-return]


@statement
def _next(centre: Any, day: Any) -> Any:
    rows = Appointment.select().where(_who_is_here(centre, day))
    return locked(rows.order_by(Appointment.at, Appointment.here_at).limit(1), skip=True)


@database.atomic()
def finish(actor: Actor, centre: str, counter: int, serial: str, *, came: bool) -> str:
    """They were served, or did not come; returns the application's number. Raises Conflict when that one is not at this counter any more."""
    place = _at(actor, centre, counter)
    found = _called.first(place, counter)
    made = _locked.first(found.id) if found else None
    if made is None or made.state != AppointmentState.CALLED or made.serial != serial:
        raise Conflict(_("This number is no longer at your counter. Nothing was recorded."))
    made.state = AppointmentState.SERVED if came else AppointmentState.MISSED
    made.save()
    row = made.application
    applications.happened(row, "appointment-kept" if came else "appointment-missed", None)
    audit.record(actor, f"appointment.{made.state}", row.reference, serial=made.serial)
    return str(row.reference)


# --- The board -------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Board:
    """Which number is at which counter, the last called first, and how many wait. Nothing of who they are."""

    name: Words
    called: list[tuple[str, int]]
    waiting: int


def board(centre: str) -> Board:
    """For everybody. Raises NotFound."""
    place, today = centres.by_code(centre), business_day(now())
    called = [(made.serial, made.counter) for made in _on_board.all(place, today, SHOWN)]
    return Board(place.name, called, _how_many.first(place, today)["n"])


@statement
def _on_board(centre: Any, day: Any, most: Any) -> Any:
    this = (Appointment.centre == centre) & (Appointment.state == AppointmentState.CALLED) & (Appointment.day == day)
    return (
        Appointment.select(Appointment.serial, Appointment.counter).where(this).order_by(Appointment.called_at.desc()).limit(most)
    )


@statement
def _how_many(centre: Any, day: Any) -> Any:
    return Appointment.select(fn.COUNT(Appointment.id).alias("n")).where(_who_is_here(centre, day)).dicts()
