"""What programs read: GeoReport v2's services, definitions and requests, made of the public list."""

import datetime as dt
from typing import Any

from flask import request, url_for

from blueprints.complaints.views import SERVICE, place_field
from blueprints.language import locale
from blueprints.open311.problems import Problem
from engine import numbering
from engine.catalogue import catalogue
from engine.clock import MUSCAT
from engine.errors import NotFound, Refusal
from engine.fields import Choice, Field
from engine.service import Service
from engine.wording import Text, _
from operations import public_list, rendering
from operations.now import now
from operations.public_list import Seen

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
CHANGED = "2026-11-22T00:00:00+04:00"  # when this endpoint last changed
SPAN = dt.timedelta(days=90)
MOST = 1000
DEEPEST = 100_000  # of how many requests pages may be asked for
STATUSES = {"open": True, "closed": False}


def service_of() -> Service:
    return catalogue.services[SERVICE]


def check_jurisdiction() -> None:
    """There is one, so it need not be named; another is unknown."""
    wanted = request.values.get("jurisdiction_id", "")
    if wanted not in ("", service_of().authority):
        raise Problem(404, "jurisdiction_id was not found")


def said(text: Any) -> str:
    return str(rendering.shown(text, locale()))


# --- Services --------------------------------------------------------------------------------------------------------------------


def discovery() -> dict[str, Any]:
    endpoint = {
        "specification": SPECIFICATION,
        "url": url_for("open311.services", form="json", _external=True).removesuffix("/services.json"),
        "changeset": CHANGED,
        "type": "production",
        "formats": ["text/xml", "application/json"],
    }
    return {
        "changeset": CHANGED,
        "contact": url_for("pages.about", name="contact", _external=True),
        "key_service": said(_("Ask the portal's administrator for a key: see its contact page.")),
        "endpoints": [endpoint],
    }


def services() -> list[dict[str, Any]]:
    service = service_of()
    return [
        {
            "service_code": code,
            "service_name": said(title),
            "description": said(service.summary),
            "metadata": bool(extras()),
            "type": "realtime",
            "keywords": "",
            "group": said(service.title),
        }
        for code, title in public_list.kinds(service)
    ]


def extras() -> list[Field]:
    """What the service asks besides what GeoReport has a parameter for: its short texts and choices."""
    service, listing = service_of(), service_of().listing
    named = {listing.kind, listing.place, listing.story, *listing.pictures, "address"} if listing else set()
    return [field for step in service.steps for field in step.fields if field.name not in named]


def definition(code: str) -> dict[str, Any]:
    if code not in dict(public_list.kinds(service_of())):
        raise Problem(404, "service_code was not found")
    return {"service_code": code, "attributes": [_attribute(order, field) for order, field in enumerate(extras(), 1)]}


def _attribute(order: int, field: Field) -> dict[str, Any]:
    options = field.options if isinstance(field, Choice) else ()
    return {
        "variable": True,
        "code": field.name,
        "datatype": "singlevaluelist" if options else "string",
        "required": field.required,
        "datatype_description": said(field.hint) if field.hint else "",
        "order": order,
        "description": said(field.label),
        "values": [{"key": str(value), "name": said(title)} for value, title in options],
    }


# --- Requests --------------------------------------------------------------------------------------------------------------------


def one(reference: str) -> dict[str, Any]:
    return _request(public_list.entry_of(parsed(reference)))


def parsed(reference: str) -> str:
    try:
        return numbering.parse_reference(reference)
    except Refusal:
        raise NotFound from None


def found() -> list[dict[str, Any]]:
    """What the address asks for; numbers given override everything else."""
    wanted = _listed("service_request_id")
    if wanted:
        if len(wanted) > MOST:
            raise Problem(400, f"at most {MOST} service_request_id at once")
        return [_request(seen) for seen in public_list.entries(map(_whole, wanted))]
    asked, size = _listed("service_code"), _number("page_size", _number("per_page", MOST, MOST), MOST)
    kinds = [code for code, _title in public_list.kinds(service_of()) if code in asked]
    if asked and not kinds:
        return []
    skip = (_number("page", 1, DEEPEST) - 1) * size
    if skip > DEEPEST:
        raise Problem(400, f"page: only the newest {DEEPEST} of a span are paged through")
    first, last = _span()
    seen = public_list.between(SERVICE, first, last, kinds=kinds, open_=_open(), most=size, skip=skip)
    return [_request(each) for each in seen]


def _whole(reference: str) -> str:
    try:
        return numbering.parse_reference(reference)
    except Refusal:
        return ""


def _listed(name: str) -> list[str]:
    return [part.strip() for part in request.args.get(name, "").split(",") if part.strip()]


def _number(name: str, otherwise: int, most: int) -> int:
    text = request.args.get(name, "")
    if not text:
        return otherwise
    if not (text.isascii() and text.isdigit()) or len(text) > 6 or int(text) < 1:
        raise Problem(400, f"{name} is a whole number from 1")
    return min(int(text), most)


def _open() -> bool | None:
    asked = set(_listed("status"))
    if asked - STATUSES.keys():
        raise Problem(400, "status is open, closed, or both")
    return STATUSES[asked.pop()] if len(asked) == 1 else None


def _span() -> tuple[dt.datetime, dt.datetime]:
    """From when to when requests were made: at most 90 days, the newest unless something is said."""
    try:
        first, last = _moment("start_date"), _moment("end_date")
        last = last or (min(first + SPAN, now()) if first else now())
        first = first or last - SPAN
    except (ValueError, OverflowError):
        raise Problem(400, "start_date and end_date look like 2026-01-31T00:00:00Z") from None
    if last - first > SPAN:
        raise Problem(400, "start_date and end_date are at most 90 days apart")
    return first, last


def _moment(name: str) -> dt.datetime | None:
    """A moment with its zone (UTC where none is said); a plus that came as a space is one."""
    text = request.args.get(name, "").strip()
    if not text:
        return None
    moment = dt.datetime.fromisoformat(text.replace(" ", "+") if "T" in text else text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)).astimezone(dt.UTC)


def _request(seen: Seen) -> dict[str, Any]:
    field = place_field(service_of())
    area = field.near({"latitude": seen.place[0], "longitude": seen.place[1]}) if field and seen.place else None
    picture = url_for("complaints.picture", reference=seen.reference, picture=0, _external=True) if seen.pictures else ""
    return {
        "service_request_id": seen.reference,
        "status": "open" if seen.open else "closed",
        "status_notes": said(NOTES[seen.open]),
        "service_name": said(seen.kind_title),
        "service_code": seen.kind,
        "description": seen.story,
        "agency_responsible": said(catalogue.authorities[service_of().authority].title),
        "service_notice": said(_("People who reported it: %(number)s", number=seen.supporters + 1)),
        "requested_datetime": _written(seen.submitted_at),
        "updated_datetime": _written(seen.updated_at),
        "expected_datetime": "",
        "address": said(area.title) if area else "",
        "address_id": "",
        "zipcode": "",
        "lat": seen.place[0] if seen.place else None,
        "long": seen.place[1] if seen.place else None,
        "media_url": picture,
    }


NOTES: dict[bool, Text] = {True: _("With the section"), False: _("Answered")}


def _written(moment: dt.datetime) -> str:
    return moment.astimezone(MUSCAT).isoformat(timespec="seconds")
