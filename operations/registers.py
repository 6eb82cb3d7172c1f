"""Registers of the authorities: read for a person, changed by an application's effects, brought in from an extract."""

import csv
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine import digits
from engine.catalogue import catalogue
from engine.fields import FromRegister
from engine.registers import Record, Register
from engine.service import Effect
from models import Application, RegisterImport, RegisterRecord, database
from operations.now import now
from statements import locked, statement

BATCH = 1000


def offered(field: FromRegister, civil_number: str | None, answers: dict[str, Any]) -> list[Record]:
    """The records a person may choose from: their own, or those that hang on the record of theirs chosen before."""
    if civil_number is None:
        return []
    if field.of is None:
        rows = _held.all(field.register, civil_number)
    else:
        rows = _hanging.all(field.register, answers.get(field.of))
    return [_record(row) for row in rows]


@statement
def _held(register: Any, holder: Any) -> Any:
    held = (RegisterRecord.register == register) & (RegisterRecord.holder == holder)
    return RegisterRecord.select().where(held).order_by(RegisterRecord.number)


@statement
def _hanging(register: Any, parent: Any) -> Any:
    hanging = (RegisterRecord.register == register) & (RegisterRecord.parent == parent)
    return RegisterRecord.select().where(hanging).order_by(RegisterRecord.number)


def find(register: str, number: str) -> Record | None:
    row = _numbered.first(register, number)
    return _record(row) if row else None


@statement
def _numbered(register: Any, number: Any) -> Any:
    return RegisterRecord.select().where((RegisterRecord.register == register) & (RegisterRecord.number == number))


def apply(effects: Iterable[Effect], application: Application) -> bool:
    """Change the records, inside the caller's transaction. False, and nothing changed, when one has moved on since the rules saw it."""
    planned = [(effect, _locked.first(effect.record.register.code, effect.record.number)) for effect in effects]
    if any(row is None or any(row.data.get(name) != value for name, value in effect.expects.items()) for effect, row in planned):
        return False
    for effect, row in planned:
        assert row is not None
        row.data = {**row.data, **effect.changes}
        row.changed_at, row.changed_by = now(), application
        row.save()
    return True


@statement
def _locked(register: Any, number: Any) -> Any:
    return locked(RegisterRecord.select().where((RegisterRecord.register == register) & (RegisterRecord.number == number)))


def _record(row: RegisterRecord) -> Record:
    return catalogue.registers[row.register].record(row.number, row.data)


# --- Bringing in an extract ------------------------------------------------------------------------------------------------------


@dataclass
class Report:
    """What an import did. `kept` rows were changed by the portal since and stay as they are."""

    register: str
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    kept: int = 0
    rejected: list[tuple[int, str]] = field(default_factory=list)


def import_extract(file: Path) -> Report:
    """Bring in a ministry's extract: CSV, UTF-8, one record a row; its headings tell which register it is.

    Rows that cannot be read are reported with their line number and change nothing. Raises ValueError for an unknown heading.
    """
    with file.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.DictReader(lines)
        register = _register_of(reader.fieldnames or ())
        report = Report(register.code)
        for batch in _batches(_read(reader, register, report)):
            with database.atomic():
                _merge(register, batch, report)
    _remember(file, report)
    return report


def _register_of(headers: Iterable[str]) -> Register:
    found = next((register for register in catalogue.registers.values() if register.headers == set(headers)), None)
    if found is None:
        known = "; ".join(f"{register.code}: {', '.join(sorted(register.headers))}" for register in catalogue.registers.values())
        raise ValueError(f"no register has these headings: {', '.join(headers)}. Known: {known}")
    return found


def _read(reader: "csv.DictReader[str]", register: Register, report: Report) -> Iterator[tuple[str, dict[str, Any]]]:
    for row in reader:
        try:
            number = digits.fold(whole(row)["number"].strip())
            if not number:
                raise ValueError("number: missing")
            yield number, register.read(row)
        except ValueError as problem:
            report.rejected.append((reader.line_num, str(problem)))


def whole(row: dict[str, Any]) -> dict[str, str]:
    """The row of a CSV file, or ValueError when it has more or fewer cells than the file has headings."""
    given = [cell for name, cell in row.items() if name is not None and cell is not None]
    more = row.get(None, [])  # type: ignore[call-overload]
    headings = len(row) - bool(more)
    if len(given) + len(more) != headings:
        raise ValueError(f"{len(given) + len(more)} cells where the headings have {headings}")
    return row


def _batches(rows: Iterator[tuple[str, dict[str, Any]]]) -> Iterator[dict[str, dict[str, Any]]]:
    batch: dict[str, dict[str, Any]] = {}
    for number, data in rows:
        batch[number] = data
        if len(batch) == BATCH:
            yield batch
            batch = {}
    if batch:
        yield batch


def _merge(register: Register, batch: dict[str, dict[str, Any]], report: Report) -> None:
    known = {
        row.number: row
        for row in RegisterRecord.select().where(
            (RegisterRecord.register == register.code) & RegisterRecord.number.in_(list(batch))
        )
    }
    fresh = []
    for number, data in batch.items():
        row = known.get(number)
        if row is None:
            fresh.append(_columns(register, number, data))
        elif row.data == data:
            report.unchanged += 1
        elif row.changed_by_id is not None:
            report.kept += 1
        else:
            RegisterRecord.update(**_columns(register, number, data)).where(RegisterRecord.id == row.id).execute()
            report.changed += 1
    if fresh:
        RegisterRecord.insert_many(fresh).execute()
        report.added += len(fresh)


def _columns(register: Register, number: str, data: dict[str, Any]) -> dict[str, Any]:
    return {
        "register": register.code,
        "number": number,
        "holder": data[register.holder] if register.holder else None,
        "parent": data[register.parent] if register.parent else None,
        "data": data,
        "changed_at": now(),
    }


def _remember(file: Path, report: Report) -> None:
    RegisterImport.create(
        register=report.register,
        file=file.name,
        digest=hashlib.sha256(file.read_bytes()).hexdigest(),
        added=report.added,
        changed=report.changed,
        unchanged=report.unchanged,
        kept=report.kept,
        rejected=len(report.rejected),
        at=now(),
    )
