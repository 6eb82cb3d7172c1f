"""What the public pages of complaints show, gathered in one place per page, so that templates only draw."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from flask import url_for

from blueprints import mapping
from engine.catalogue import catalogue
from engine.clock import business_day
from engine.errors import NotFound
from engine.fields import Place
from engine.lifecycle import State
from engine.service import Service
from engine.wording import Text, _
from operations import public_list, rendering
from operations.public_list import Cursor, Seen

SERVICE = "municipality.complaint"
STATES: dict[State, tuple[Text, str]] = {
    State.IN_REVIEW: (_("With the section"), "progress"),
    State.RETURNED: (_("Waiting for more from who reported it"), "waiting"),
    State.COMPLETED: (_("Answered"), "good"),
    State.REFUSED: (_("Not taken up"), "neutral"),
}
OPEN: dict[str, tuple[Text, bool | None]] = {
    "": (_("All"), None),
    "open": (_("Open"), True),
    "closed": (_("Answered"), False),
}


def listed(asked: Mapping[str, str]) -> dict[str, Any]:
    """The page of the list that the address asks for; what it cannot mean is left out."""
    service = catalogue.services[SERVICE]
    kinds = public_list.kinds(service)
    kind = asked.get("kind", "") if asked.get("kind") in dict(kinds) else ""
    state = asked.get("state", "") if asked.get("state") in OPEN else ""
    found, onwards = public_list.newest(SERVICE, kind=kind, open_=OPEN[state][1], after=_cursor(asked.get("after")))
    keep: dict[str, Any] = {"kind": kind or None, "state": state or None}
    return {
        "kinds": kinds,
        "states": [(name, title) for name, (title, _open) in OPEN.items()],
        "kind": kind,
        "state": state,
        "lines": [_line(seen) for seen in found],
        "map": _map(service, found),
        "onwards": url_for(".listed", **keep, after=f"{onwards[0].isoformat()},{onwards[1]}") if onwards else None,
        "first": url_for(".listed", **keep) if asked.get("after") else None,
        "file_url": url_for("pages.service", code=SERVICE),
    }


def _cursor(text: str | None) -> Cursor | None:
    """Where a page begins, from its address; what cannot be read begins at the beginning."""
    try:
        moment, _comma, row = (text or "").partition(",")
        number = int(row)
        return (dt.datetime.fromisoformat(moment).astimezone(dt.UTC), number) if 0 <= number < 2**31 else None
    except (ValueError, OverflowError):
        return None


def _line(seen: Seen) -> dict[str, Any]:
    state, kind = STATES[seen.state]
    return {
        "href": url_for("complaints.entry", reference=seen.reference),
        "reference": seen.reference,
        "title": seen.kind_title,
        "place": _place(seen),
        "day": business_day(seen.submitted_at),
        "state": state,
        "kind": kind,
        "people": seen.supporters + 1,
    }


def _place(seen: Seen) -> Any:
    """Near which neighbourhood, else the rounded coordinates."""
    field = place_field(catalogue.services[SERVICE])
    if seen.place is None or field is None:
        return None
    area = field.near({"latitude": seen.place[0], "longitude": seen.place[1]})
    return area.title if area else f"{seen.place[0]:.3f}, {seen.place[1]:.3f}"


def place_field(service: Service) -> Place | None:
    found = service.field(service.listing.place) if service.listing else None
    return found if isinstance(found, Place) else None


def _map(service: Service, found: list[Seen]) -> dict[str, Any] | None:
    """The same page of the list as points; None where none has a place."""
    field = place_field(service)
    placed = [seen for seen in found if seen.place]
    return {**mapping.asking(field), "points": [_point(seen) for seen in placed]} if field and placed else None


def _point(seen: Seen) -> dict[str, Any]:
    words = {
        "title": rendering.shown(seen.kind_title, mapping.locale()),
        "state": rendering.shown(STATES[seen.state][0], mapping.locale()),
    }
    return {"point": seen.place, "open": seen.open, "href": url_for("complaints.entry", reference=seen.reference), **words}


def entry(seen: Seen) -> dict[str, Any]:
    service = catalogue.services.get(SERVICE)
    if service is None:
        raise NotFound
    field = place_field(service)
    return {
        "seen": seen,
        "line": _line(seen),
        "map": {**mapping.asking(field), "point": seen.place} if field and seen.place else None,
        "place_text": f"{seen.place[0]:.3f}, {seen.place[1]:.3f}" if seen.place else None,
        "pictures": [
            url_for("complaints.picture", reference=seen.reference, picture=number) for number in range(len(seen.pictures))
        ],
        "updated": business_day(seen.updated_at),
    }
