"""A request that a program files: GeoReport v2's parameters become the answers of a complaint."""

from collections.abc import Iterator
from typing import Any

from flask import request

from blueprints.language import locale
from blueprints.open311.problems import Problem
from blueprints.open311.reading import SERVICE, extras, said, service_of
from engine.errors import Refusal
from engine.wording import _
from operations import filing, identifiers, public_list
from operations.answers import Uploaded
from operations.filing import Report

LONGEST = 4000  # characters of a description, as the specification has it


def file(program: str) -> dict[str, Any]:
    """File it; the answer as GeoReport v2 has it. Raises Problem, and Refusal for what a person would be refused."""
    kinds = dict(public_list.kinds(service_of()))
    code = request.form.get("service_code", "")
    if not code:
        raise Problem(400, "service_code was not provided")
    if code not in kinds:
        raise Problem(404, "service_code was not found")
    phone, notice = _phone()
    reference = filing.file(
        program, Report(SERVICE, _typed(code, said(kinds[code])), _files(), _name(), _text("email"), phone), locale()
    )
    return {"service_request_id": reference, "service_notice": notice, "account_id": None}


def _typed(code: str, kind: str) -> dict[str, str]:
    listing = service_of().listing
    assert listing is not None
    told = {field.name: _attribute(field.name) for field in extras()}
    told |= {listing.kind: code, listing.place: _place(), listing.story: _story(kind), "address": _text("address_string")}
    if address_id := _text("address_id"):
        told["addressing"] = address_id
    return told


def _attribute(name: str) -> str:
    return request.form.get(f"attribute[{name}]", "") or request.form.get(f"attribute[{name}][]", "")


def _place() -> str:
    latitude, longitude = _text("lat"), _text("long")
    if bool(latitude) != bool(longitude):
        raise Problem(400, "lat and long go together")
    if not latitude and not _text("address_string") and not _text("address_id"):
        raise Problem(400, "lat and long, address_string or address_id was not provided")
    return f"{latitude}, {longitude}" if latitude else ""


def _story(kind: str) -> str:
    """The description, and the address of a picture that lies elsewhere: we fetch nothing from there, the clerk may look."""
    text = _text("description")
    if len(text) > LONGEST:
        raise Problem(400, f"description has at most {LONGEST} characters")
    return "\n\n".join(part for part in (text or kind, _text("media_url")) if part)[:LONGEST]


def _files() -> dict[str, list[Uploaded]]:
    sent = [Uploaded(file.filename, file.stream) for file in _media() if file.filename]
    listing = service_of().listing
    return {listing.pictures[0]: sent} if sent and listing and listing.pictures else {}


def _media() -> Iterator[Any]:
    for name in ("media", "media[]"):
        yield from request.files.getlist(name)


def _name() -> str:
    return " ".join(part for part in (_text("first_name"), _text("last_name")) if part)


def _phone() -> tuple[str, str]:
    """The number, if we can write to it; else none, and word of that: a report is not lost for a foreign number."""
    phone = _text("phone")
    try:
        identifiers.mobile_of(phone)
    except Refusal:
        return "", said(
            _("We can write to Omani mobile numbers only: you find the answer by the number of the request.")
        ) if phone else ""
    return phone, ""


def _text(name: str) -> str:
    return request.form.get(name, "").strip()
