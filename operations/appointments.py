"""An appointment: when and where an application's person comes. Made as it is submitted; moved, cancelled and chosen anew by its applicant.

The seat is a booking, and the new one is taken before the old one is given up. What the desk does with who has come: operations/arrivals.py.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from engine.actor import Actor
from engine.catalogue import catalogue
from engine.clock import business_day
from engine.errors import Conflict, NotFound, Refusal
from engine.fields import Slot, moment
from engine.lifecycle import State
from engine.service import Service
from engine.wording import Words, _
from gateways.calendar_file import Event, calendar_file
from gateways.pdf import qr
from models import Application, Appointment, AppointmentState, Centre, OwnPaper, database
from operations import (
    applications,
    audit,
    bookings,
    centres,
    counters,
    documents,
    messages,
    outbox,
    own_papers,
    secrets,
    waitlist,
)
from operations.applications import Opened
from operations.now import now
from operations.outside import outside
from operations.rendering import both
from statements import statement

OPEN = frozenset({State.TO_AGREE, State.TO_PAY, State.IN_REVIEW, State.RETURNED})
MOVABLE = frozenset({AppointmentState.BOOKED, AppointmentState.CANCELLED, AppointmentState.MISSED})
REMINDER = "appointment-reminder"
DAY_BEFORE = dt.timedelta(days=1)
OVER = _("This appointment can no longer be changed here: you have checked in, or the application has been decided.")


# --- Made by submitting ------------------------------------------------------------------------------------------------------------


def chosen(field: Slot, answer: Any) -> Any:
    """The answer of a `Slot` with the name of the centre. Raises Refusal beside the field for a centre that it does not offer."""
    return answer | {"name": centre_of(field, answer["centre"]).name} if field.at_centre else answer


@dataclass(frozen=True, slots=True)
class Offer:
    """What a person may choose from: the centres of a field, and of the chosen one the free times of the next days from `since` on.

    `mine` is what they have; `more`: there are days after these.
    """

    centres: list[Centre]
    centre: Centre | None
    times: list[dt.datetime]
    since: dt.date | None
    more: bool


def offer(field: Slot, mine: Any, asked: str = "", since: dt.date | None = None) -> Offer:
    """`asked` is the code of the centre whose times are wanted; else it is the one of `mine`, else the first that has any."""
    open_ = [centre for centre in centres.of_desk(field.office) if centre.open]
    wanted = asked or (mine["centre"] if mine else "")
    ordered = sorted(open_, key=lambda centre: centre.code != wanted)  # the others in their order
    for centre in ordered:
        stands = moment(mine) if mine and mine["centre"] == centre.code else None
        times = bookings.free_days(centre.code, stands, since)
        if times or centre.code == asked:
            day = business_day(times[-1]) + dt.timedelta(days=1) if times else None
            return Offer(open_, centre, times, since, bool(day and bookings.free_days(centre.code, stands, day)))
    return Offer(open_, None, [], since, more=False)


def centre_of(field: Slot, code: str) -> Centre:
    """One of those that the field offers. Raises Refusal beside it for any other."""
    centre = next((centre for centre in centres.of_desk(field.office) if centre.code == code), None)
    if centre is None:
        raise field.refuse(field.missing())
    return centre


def confirm(row: Application, service: Service) -> None:
    """The application is submitted: its seats are its own. Raises Refusal when one was given to somebody else meanwhile."""
    if field := bookings.visit_of(service):
        made, answer = waitlist.of(row), row.answers.get(field.name)
        centres.hold(*([made.centre.code] if made else []), *([answer["centre"]] if answer else []))
    bookings.confirm(row, service)


def expect(row: Application) -> None:
    """Its person is expected. Inside the submitting transaction, once it is frozen and confirmed."""
    field = bookings.visit_of(catalogue.services[row.service])
    answer = row.answers.get(field.name) if field else None
    if field is None or answer is None:
        return
    made = waitlist.of(row)
    if made is not None and made.state in (AppointmentState.SERVED, AppointmentState.HERE, AppointmentState.CALLED):
        _write_down(row, field, made)  # a correction of something else, after they have been here
        return
    centre = centre_of(field, answer["centre"])
    if made is not None and (made.state, made.at, made.centre_id) == (AppointmentState.BOOKED, moment(answer), centre.id):
        _write_down(row, field, made)
        return
    given_up = [*bookings.release(row, waitlist.OFFER), *([(made.centre.code, made.at)] if made else [])]
    _book(row, field, made, centre, moment(answer))
    for place, at in given_up:
        waitlist.pass_on(place, at)


def _book(row: Application, field: Slot, made: Appointment | None, centre: Centre, at: dt.datetime) -> None:
    """For a seat that is theirs: a serial number of that day, told on the timeline, by message, and again the day before."""
    day, first = business_day(at), made is None
    made = made or Appointment(application=row, sequence=-1)
    made.centre, made.at, made.day, made.state = centre, at, day, AppointmentState.BOOKED
    made.serial = f"A-{counters.take(f'appointment:{centre.code}:{day.isoformat()}', day.year):03}"
    made.here_at = made.counter = made.clerk = made.called_at = None
    made.sequence += 1
    waitlist.forget(made)
    made.save()
    _write_down(row, field, made)
    told = told_of(made)
    applications.happened(row, "appointment-booked" if first else "appointment-moved", None, what=_line(told))
    messages.tell(row, "appointment_booked", cause=f"appointment:{made.id}:{made.sequence}", title=row.frozen["title"], **told)
    if (wait := at - DAY_BEFORE - now()) > dt.timedelta(0):
        outbox.put(REMINDER, f"{REMINDER}:{made.id}:{made.sequence}", wait=wait, appointment=made.id, sequence=made.sequence)


def told_of(made: Appointment) -> dict[str, Any]:
    """What messages and papers say of it."""
    centre = made.centre
    return {"place": both(centre.name), "where": both(centre.address), "at": both(made.at), "serial": made.serial}


def _line(told: dict[str, Any]) -> Words:
    """For the timeline; the serial number is broken by no line."""
    serial = f"\u2068{told['serial'].replace('-', chr(0x2011))}\u2069"
    return {
        "ar": f"{told['place']['ar']} · {told['at']['ar']} · {serial}",
        "en": f"{told['place']['en']} · {told['at']['en']} · {serial}",
    }


def _write_down(row: Application, field: Slot, made: Appointment | None) -> None:
    """The application says when they come, wherever it is read; without one, it has to be asked again."""
    answer = {"centre": made.centre.code, "name": made.centre.name, "at": made.at.isoformat()} if made else None
    row.answers = _with(row.answers, field.name, answer)
    frozen = row.frozen
    kept = (
        {"centre": made.centre.name, "address": made.centre.address, "at": made.at.isoformat(), "serial": made.serial}
        if made
        else None
    )
    steps = [
        {
            **step,
            "rows": [
                {**said, "value": both(field.shown(answer))} if said["field"] == field.name else said for said in step["rows"]
            ],
        }
        for step in frozen["steps"]
    ]
    row.frozen = {
        **frozen,
        "answers": _with(frozen["answers"], field.name, answer),
        "steps": steps,
        "appointments": _with(frozen.get("appointments", {}), field.name, kept),
    }
    row.save()


def _with(kept: dict[str, Any], name: str, value: Any) -> dict[str, Any]:
    rest = {other: said for other, said in kept.items() if other != name}
    return rest if value is None else {**rest, name: value}


@outbox.handles(REMINDER)
@database.atomic()
def remind(payload: dict[str, Any]) -> None:
    """The day before, unless they come at another time by now, or not at all."""
    made = Appointment.get(Appointment.id == payload["appointment"])
    if (made.state, made.sequence) == (AppointmentState.BOOKED, payload["sequence"]) and made.at > now():
        row = made.application
        messages.tell(
            row, "appointment_tomorrow", cause=f"reminder:{made.id}:{made.sequence}", title=row.frozen["title"], **told_of(made)
        )


# --- Its applicant ---------------------------------------------------------------------------------------------------------------


def of(actor: Actor, reference: str) -> tuple[Opened, Appointment]:
    """The person's own. Raises NotFound for any other, and where there is none."""
    opened = applications.of(actor, reference)
    made = standing(opened.row)
    if made is None:
        raise NotFound
    return opened, made


def standing(row: Application) -> Appointment | None:
    """The application's appointment, as it stands or ended."""
    return _of_application.first(row)  # type: ignore[no-any-return]


@statement
def _of_application(application: Any) -> Any:
    return Appointment.select(Appointment, Centre).join(Centre).where(Appointment.application == application)


def may_move(opened: Opened, made: Appointment) -> bool:
    """Whether another time may be chosen: as long as nobody has begun with them."""
    return opened.state in OPEN and made.state in MOVABLE


def may_cancel(opened: Opened, made: Appointment) -> bool:
    return opened.state in OPEN and made.state == AppointmentState.BOOKED


@database.atomic()
def move(actor: Actor, reference: str, typed: str) -> None:
    """To another time or centre, as its field offers them. Raises Refusal beside the field for one that is gone, Conflict once they are here.

    The seat they had goes to whoever waits for it.
    """
    row, made, field = _lock(actor, reference)
    if not may_move(applications.work_on(row), made):
        raise Conflict(OVER)
    answer = field.clean(typed)
    centre, at, before = centre_of(field, answer["centre"]), moment(answer), (made.centre.code, made.at)
    if made.state == AppointmentState.BOOKED and before == (centre.code, at):
        return
    centres.hold(before[0], centre.code)
    given_up = bookings.release(row, waitlist.OFFER)
    bookings.hold(row, field, answer)
    bookings.keep(row, field.name)
    _book(row, field, made, centre, at)
    audit.record(actor, "appointment.moved", reference, at=at.isoformat(), centre=centre.code)
    for place, time in [*given_up, before]:
        waitlist.pass_on(place, time)


@database.atomic()
def cancel(actor: Actor, reference: str) -> None:
    """They do not come then. The application stays, and waits for another time. Raises Conflict where it is too late."""
    row, made, field = _lock(actor, reference)
    if not may_cancel(applications.work_on(row), made):
        raise Conflict(OVER)
    told = told_of(made)
    waitlist.release(row)
    _write_down(row, field, None)
    applications.happened(row, "appointment-cancelled", actor, what=_line(told))
    cause = f"appointment-cancelled:{made.id}:{made.sequence}"
    messages.tell(row, "appointment_cancelled", cause=cause, title=row.frozen["title"], **told)
    audit.record(actor, "appointment.cancelled", reference)


@database.atomic()
def wait(actor: Actor, reference: str, *, on: bool) -> None:
    """Hear of it when an earlier time at that centre becomes free, or not any more."""
    row, made, _field = _lock(actor, reference)
    if not may_cancel(applications.work_on(row), made):
        raise Conflict(OVER)
    if on and made.waits_since is None:
        made.waits_since = now()
        made.save()
    elif not on:
        waitlist.let_go(made)


@database.atomic()
def accept(actor: Actor, reference: str) -> None:
    """Come at the earlier time that is held for them. Raises Conflict once it has gone to somebody else."""
    row, made, field = _lock(actor, reference)
    if not may_cancel(applications.work_on(row), made) or made.offered is None or made.offered_until <= now():
        raise Conflict(_("This earlier time is no longer held for you. Your appointment stands as it was."))
    before, at = (made.centre.code, made.at), made.offered
    bookings.trade(row, field.name, waitlist.OFFER)
    _book(row, field, made, made.centre, at)
    audit.record(actor, "appointment.moved", reference, at=at.isoformat(), centre=made.centre.code)
    waitlist.pass_on(*before)


def _lock(actor: Actor, reference: str) -> tuple[Application, Appointment, Slot]:
    row = applications.lock(actor, reference)
    made, field = waitlist.of(row), bookings.visit_of(catalogue.services[row.service])
    if made is None or field is None:
        raise NotFound
    return row, made, field


def not_served(row: Application) -> Refusal | None:
    """Why it cannot be approved yet: whoever it is for has to have been at the centre."""
    made = standing(row) if bookings.visit_of(catalogue.services[row.service]) else None
    if made is None or made.state == AppointmentState.SERVED:
        return None
    if made.state == AppointmentState.BOOKED:
        return Refusal(
            _("They are expected on %(at)s. Check them in and call them at a counter first, then approve.", at=made.at)
        )
    if made.state in (AppointmentState.HERE, AppointmentState.CALLED):
        return Refusal(_("They are here: call them at a counter and press “Served”, then approve."))
    return Refusal(_("They have not been here, and have no appointment now. Approve once they have come."))


# --- What they take along --------------------------------------------------------------------------------------------------------


def token(made: Appointment) -> str:
    """What stands in the address of the square code, and cannot be guessed."""
    return secrets.derived("check-in", f"{made.id}:{made.sequence}").hex()[:32]


def check_in_link(made: Appointment) -> str:
    return f"{outside.portal_url}/arrivals/{made.id}/{token(made)}"


def square(made: Appointment, *, screen: bool = False) -> str:
    """The square code to show on arrival, as a data URI."""
    return qr.draw(check_in_link(made), screen=screen)


def as_calendar(actor: Actor, reference: str) -> bytes:
    """For the person's own calendar, which knows by its number what it had before."""
    opened, made = of(actor, reference)
    centre, locale = made.centre, actor.locale
    host = outside.portal_url.split("//")[-1].split(":")[0]
    event = Event(
        uid=f"appointment-{made.id}@{host}",
        sequence=made.sequence,
        starts=made.at,
        minutes=centre.minutes,
        title=str(opened.row.frozen["title"][locale]),
        place=f"{centre.name[locale]}، {centre.address[locale]}"
        if locale == "ar"
        else f"{centre.name[locale]}, {centre.address[locale]}",
        point=(centre.point["latitude"], centre.point["longitude"]),
        text=f"{made.serial} · {reference}",
        link=f"{outside.portal_url}/applications/{reference}/appointment",
        stamped=now(),
        cancelled=made.state == AppointmentState.CANCELLED,
    )
    return calendar_file(event)


def slip(actor: Actor, reference: str) -> OwnPaper:
    """Have the slip drawn: when, where, what to bring, and the square code. The one of this very time is drawn once."""
    opened, made = of(actor, reference)
    name = slip_name(made)
    return own_papers.of(actor, name) or own_papers.ask(actor, name, "appointment_slip.html", _on_slip(opened, made))


def slip_name(made: Appointment) -> str:
    return f"appointment-{made.serial}-{made.day.isoformat()}"


def _on_slip(opened: Opened, made: Appointment) -> dict[str, Any]:
    row, told, field = opened.row, told_of(made), bookings.visit_of(opened.service)
    assert field is not None
    rows = (
        (_("Serial number"), told["serial"]),
        (_("Centre"), told["place"]),
        (_("Address"), told["where"]),
        (_("When"), told["at"]),
        (_("Application number"), row.reference),
        (_("Bring with you"), list(field.brings)),
    )
    printed = documents.on_paper([{"label": both(label), "value": both(value)} for label, value in rows])
    return {
        "title": both(_("Appointment slip")),
        "authority": both(catalogue.authorities[row.authority].title),
        "opening": both(opened.service.title),
        "company": row.frozen["applicant"],
        "rows": [(each["label"], each["value"]) for each in printed],
        "serial": made.serial,
        "qr": square(made),
        "arrival": both(_("Show this code at the entrance when you come, or say your serial number.")),
    }
