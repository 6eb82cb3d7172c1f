"""Centres: the places where desks expect people. Whoever supervises a desk says where its centres are and when how many may come.

Holidays and Ramadan need not be said here: they are the same for all (`office_hours`). What was booked stays booked, whatever is changed.
"""

import csv
import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.actor import Actor
from engine.catalogue import catalogue
from engine.errors import NotFound, Refusal
from engine.fields import Slot
from engine.slots import Opening
from engine.wording import Words, _
from engine.working_time import Hours
from models import Centre, database
from operations import audit, staff
from operations.staff import Duty
from statements import locked, statement

CODE = r"[a-z0-9-]{3,40}"


@dataclass(frozen=True, slots=True)
class Said:
    """What a supervisor says of a centre. `minutes` of a slot, `days` ahead; `counters` are the seats of each slot."""

    name: Words
    address: Words
    latitude: float
    longitude: float
    hours: Hours
    minutes: int
    counters: int
    days: int
    open: bool


# --- Reading ---------------------------------------------------------------------------------------------------------------------


def opening(place: str) -> Opening:
    """When it gives slots: an office that goes out, as the catalogue says; a centre, as its supervisor does. NotFound for neither."""
    return catalogue.openings.get(place) or opening_of(by_code(place))


def opening_of(centre: Centre) -> Opening:
    hours = Hours(_time(centre.opens), _time(centre.closes))
    return Opening(hours, centre.minutes, centre.counters if centre.open else 0, centre.days)


def of_desk(desk: str) -> list[Centre]:
    """In the order of their codes, closed ones too."""
    return _of_desk.all(desk)


@statement
def _of_desk(desk: Any) -> Any:
    return Centre.select().where(Centre.desk == desk).order_by(Centre.code)


def by_code(code: str) -> Centre:
    row = _coded.first(code)
    if row is None:
        raise NotFound
    return row  # type: ignore[no-any-return]


@statement
def _coded(code: Any) -> Any:
    return Centre.select().where(Centre.code == code)


def hold(*places: str) -> None:
    """Nobody else takes a seat there, or changes how many there are, until the transaction ends. Nothing for who has no centre."""
    for place in sorted(set(places) - catalogue.openings.keys()):
        _held.first(place)


@statement
def _held(code: Any) -> Any:
    return locked(Centre.select(Centre.id).where(Centre.code == code))


def expecting() -> set[str]:
    """The desks to whose centres some service leads."""
    fields = (field for service in catalogue.services.values() for step in service.steps for field in step.fields)
    return {field.office for field in fields if isinstance(field, Slot) and field.at_centre}


def theirs(actor: Actor, code: str, duty: Duty = Duty.CLERK) -> Centre:
    """A centre of the desks where this person has the duty. Raises NotAllowed for who has it nowhere, NotFound for any other."""
    staff.require(actor, duty)
    centre = by_code(code)
    if not staff.works_at(actor, centre.desk, duty):
        raise NotFound
    return centre


def _time(minutes: int) -> dt.time:
    return dt.time(*divmod(minutes, 60))


# --- Supervisors -----------------------------------------------------------------------------------------------------------------


def desks_of(actor: Actor, duty: Duty = Duty.SUPERVISOR) -> list[str]:
    """The desks of theirs that expect people. Raises NotAllowed."""
    return [desk for desk in staff.desks_of(actor, duty) if desk in expecting()]


@database.atomic()
def add(actor: Actor, desk: str, code: str, said: Said) -> Centre:
    """Raises NotAllowed, NotFound for another's desk; Refusal for a code that is taken and for what contradicts itself."""
    if desk not in desks_of(actor):
        raise NotFound
    if _coded.first(code) is not None:
        raise Refusal(_("Another centre has this code. Choose another one."), field="code")
    row = Centre.create(code=code, desk=desk, **_columns(said))
    audit.record(actor, "centre.added", f"centre:{code}", desk=desk, **_recorded(row))
    return row  # type: ignore[no-any-return]


@database.atomic()
def change(actor: Actor, code: str, said: Said) -> None:
    """Seats that were given stay given, also when there are fewer counters now. Raises as `theirs`, Refusal for what contradicts itself."""
    theirs(actor, code, Duty.SUPERVISOR)
    hold(code)
    row = by_code(code)
    before = _recorded(row)
    for name, value in _columns(said).items():
        setattr(row, name, value)
    row.save()
    after = _recorded(row)
    changed = {name: [before[name], value] for name, value in after.items() if before[name] != value}
    audit.record(actor, "centre.changed", f"centre:{code}", **changed)


def _columns(said: Said) -> dict[str, Any]:
    opens, closes = (time.hour * 60 + time.minute for time in (said.hours.opens, said.hours.closes))
    if closes - opens < said.minutes:
        raise Refusal(_("Not one slot fits between these hours."), field="closes")
    if not (-90 <= said.latitude <= 90 and -180 <= said.longitude <= 180):
        raise Refusal(_("There is no such place on the earth."), field="latitude")
    return {
        "name": dict(said.name),
        "address": dict(said.address),
        "point": {"latitude": said.latitude, "longitude": said.longitude},
        "opens": opens,
        "closes": closes,
        "minutes": said.minutes,
        "counters": said.counters,
        "days": said.days,
        "open": said.open,
    }


def _recorded(row: Centre) -> dict[str, Any]:
    names = ("name", "address", "point", "opens", "closes", "minutes", "counters", "days", "open")
    return {name: getattr(row, name) for name in names}


# --- A first list ----------------------------------------------------------------------------------------------------------------


@database.atomic()
def bring_in(file: Path) -> tuple[int, int]:
    """Centres from a CSV; returns how many are new and how many were known. What is known stays as its supervisor made it.

    Raises ValueError (KeyError for a missing column) for a row that cannot be read, and for a desk that expects nobody.
    """
    rows = list(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))
    fresh = [row for row in rows if _coded.first(row["code"]) is None]
    for row in fresh:
        if row["desk"] not in expecting():
            raise ValueError(f"{row['code']}: no service leads to {row['desk']}")
        made = Centre.create(code=row["code"], desk=row["desk"], **_columns(_read(row)))
        audit.record(None, "centre.added", f"centre:{made.code}", desk=made.desk)
    return len(fresh), len(rows) - len(fresh)


def _read(row: dict[str, str]) -> Said:
    return Said(
        name={"ar": row["name_ar"], "en": row["name_en"]},
        address={"ar": row["address_ar"], "en": row["address_en"]},
        latitude=float(row["latitude"]),
        longitude=float(row["longitude"]),
        hours=Hours(dt.time.fromisoformat(row["opens"]), dt.time.fromisoformat(row["closes"])),
        minutes=int(row["minutes"]),
        counters=int(row["counters"]),
        days=int(row["days"]),
        open=row["open"] == "yes",
    )
