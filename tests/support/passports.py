"""Citizens, centres of small capacity, and passport applications as far as a test wants them."""

import datetime as dt
import io
from itertools import count

from engine.actor import Actor
from engine.assurance import Assurance
from engine.catalogue import catalogue
from engine.lifecycle import State
from models import Application, Appointment, Booking, Centre, RegisterRecord, StepUp, StepUpState
from operations import answers, applications, bookings, identity, submission
from operations.answers import Uploaded
from operations.applications import Opened
from operations.now import now
from tests.support.builders import a_person, signed_in
from tests.support.renewals import step_of

DESK = "residency.passports"
_numbers = count(1)


def a_centre(code: str = "passports-here", **data: object) -> Centre:
    """Open from 8 to 10, two slots of an hour, one counter."""
    name = {"ar": "مركز هنا", "en": "Centre Here"}
    said = {"desk": DESK, "name": name, "address": {"ar": "شارع", "en": "Street"}, "point": {"latitude": 24.3, "longitude": 56.7}}
    said |= {"opens": 480, "closes": 600, "minutes": 60, "counters": 1, "days": 14}  # more than a page shows, whatever day it is
    return Centre.create(code=code, **said | data)  # type: ignore[no-any-return]


def a_citizen() -> Actor:
    """With a passport that ends in a year; its number is their civil number with OM before it."""
    actor = signed_in(a_person(civil_number=f"5{next(_numbers):07}"), "en")
    register, name = catalogue.registers["residency.passports"], {"ar": "سالم", "en": "Salim"}
    data = {"civil": actor.holder, "name": name, "issued": "2017-01-09", "expires": "2027-01-08", "state": "valid"}
    data |= {"father": "", "mother": ""}
    RegisterRecord.create(register=register.code, number=f"OM{actor.holder}", holder=actor.holder, data=data, changed_at=now())
    return actor


def at(moment: dt.datetime, centre: str = "passports-here") -> str:
    """As the page sends a chosen time."""
    return f"{centre} {moment.isoformat()}"


def times(centre: str = "passports-here") -> list[dt.datetime]:
    return bookings.free_days(centre)


def a_renewal(actor: Actor, when: str = "") -> Opened:
    """Answered, not submitted; at the next free time unless one is said."""
    opened = applications.start(actor, "residency.renew-passport")
    first = opened.service.steps[0]
    if applications.granted(actor, opened) < Assurance.SUBSTANTIAL:
        proof = identity.ask(actor, opened, first)
        StepUp.update(state=StepUpState.OPEN, reached=Assurance.SUBSTANTIAL).where(StepUp.id == proof.id).execute()
    answers.answer(actor, opened, first, {"passport": f"OM{actor.holder}"})
    paper = Uploaded("a.pdf", io.BytesIO(b"%PDF-1.7\n"))
    answers.answer(actor, opened, step_of(opened, "papers"), {}, {"old": paper})
    choose(actor, opened, when or at(times()[0]))
    return opened


def choose(actor: Actor, opened: Opened, when: str) -> None:
    answers.answer(actor, opened, step_of(opened, "visit"), {"visit": when})


def submitted(actor: Actor, when: str = "", *, paid: bool = True) -> Opened:
    """An application whose person is expected; with its clerk unless it is still to be paid."""
    opened = a_renewal(actor, when)
    opened = submission.submit(actor, opened.reference, submission.offer(opened).seal)
    if paid:
        applications.advance(opened.row, State.IN_REVIEW)
    return opened


def appointment(opened: Opened) -> Appointment:
    return Appointment.get(Appointment.application == opened.row.id)  # type: ignore[no-any-return]


def held(opened: Opened) -> list[dt.datetime]:
    rows = Booking.select().where(Booking.application == opened.row.id).order_by(Booking.at)
    return [row.at for row in rows]


def row_of(opened: Opened) -> Application:
    return Application.get(Application.reference == opened.reference)  # type: ignore[no-any-return]
