"""Which list of the desk an address asks for: desk, list, service, days, colleague; and what one may choose from. The address is the filter."""

import datetime as dt
from typing import Any

from flask import request, url_for

from blueprints.actor import actor
from blueprints.language import locale
from engine import digits
from engine.catalogue import catalogue
from operations import saved_filters, staff
from operations.desk import LISTS_HELD, Filter

NAMES = ("desk", "show", "service", "since", "until", "holder")
NARROWING = NAMES[2:]
YEARS = range(2000, 2100)


def address() -> dict[str, Any]:
    """What the address says of the list, without the page one is on."""
    return {name: value for name in NAMES if (value := request.args.get(name, "").strip())}


def here() -> str:
    """This very page of the list, what was searched included."""
    return f"{url_for('desk.queue')}?{request.query_string.decode()}".rstrip("?")


def narrowing() -> dict[str, Any]:
    """What of the address narrows its list: it goes on from page to page."""
    return {name: value for name, value in address().items() if name in NARROWING}


def asked_for() -> Filter:
    """What cannot be read narrows nothing."""
    service = request.args.get("service", "")
    return Filter(
        service if service in catalogue.services else "", _day("since"), _day("until"), request.args.get("holder", type=int)
    )


def _day(name: str) -> dt.date | None:
    try:
        day = dt.date.fromisoformat(digits.fold(request.args.get(name, "")).strip())
    except ValueError:
        return None
    return day if day.year in YEARS else None


def shown(desk: str, view: str) -> dict[str, Any]:
    """The filter of a list, what it offers, and the lists the clerk keeps."""
    only = asked_for()
    people = staff.clerks_of(desk) if view == LISTS_HELD else []
    return {
        "only": only,
        "narrowed": bool(narrowing()),
        "services": [(code, service.title) for code, service in catalogue.services.items() if desk in service.desks],
        "colleagues": [(person.id, staff.name_of(person, locale())) for person in people],
        "everything": url_for("desk.queue", desk=desk, show=view),
        "act_url": here(),
        "save_url": url_for("desk.save_filter", **address()),
        "kept": [
            {
                "name": kept.name,
                "href": f"{url_for('desk.queue')}?{kept.query}",
                "removal": url_for("desk.remove_filter", number=kept.id),
            }
            for kept in saved_filters.of(actor())
        ],
    }
