"""What everybody may see of applications whose service says so: kind, place to a hundred metres, days, state, how many support it.

An entry is written when an application reaches its authority and follows it from then on. Nothing personal is in it; words and
pictures come only where a clerk publishes them. Lists are read by keyset, what is near by one index: a million cost what ten cost.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt
from typing import Any

from engine.actor import Actor
from engine.catalogue import catalogue
from engine.errors import Conflict, NotFound
from engine.fields import Choice
from engine.lifecycle import State
from engine.service import Service
from engine.wording import Text, _
from models import Application, PublicEntry, Support, database
from operations import messages, outbox, secrets
from operations.now import now
from operations.rendering import both
from statements import locked, statement

PAGE = 50
FOUND = 200  # entries of a box that are measured
OFFERED = 3
BATCH = 200  # supporters told in one go
MICRO = 1_000_000
GRID = 1_000  # millionths of a degree: a hundred metres
METRES = 111_320  # of a degree of latitude
EARTH = 6_371_000  # metres
STATES = {State.IN_REVIEW: True, State.RETURNED: True, State.COMPLETED: False, State.REFUSED: False}
"""The states in which an application is seen by everybody, and whether it counts as open."""
BEGINNING = (dt.datetime(9999, 1, 1, tzinfo=dt.UTC), 2**31 - 1)

Cursor = tuple[dt.datetime, int]
"""After which entry a page begins: when it was submitted (UTC) and its row."""


@dataclass(frozen=True, slots=True)
class Seen:
    """An entry as anybody sees it. `place` is rounded: latitude and longitude in degrees."""

    id: int
    reference: str
    kind: str
    kind_title: Text
    place: tuple[float, float] | None
    state: State
    open: bool
    submitted_at: dt.datetime
    updated_at: dt.datetime
    supporters: int
    story: str
    pictures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Near:
    """An open entry of the same kind, and how far away it is (whole metres, to ten)."""

    seen: Seen
    metres: int


# --- Following an application ----------------------------------------------------------------------------------------------------


def follow(row: Application) -> None:
    """The application has just moved to its state. Part of the moving transaction."""
    service = catalogue.services.get(row.service)
    if service is None or service.listing is None or row.submitted_at is None:
        return
    state = State(row.state)
    if state not in STATES:
        PublicEntry.delete().where(PublicEntry.application == row).execute()
        return
    entry = _of.first(row) or PublicEntry(application=row, reference=row.reference, submitted_at=row.submitted_at)
    was_open = entry.open
    _fill(entry, row, service, state)
    entry.save()
    if was_open and not entry.open and entry.supporters:
        outbox.put("supporters", f"supporters:{row.reference}:{row.updated_at}", entry=entry.id, after=0)


def _fill(entry: PublicEntry, row: Application, service: Service, state: State) -> None:
    assert service.listing is not None
    answers = row.frozen["answers"]
    place = answers.get(service.listing.place)
    entry.service, entry.kind = row.service, str(answers[service.listing.kind])
    entry.latitude = round(place["latitude"] * MICRO) if place else None
    entry.longitude = round(place["longitude"] * MICRO) if place else None
    entry.state, entry.open, entry.updated_at = state, STATES[state], row.updated_at


@statement
def _of(application: Any) -> Any:
    return PublicEntry.select().where(PublicEntry.application == application)


@outbox.handles("supporters")
def tell_supporters(payload: dict[str, Any]) -> None:
    """Whoever supported it with an account hears that it was answered; BATCH by BATCH."""
    with database.atomic():
        entry = PublicEntry.get_or_none(PublicEntry.id == payload["entry"])
        supports = _supports.all(payload["entry"], payload["after"], BATCH)
        if entry is None or not supports:
            return
        title = both(catalogue.services[entry.service].title)
        for support in supports:
            key = f"supported:{support.id}:{entry.updated_at}"
            messages.tell_owner(support.account, "supported_answered", key=key, reference=entry.reference, title=title)
        last = supports[-1].id
        outbox.put("supporters", f"supporters:{entry.reference}:{entry.updated_at}>{last}", entry=entry.id, after=last)


@statement
def _supports(entry: Any, after: Any, most: Any) -> Any:
    theirs = (Support.entry == entry) & Support.account.is_null(False) & (Support.id > after)
    return Support.select().where(theirs).order_by(Support.id).limit(most)


# --- Looking ---------------------------------------------------------------------------------------------------------------------


def kinds(service: Service) -> list[tuple[str, Text]]:
    """The kinds of what is listed, as the service asks for them."""
    asked = service.field(service.listing.kind) if service.listing else None
    return [(str(value), title) for value, title in asked.options] if isinstance(asked, Choice) else []


def entry_of(reference: str) -> Seen:
    """One entry. Raises NotFound."""
    row = _entry.first(reference)
    if row is None:
        raise NotFound
    return _seen(row)


@statement
def _entry(reference: Any) -> Any:
    return PublicEntry.select().where(PublicEntry.reference == reference)


def entries(references: Iterable[str]) -> list[Seen]:
    """Those of these that there are, newest first."""
    rows = PublicEntry.select().where(PublicEntry.reference.in_(list(references)))
    return [_seen(row) for row in rows.order_by(PublicEntry.submitted_at.desc(), PublicEntry.id.desc())]


def newest(
    service: str, *, kind: str = "", open_: bool | None = None, after: Cursor | None = None
) -> tuple[list[Seen], Cursor | None]:
    """A page, newest first, and where the next one begins (None at the end)."""
    wanted: list[Any] = [service, *([kind] if kind else []), *([open_] if open_ is not None else [])]
    rows = _NEWEST[bool(kind), open_ is not None].all(*wanted, *(after or BEGINNING), PAGE + 1)
    shown = [_seen(row) for row in rows[:PAGE]]
    return shown, (shown[-1].submitted_at, shown[-1].id) if len(rows) > PAGE else None


def _beyond(where: Any, at: Any, row: Any, most: Any) -> Any:
    moment, number = PublicEntry.submitted_at, PublicEntry.id
    older = (moment <= at) & ((moment < at) | (number < row))
    return PublicEntry.select().where(where & older).order_by(moment.desc(), number.desc()).limit(most)


@statement
def _all(service: Any, at: Any, row: Any, most: Any) -> Any:
    return _beyond(PublicEntry.service == service, at, row, most)


@statement
def _of_kind(service: Any, kind: Any, at: Any, row: Any, most: Any) -> Any:
    return _beyond((PublicEntry.service == service) & (PublicEntry.kind == kind), at, row, most)


@statement
def _in_state(service: Any, open_: Any, at: Any, row: Any, most: Any) -> Any:
    return _beyond((PublicEntry.service == service) & (PublicEntry.open == open_), at, row, most)


@statement
def _of_kind_in_state(service: Any, kind: Any, open_: Any, at: Any, row: Any, most: Any) -> Any:
    here = (PublicEntry.service == service) & (PublicEntry.kind == kind) & (PublicEntry.open == open_)
    return _beyond(here, at, row, most)


_NEWEST = {(False, False): _all, (True, False): _of_kind, (False, True): _in_state, (True, True): _of_kind_in_state}


def between(
    service: str, first: dt.datetime, last: dt.datetime, *, kinds: list[str], open_: bool | None, most: int, skip: int = 0
) -> list[Seen]:
    """Submitted from one moment to another (both included), newest first."""
    moment = PublicEntry.submitted_at
    where = [PublicEntry.service == service, moment >= first, moment <= last]
    where += [PublicEntry.kind.in_(kinds)] if kinds else []
    where += [PublicEntry.open == open_] if open_ is not None else []
    rows = PublicEntry.select().where(*where).order_by(moment.desc(), PublicEntry.id.desc())
    return [_seen(row) for row in rows.limit(most).offset(skip)]


def _seen(row: PublicEntry) -> Seen:
    titles = dict(kinds(catalogue.services[row.service]))
    return Seen(
        id=row.id,
        reference=row.reference,
        kind=row.kind,
        kind_title=titles.get(row.kind, Text(row.kind)),
        place=(_rounded(row.latitude), _rounded(row.longitude)) if row.latitude is not None else None,
        state=State(row.state),
        open=bool(row.open),
        submitted_at=row.submitted_at,
        updated_at=row.updated_at,
        supporters=row.supporters,
        story=row.story,
        pictures=tuple(row.pictures),
    )


def _rounded(micro: int) -> float:
    return round(micro / GRID) * GRID / MICRO


# --- What is near ----------------------------------------------------------------------------------------------------------------


def near(service: Service, answers: dict[str, Any]) -> list[Near]:
    """Open entries of the same kind close to the place that was answered, the nearest first; none before both are answered."""
    listing = service.listing
    place, kind = (answers.get(listing.place), answers.get(listing.kind)) if listing else (None, None)
    if listing is None or not place or not kind:
        return []
    here = place["latitude"], place["longitude"]
    rows = _in_box.all(service.code, str(kind), *_box(*here, listing.near), now() - dt.timedelta(days=listing.recent), FOUND)
    found = [(distance(here, (row.latitude / MICRO, row.longitude / MICRO)), row) for row in rows]
    close = sorted(((metres, row.id, row) for metres, row in found if metres <= listing.near), key=lambda each: each[:2])
    return [Near(_seen(row), max(10, round(metres, -1))) for metres, _id, row in close[:OFFERED]]


@statement
def _in_box(service: Any, kind: Any, south: Any, north: Any, west: Any, east: Any, since: Any, most: Any) -> Any:
    """By the index public_entry_near."""
    here = (PublicEntry.latitude >= south) & (PublicEntry.latitude <= north)
    here &= (PublicEntry.longitude >= west) & (PublicEntry.longitude <= east)
    same = (PublicEntry.service == service) & (PublicEntry.kind == kind) & PublicEntry.open
    return PublicEntry.select().where(same & here & (PublicEntry.submitted_at >= since)).limit(most)


def _box(latitude: float, longitude: float, metres: int) -> tuple[int, int, int, int]:
    """South, north, west and east in millionths of a degree, a little wider than the circle."""
    up = metres / METRES * 1.01
    aside = up / cos(radians(latitude))
    edges = latitude - up, latitude + up, longitude - aside, longitude + aside
    south, north, west, east = (round(edge * MICRO) for edge in edges)
    return south, north, west, east


def distance(one: tuple[float, float], other: tuple[float, float]) -> int:
    """Whole metres between two places, on a sphere (haversine)."""
    (north, east), (north2, east2) = (tuple(map(radians, place)) for place in (one, other))
    half = sin((north2 - north) / 2) ** 2 + cos(north) * cos(north2) * sin((east2 - east) / 2) ** 2
    return round(2 * EARTH * asin(sqrt(half)))


# --- Supporting ------------------------------------------------------------------------------------------------------------------


@database.atomic()
def support(actor: Actor, reference: str, browser: str) -> bool:
    """Say "me too": counted once for an account or, without one, for a browser (a secret of its own). False when it was counted before.

    Raises NotFound; Conflict for one's own and for what has been answered.
    """
    row = locked(PublicEntry.select(PublicEntry, Application).join(Application).where(PublicEntry.reference == reference)).first()
    if row is None:
        raise NotFound
    if (actor.account or 0) == row.application.account_id or (actor.guest or 0) == row.application.guest_id:
        raise Conflict(_("This is your own report: it counts already."))
    if not row.open:
        raise Conflict(_("This was answered meanwhile. If it is still there, report it anew."))
    who = f"account:{actor.account}" if actor.signed_in else f"browser:{browser}"
    made = _support.run(row, secrets.derived("support", who).hex(), actor.account, now())
    if made:
        PublicEntry.update(supporters=PublicEntry.supporters + 1).where(PublicEntry.id == row.id).execute()
    return bool(made)


@statement
def _support(entry: Any, supporter: Any, account: Any, at: Any) -> Any:
    return Support.insert(entry=entry, supporter=supporter, account=account, at=at).on_conflict_ignore().as_rowcount()
