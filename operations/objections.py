"""Objecting to a record of an outside register, such as a violation: a request to its authority, decided by its clerks like any other.

Which service takes it, the `Found` says that lists the records; the request keeps the record as `about`.
"""

from dataclasses import dataclass

from engine.actor import Actor
from engine.errors import NotFound
from engine.fields import Found
from engine.registers import Record
from models import database
from operations import applications, registers
from operations.applications import Opened

ABOUT = "about"


@dataclass(frozen=True)
class Open:
    """What may be objected to from an application, and by which service."""

    service: str
    records: list[Record]


def open_to(actor: Actor, reference: str) -> Open:
    """What this application chose and, while it is a draft, all it was offered. Raises NotFound where there is nothing to object to."""
    opened = applications.of(actor, reference)
    field = objectionable(opened)
    if field is None:
        raise NotFound
    chosen = opened.case().found(field.name)
    found = registers.offered(field, actor.holder, opened.answers) if opened.editable else []
    return Open(field.objection, list({record.number: record for record in (*chosen, *found)}.values()))


def objectionable(opened: Opened) -> Found | None:
    """The field of its service whose records one may object to."""
    fields = (field for step in opened.service.steps for field in step.fields)
    return next((field for field in fields if isinstance(field, Found) and field.objection), None)


def begin(actor: Actor, reference: str, number: str) -> Opened:
    """The request that objects to that record, to be written. One that was begun is gone on with. Raises NotFound for any other record."""
    may = open_to(actor, reference)
    record = next((record for record in may.records if record.number == number), None)
    if record is None:
        raise NotFound
    draft = applications.draft_of(actor, may.service)
    if draft is not None and draft.records.get(ABOUT, {}).get("number") == number:
        return applications.work_on(draft)
    with database.atomic():
        opened = applications.start_another(actor, may.service)
        opened.row.records = {ABOUT: record.frozen()}
        opened.row.save()
    return applications.work_on(opened.row)
