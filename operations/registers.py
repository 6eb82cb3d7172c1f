"""Registers of the authorities: read for a person, changed by an application's effects. (Brought in: operations/register_imports.py.)"""

from collections.abc import Iterable
from typing import Any

from engine.catalogue import catalogue
from engine.fields import FromRegister
from engine.registers import Record
from engine.service import Effect
from models import Application, RegisterRecord
from operations.now import now
from statements import locked, statement


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
