"""The waitlist: whoever wants to come earlier gets the next seat that is given up, held for a while; then whoever waits next.

Who is asked and does not answer in time waits no more: they may ask again. Rows are held in one order: the application, its appointment,
the centres by their codes; of others' appointments only those that nobody holds.
"""

import datetime as dt
from typing import Any

from models import Application, Appointment, AppointmentState, Centre, database
from operations import bookings, messages, outbox
from operations.now import now
from operations.rendering import both
from statements import locked, statement

OFFER_STANDS = dt.timedelta(hours=2)
OFFER = "offer"  # the name under which an offered seat is held
LAPSES = "appointment-offer"


def release(row: Application) -> None:
    """The application needs its seats no more, and nobody is expected for it: those who wait have them first. Inside the transaction."""
    made = of(row)
    if made is not None:
        end(made)
    for place, at in bookings.release(row):
        pass_on(place, at)


def loosen(row: Application) -> None:
    """It is a draft again: its seat is held for a while only, and nobody is expected for it."""
    made = of(row)
    if made is not None:
        let_go(made)
        end(made)
    bookings.loosen(row)


def of(row: Application) -> Appointment | None:
    """Its appointment, held until the transaction ends."""
    return _held.first(row)  # type: ignore[no-any-return]


@statement
def _held(application: Any) -> Any:
    return locked(Appointment.select().where(Appointment.application == application))


def end(made: Appointment) -> None:
    """They do not come. (Who has been here, has been here.)"""
    if made.state in (AppointmentState.BOOKED, AppointmentState.HERE):
        made.state, made.here_at = AppointmentState.CANCELLED, None
        made.sequence += 1
        forget(made)
        made.save()


def forget(made: Appointment) -> None:
    """They wait for nothing any more."""
    made.waits_since = made.offered = made.offered_until = None


def let_go(made: Appointment) -> None:
    """What was offered to them goes to whoever waits next, and they wait no more."""
    forget(made)
    made.save()
    for place, at in bookings.release(made.application, OFFER):
        pass_on(place, at)


def pass_on(place: str, at: dt.datetime) -> None:
    """A seat is free again: offer it to who has waited longest for an earlier time there. Inside the transaction that gave it up."""
    made, until = _next.first(place, at) if at > now() else None, now() + OFFER_STANDS
    if made is None or not bookings.sit(made.application, OFFER, place, at, until):
        return
    made.offered, made.offered_until = at, until
    made.save()
    row, cause = made.application, f"offer:{made.id}:{at.isoformat()}:{now().isoformat()}"
    told = {"title": row.frozen["title"], "at": both(at), "place": both(made.centre.name), "until": both(made.offered_until)}
    messages.tell(row, "appointment_offered", cause=cause, **told)
    outbox.put(LAPSES, f"{LAPSES}:{cause}", wait=OFFER_STANDS, appointment=made.id, at=at.isoformat())


@statement
def _next(place: Any, at: Any) -> Any:
    """Not whom somebody is just dealing with: nobody waits here for anybody."""
    waiting = Appointment.waits_since.is_null(False) & Appointment.offered.is_null() & (Appointment.at > at)
    centre = Centre.select(Centre.id).where(Centre.code == place)
    rows = Appointment.select().where(waiting & Appointment.centre.in_(centre))
    return locked(rows.order_by(Appointment.waits_since, Appointment.id).limit(1), skip=True)


@outbox.handles(LAPSES)
@database.atomic()
def lapse(payload: dict[str, Any]) -> None:
    """Nobody answered: the next one is asked. Nothing where they answered, or where it is another offer by now."""
    made = _numbered.first(payload["appointment"])
    if made.offered is not None and made.offered.isoformat() == payload["at"] and made.offered_until <= now():
        let_go(made)


@statement
def _numbered(number: Any) -> Any:
    return locked(Appointment.select().where(Appointment.id == number))
