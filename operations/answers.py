"""Answering the steps of a draft. Everything fine is saved, also when something else is not; files go to the store first."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any

from engine.actor import Actor
from engine.catalogue import catalogue
from engine.errors import Conflict, Refusal
from engine.fields import ByNumber, Field, FromRegister, files_of
from engine.fields import Upload as UploadField
from engine.lifecycle import EDITABLE, State
from engine.registers import Record
from engine.service import Service, Step
from engine.wording import _
from models import Application, Upload, database
from operations import corrections, registers
from operations.applications import Opened, lock
from operations.now import now
from operations.outside import outside


@dataclass(frozen=True)
class Uploaded:
    """A file as the web hands it over."""

    name: str
    stream: IO[bytes]


def offered(actor: Actor, opened: Opened, step: Step) -> dict[str, list[Record]]:
    """What each register field of the step lets this person choose from."""
    return {
        field.name: registers.offered(field, actor.holder, opened.answers)
        for field in step.fields
        if isinstance(field, FromRegister) and not isinstance(field, ByNumber)
    }


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
    fields = corrections.open_fields(opened, step, corrections.remarks_on(opened.row))
    for field in fields:
        try:
            if isinstance(field, UploadField):
                given = _stored(field, (files or {}).get(field.name, ()), refused)
                values[field.name] = _attached(opened, field, given, without, refused)
            else:
                values[field.name] = _value(actor, opened, field, typed, records)
        except Refusal as refusal:
            refused.append(refusal)
    _keep(actor, opened, step, values, records)
    if refused:
        raise refused[0]


def preview(actor: Actor, opened: Opened, step: Step, typed: Mapping[str, str]) -> Opened:
    """The application as it would be with these answers; nothing is saved. Answers that are not fine are left out."""
    answers = dict(opened.answers)
    for field in corrections.open_fields(opened, step, corrections.remarks_on(opened.row)):
        if isinstance(field, UploadField):
            continue  # what is attached stands
        try:
            answers[field.name] = field.clean(typed.get(field.name, ""))
        except Refusal:
            answers.pop(field.name, None)
    return Opened(opened.row, opened.service, answers, opened.records)


def _value(actor: Actor, opened: Opened, field: Field, typed: Mapping[str, str], records: dict[str, Record]) -> Any:
    value = field.clean(typed.get(field.name, ""))
    if isinstance(field, FromRegister) and value is not None:
        found = _chosen(actor, opened, field, value)
        if found is None:
            raise Refusal(field.unknown if isinstance(field, ByNumber) else field.missing(), field=field.name)
        records[field.name] = found
    return value


def _chosen(actor: Actor, opened: Opened, field: FromRegister, number: str) -> Record | None:
    if isinstance(field, ByNumber):
        return registers.typed(field, actor.holder, number)
    return next((record for record in registers.offered(field, actor.holder, opened.answers) if record.number == number), None)


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
    return {"digest": outside.storage.put(head), "name": _named(file.name), "size": len(head), "type": _media_type(head)}


SIGNATURES = ((b"%PDF-", "application/pdf"), (b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png"))


def _named(name: str) -> str:
    """A name for people and for a download's header: signs that nobody sees are left out, such as line ends."""
    return "".join(sign for sign in name if sign.isprintable())[:120]


def _media_type(head: bytes) -> str | None:
    """What a file is by its first bytes, never by its name."""
    return next((kind for signature, kind in SIGNATURES if head.startswith(signature)), None)


@database.atomic()
def _keep(actor: Actor, opened: Opened, step: Step, values: dict[str, Any], records: dict[str, Record]) -> None:
    row = lock(actor, opened.reference)
    if State(row.state) not in EDITABLE:
        raise Conflict(_("This application was already submitted. Nothing was changed; open it to see where it stands."))
    answers, kept = dict(row.answers), dict(row.records)
    for name, value in values.items():
        if answers.get(name) != value and name in answers:
            _forget_dependents(opened.service, name, answers, kept)
        answers[name] = value
    kept |= {name: record.frozen() for name, record in records.items()}
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
            if isinstance(field, FromRegister) and field.of == name:
                answers.pop(field.name, None)
                records.pop(field.name, None)


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
