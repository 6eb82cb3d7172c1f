"""Answering the steps of a draft. Everything fine is saved, also when something else is not; files go to the store first."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any

from engine.actor import Actor
from engine.catalogue import catalogue
from engine.errors import Conflict, Refusal
from engine.fields import ByNumber, Field, Found, FromRegister, Photo, Slot, files_of, moment
from engine.fields import Upload as UploadField
from engine.lifecycle import EDITABLE, State
from engine.registers import Record
from engine.service import Case, Service, Step
from engine.wording import _
from gateways import pictures
from models import Application, Upload, database
from operations import appointments, bookings, corrections, registers
from operations.applications import Opened, lock
from operations.now import now, today
from operations.outside import outside


@dataclass(frozen=True)
class Uploaded:
    """A file as the web hands it over."""

    name: str
    stream: IO[bytes]


def offered(actor: Actor, opened: Opened, step: Step) -> dict[str, list[Record] | list[dt.datetime]]:
    """What each field of the step lets this person choose from: of a register records, of an office the next times that are free.

    (What centres offer, `appointments.offer` says.)
    """
    found: dict[str, list[Record] | list[dt.datetime]] = {}
    for field in step.fields:
        if isinstance(field, Slot) and not field.at_centre:
            mine = opened.answers.get(field.name)
            found[field.name] = bookings.free(field.office, moment(mine) if mine else None)
        elif isinstance(field, FromRegister) and not isinstance(field, ByNumber):
            found[field.name] = registers.offered(field, actor.holder, opened.answers)
    return found


def answer(
    actor: Actor,
    opened: Opened,
    step: Step,
    typed: Mapping[str, str],
    files: Mapping[str, Uploaded | Sequence[Uploaded]] | None = None,
    without: Collection[str] = (),
) -> None:
    """Save what was typed for a step. Answers that are fine are kept even when another one is refused, files too.

    `without` are the digests of files attached before that shall go. Of a returned application only what was asked is read. Raises
    Refusal (with its field) for the first answer that is not fine, after saving the others.
    """
    refused: list[Refusal] = []
    values: dict[str, Any] = {}
    records: dict[str, Record] = {}
    brought: dict[str, Record | None] = {}
    fields = corrections.open_fields(opened, step, corrections.remarks_on(opened.row))
    for field in fields:
        try:
            if isinstance(field, UploadField):
                given = _stored(field, (files or {}).get(field.name, ()), refused)
                values[field.name] = _attached(opened, field, given, without, refused)
            else:
                values[field.name] = _value(actor, opened, field, typed, records, brought)
        except Refusal as refusal:
            refused.append(refusal)
    _keep(actor, opened, step, values, records | brought)
    refused.extend(step.refusals(opened.case()))
    if refused:
        raise refused[0]


def preview(actor: Actor, opened: Opened, step: Step, typed: Mapping[str, str]) -> Opened:
    """The application as it would be with these answers; nothing is saved. Answers that are not fine are left out."""
    answers, records = dict(opened.answers), dict(opened.records)
    for field in corrections.open_fields(opened, step, corrections.remarks_on(opened.row)):
        if isinstance(field, UploadField):
            continue  # what is attached stands
        try:
            answers[field.name] = field.clean(typed.get(field.name, ""))
        except Refusal:
            answers.pop(field.name, None)
        if isinstance(field, Found):
            records = _without(field, records) | _all_chosen(actor, opened, field, answers.get(field.name, ()))
    return Opened(opened.row, opened.service, answers, records)


def all_chosen(opened: Opened, field: Found, offered: list[Record]) -> Opened:
    """The application as it would be with everything chosen that was found: so it stands there until somebody chooses."""
    answers = opened.answers | {field.name: [record.number for record in offered]}
    return Opened(opened.row, opened.service, answers, opened.records | _keyed(field, offered))


def _value(
    actor: Actor,
    opened: Opened,
    field: Field,
    typed: Mapping[str, str],
    records: dict[str, Record],
    brought: dict[str, Record | None],
) -> Any:
    value = field.clean(typed.get(field.name, ""))
    if isinstance(field, Found):
        chosen = _all_chosen(actor, opened, field, value)
        if len(chosen) < len(value):
            raise Refusal(field.missing(), field=field.name)
        records |= chosen
    elif isinstance(field, FromRegister) and value is not None:
        found = _chosen(actor, opened, field, value)
        if found is None:
            raise Refusal(field.unknown if isinstance(field, ByNumber) else field.missing(), field=field.name)
        records[field.name] = found
        brought.update(registers.brought(field, found.number))
    elif isinstance(field, FromRegister):
        brought[field.name] = None  # nothing is chosen any more
    if isinstance(field, Slot) and value is not None:
        value = appointments.chosen(field, value)
        _hold(actor, opened, field, value)
    return value


@database.atomic()
def _hold(actor: Actor, opened: Opened, field: Slot, answer: str) -> None:
    """The seat first: the answer is saved only with it."""
    row = lock(actor, opened.reference)
    if State(row.state) in EDITABLE:
        bookings.hold(row, field, answer)


def times_kept(actor: Actor, opened: Opened) -> bool:
    """Hold the times that were answered for a while longer. False when one was lost meanwhile: it has to be answered again."""
    lost = []
    for field in bookings.slots_of(opened.service):
        try:
            if answer := opened.answers.get(field.name):
                _hold(actor, opened, field, answer)
        except Refusal:
            lost.append(field.name)
    if lost:
        _forget(actor, opened, lost)
    return not lost


@database.atomic()
def _forget(actor: Actor, opened: Opened, names: list[str]) -> None:
    row = lock(actor, opened.reference)
    row.answers = {name: value for name, value in row.answers.items() if name not in names}
    row.save()
    opened.row, opened.answers = row, dict(row.answers)


def _chosen(actor: Actor, opened: Opened, field: FromRegister, number: str) -> Record | None:
    if isinstance(field, ByNumber):
        return registers.typed(field, actor.holder, number)
    return registers.chosen(field, actor.holder, opened.answers, number)


def _all_chosen(actor: Actor, opened: Opened, field: Found, numbers: Iterable[str]) -> dict[str, Record]:
    """Those of these numbers that the register still offers, as the case keeps them."""
    wanted = set(numbers)
    if not wanted:
        return {}
    offered = registers.offered(field, actor.holder, opened.answers)
    return _keyed(field, (record for record in offered if record.number in wanted))


def _keyed(field: Found, records: Iterable[Record]) -> dict[str, Record]:
    return {f"{field.name}:{record.number}": record for record in records}


def _without(field: Found, records: Mapping[str, Any]) -> dict[str, Any]:
    return {name: record for name, record in records.items() if not name.startswith(f"{field.name}:")}


def _stored(field: UploadField, given: Uploaded | Sequence[Uploaded], refused: list[Refusal]) -> list[dict[str, Any]]:
    """The files the field takes; why it does not take the others goes to `refused`."""
    stored = []
    for file in [given] if isinstance(given, Uploaded) else given:
        try:
            stored.append(store(field, file))
        except Refusal as refusal:
            refused.append(refusal)
    return stored


def _attached(
    opened: Opened, field: UploadField, given: list[dict[str, Any]], without: Collection[str], refused: list[Refusal]
) -> Any:
    """What was attached before and is not to go, and what came now: each file once, and no more than the field takes."""
    before = [file for file in files_of(opened.answers.get(field.name)) if file["digest"] not in without]
    every = list({file["digest"]: file for file in [*before, *given]}.values())
    if not every and field.required:
        raise Refusal(field.missing(), field=field.name)
    if len(every) > field.most > 1:
        refused.append(Refusal(field.too_many(), field=field.name))
    return field.answer(every)


def store(field: Field, file: Uploaded) -> dict[str, Any]:
    """Put the bytes in the store first; a row points at them only once they are safe. Raises Refusal for what the field does not take."""
    assert isinstance(field, UploadField)
    head = file.stream.read(field.limit + 1)
    field.accept(len(head), _media_type(head))
    seen = _looked_at(field, head) if isinstance(field, Photo) else {}
    kept = {"name": _named(file.name), "size": len(head), "type": _media_type(head), **seen}
    return {"digest": outside.storage.put(head), **kept}


def _looked_at(field: Photo, data: bytes) -> dict[str, Any]:
    """What a portrait shows of itself. Raises Refusal for one that cannot be opened, or is of another shape or size."""
    try:
        portrait = pictures.portrait(data)
    except pictures.Unreadable:
        raise field.refuse(_("This picture cannot be opened. Save it anew as JPEG or PNG, or take another one.")) from None
    field.judge(portrait.width, portrait.height)
    return {"width": portrait.width, "height": portrait.height, "plain": portrait.plain}


SIGNATURES = ((b"%PDF-", "application/pdf"), (b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png"))


def _named(name: str) -> str:
    """A name for people and for a download's header: signs that nobody sees are left out, such as line ends."""
    return "".join(sign for sign in name if sign.isprintable())[:120]


def _media_type(head: bytes) -> str | None:
    """What a file is by its first bytes, never by its name."""
    return next((kind for signature, kind in SIGNATURES if head.startswith(signature)), None)


@database.atomic()
def _keep(actor: Actor, opened: Opened, step: Step, values: dict[str, Any], records: Mapping[str, Record | None]) -> None:
    row = lock(actor, opened.reference)
    if State(row.state) not in EDITABLE:
        raise Conflict(_("This application was already submitted. Nothing was changed; open it to see where it stands."))
    answers, kept = dict(row.answers), dict(row.records)
    for name, value in values.items():
        if answers.get(name) != value and name in answers:
            _forget_dependents(opened.service, name, answers, kept)
        answers[name] = value
        if isinstance(field := opened.service.field(name), Found):
            kept = _without(field, kept)
    kept |= {name: record.frozen() for name, record in records.items() if record}
    kept = {name: frozen for name, frozen in kept.items() if records.get(name, frozen)}
    _forget_unasked(opened.service, answers, kept)
    row.answers, row.records, row.updated_at = answers, kept, now()
    row.save()
    for field in step.fields:
        if isinstance(field, UploadField) and field.name in values:
            _bind(row, field, files_of(values[field.name]))
    opened.row, opened.answers = row, answers
    opened.records = {name: catalogue.record(frozen) for name, frozen in kept.items()}


def _forget_dependents(service: Service, name: str, answers: dict[str, Any], records: dict[str, Any]) -> None:
    """Another company was chosen: what hung on the first one is asked again."""
    for step in service.steps:
        for field in step.fields:
            if isinstance(field, FromRegister) and (field.of == name or (isinstance(field, Found) and name in field.by)):
                answers.pop(field.name, None)
                for key in [key for key in records if key.partition(":")[0] == field.name]:
                    del records[key]


def _forget_unasked(service: Service, answers: dict[str, Any], records: dict[str, Any]) -> None:
    """What was answered as another case than this has become is no part of it."""
    case = Case(answers, {name: catalogue.record(frozen) for name, frozen in records.items()}, today())
    for step in service.steps:
        asked = {field.name for field in step.asked(case)}
        for name in (field.name for field in step.fields if field.name not in asked):
            answers.pop(name, None)
            records.pop(name, None)


def _bind(row: Application, field: UploadField, files: list[dict[str, Any]]) -> None:
    """A row for each file of the answer."""
    same = (Upload.application == row) & (Upload.field == field.name)
    known = {upload.digest for upload in Upload.select().where(same)}
    gone = known - {file["digest"] for file in files}
    if gone and row.submitted_at is None:  # a version that a clerk has read still refers to its file
        Upload.delete().where(same & Upload.digest.in_(gone)).execute()
    for file in files:
        if file["digest"] not in known:
            Upload.create(
                application=row,
                field=field.name,
                name=file["name"],
                media_type=file["type"],
                size=file["size"],
                digest=file["digest"],
                created_at=now(),
            )
