"""Registers of the authorities: read for a person, changed by an application's effects. (Brought in: operations/register_imports.py.)"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from engine.catalogue import catalogue
from engine.fields import ByNumber, Field, Found, FromRegister
from engine.registers import Record, Register
from engine.service import Creation, Effect, Mark, Settlement
from models import Application, RecordParty, RegisterRecord
from operations import counters
from operations.now import now, today
from operations.outside import outside
from statements import locked, statement

OFFERED = 200  # records of one person's that a page lists


def offered(field: FromRegister, civil_number: str | None, answers: dict[str, Any]) -> list[Record]:
    """The records a person may choose from: their own, those that hang on the record of theirs chosen before, or what was found outside."""
    if isinstance(field, Found):
        return found(field, civil_number, answers)
    if civil_number is None or isinstance(field, ByNumber):
        return []
    if field.of is not None:
        return hanging(field.register, answers.get(field.of, ""))
    theirs = map(_record, _theirs(catalogue.registers[field.register], civil_number))
    return [record for record in theirs if _for_them(field, civil_number, record)]


def _for_them(field: FromRegister, civil_number: str, record: Record) -> bool:
    """Whether a record of theirs is for them to choose here."""
    return not field.whose or civil_number in map(record.data.get, field.whose)


def _theirs(register: Register, civil_number: str) -> Iterable[RegisterRecord]:
    """By its holder; and where the register says so, by its further parties and by the companies of theirs."""
    if not register.parties and not register.through:
        return _held.all(register.code, civil_number)  # type: ignore[no-any-return]
    numbers = _numbers_of(register, civil_number)
    party = RecordParty.select(RecordParty.record).where(RecordParty.number.in_(numbers))
    whose = RegisterRecord.holder.in_(numbers) | RegisterRecord.id.in_(party)
    return (
        RegisterRecord.select()
        .where((RegisterRecord.register == register.code) & whose)
        .order_by(RegisterRecord.number)
        .limit(OFFERED)
    )


def _numbers_of(register: Register, civil_number: str) -> list[str]:
    companies = _held.all(register.through, civil_number) if register.through else []
    return [civil_number, *(row.number for row in companies)]


def is_theirs(civil_number: str | None, number: str) -> bool:
    """Whether a civil or commercial registration number is that person's own, or their company's."""
    return civil_number is not None and civil_number == person_behind(number)


def person_behind(number: str) -> str:
    """The civil number of whose company it is, where it is a company's; else the number itself."""
    for register in sorted({register.through for register in catalogue.registers.values()} - {""}):
        if (company := _numbered.first(register, number)) is not None:
            return str(company.holder)
    return number


def found(field: Found, civil_number: str | None, answers: dict[str, Any]) -> list[Record]:
    """What an outside register has for what was typed, as far as this person may see it. Raises Unavailable when it does not answer."""
    by = {name: str(answers[name]) for name in field.by if answers.get(name)}
    if not by:
        return []
    register = catalogue.registers[field.register]
    entries = outside.registers[register.code].find(by)
    records = [record for entry in entries if field.open(record := register.record(entry.number, entry.data))]
    theirs = set(_numbers_of(register, civil_number)) if civil_number else set()
    return [record if theirs & register.held_by(record.data) else record.only(register.public) for record in records][:OFFERED]


def chosen(field: FromRegister, civil_number: str | None, answers: dict[str, Any], number: str) -> Record | None:
    """The record with that number, if `offered` has it to choose: also beyond what a page lists. None for any other."""
    if isinstance(field, Found) or field.of is not None or civil_number is None:
        return next((record for record in offered(field, civil_number, answers) if record.number == number), None)
    record = find(field.register, number)
    return record if record and sees(civil_number, record) and _for_them(field, civil_number, record) else None


def sees(civil_number: str, record: Record) -> bool:
    """Whether it is a record of that person's: its holder, a party, or the owner of a company that is one."""
    return not record.register.held_by(record.data).isdisjoint(_numbers_of(record.register, civil_number))


def typed(field: ByNumber, civil_number: str | None, number: str) -> Record | None:
    """The record with that number: of the person's own whole, of anybody's what is public. None for any other, and for one unknown."""
    record, register = find(field.register, number), catalogue.registers[field.register]
    if record is None or not field.own:
        return record and record.only(register.public)
    return record if civil_number is not None and sees(civil_number, record) else None


def held(register: str, holder: str) -> list[RegisterRecord]:
    """The rows of a register that are held by that number."""
    return _held.all(register, holder)


@statement
def _held(register: Any, holder: Any) -> Any:
    held = (RegisterRecord.register == register) & (RegisterRecord.holder == holder)
    return RegisterRecord.select().where(held).order_by(RegisterRecord.number)


@statement
def _hanging(register: Any, parent: Any) -> Any:
    hanging = (RegisterRecord.register == register) & (RegisterRecord.parent == parent)
    return RegisterRecord.select().where(hanging).order_by(RegisterRecord.number)


def hanging(register: str, parent: str) -> list[Record]:
    """The records of a register that hang on that number."""
    return [_record(row) for row in _hanging.all(register, parent)]


def find(register: str, number: str) -> Record | None:
    row = _numbered.first(register, number)
    return _record(row) if row else None


@statement
def _numbered(register: Any, number: Any) -> Any:
    return RegisterRecord.select().where((RegisterRecord.register == register) & (RegisterRecord.number == number))


def apply(effects: Iterable[Effect | Creation | Mark | Settlement], application: Application) -> dict[str, Record] | None:
    """Change and make records, inside the caller's transaction; what was made, by its name.

    None, and nothing changed, when a record has moved on since the rules saw it.
    """
    every = list(effects)
    creations = [effect for effect in every if isinstance(effect, Creation)]
    changes = [effect for effect in every if isinstance(effect, Effect)]
    marks = _marked(every)
    if moved_on(every) or any(_overtaken(creation) for creation in creations) or any(map(_written, marks)):
        return None
    made = {creation.name: _made(creation, application) for creation in creations}
    named = [Effect(record, {column: made[each.name].number}) for each in creations for record, column in each.named_in]
    for effect in (*changes, *named, *marks):
        _change(effect, application)
    return made


def moved_on(effects: Iterable[Any]) -> bool:
    """Whether a record that they change, or that a new one is named in, is not as the rules saw it. The records are held."""
    for effect in effects:
        for record, expected in _expected(effect):
            row = _locked.first(record.register.code, record.number)
            if row is None or any(row.data.get(name) != value for name, value in expected.items()):
                return True
    return False


def _expected(effect: Any) -> Iterator[tuple[Record, dict[str, Any]]]:
    """The records it writes to, and what stands there now as far as the rules know."""
    if isinstance(effect, Effect):
        yield effect.record, effect.expects
    elif isinstance(effect, Creation):
        yield from ((record, {column: record.data[column]}) for record, column in effect.named_in)


def _marked(effects: Iterable[Any]) -> list[Effect]:
    """What marks come to: a change of each record that their number holds. The records are held."""
    marks = [effect for effect in effects if isinstance(effect, Mark)]
    return [Effect(_record(row), mark.changes) for mark in marks for row in _locked_held.all(mark.register.code, mark.holder)]


def _written(mark: Effect) -> bool:
    """Whether somebody has written it down already."""
    return any(mark.record.data.get(name) for name in mark.changes)


def _change(effect: Effect, application: Application) -> None:
    register, row = effect.record.register, _locked.first(effect.record.register.code, effect.record.number)
    before, row.data = row.data, {**row.data, **effect.changes}
    row.holder, row.parent = register.hangs_on(row.data)
    row.remind_on = next_reminder(register, row.data, before, row.remind_on)
    row.ends_on = register.last_day(row.data)
    row.changed_at, row.changed_by = now(), application
    row.save()
    keep_parties(register, row)


def _overtaken(creation: Creation) -> bool:
    """Whether what it should be the first of is gone or has one by now; it is held, so that nobody makes another meanwhile."""
    of = creation.first_of
    if of is None:
        return False
    return _locked.first(of.register.code, of.number) is None or _hanging.first(creation.register.code, of.number) is not None


def next_reminder(
    register: Register, data: Mapping[str, Any], before: Mapping[str, Any], planned: dt.date | None
) -> dt.date | None:
    """When its holder is to be reminded: as planned, unless its last day is another now."""
    if before and register.last_day(before) == register.last_day(data):
        return planned
    return register.first_reminder(data, today())


def _made(creation: Creation, application: Application) -> Record:
    register, data = creation.register, dict(creation.data)
    holder, parent = register.hangs_on(data)
    row = RegisterRecord.create(
        register=register.code,
        number=_next_number(register),
        holder=holder,
        parent=parent,
        data=data,
        remind_on=register.first_reminder(data, today()),
        ends_on=register.last_day(data),
        changed_at=now(),
        changed_by=application,
    )
    keep_parties(register, row)
    return _record(row)


def _next_number(register: Register) -> str:
    """One that no extract has brought in meanwhile."""
    year = today().year
    series = f"register:{register.code}", year if register.yearly else 0
    while find(register.code, number := register.numbered(year, counters.take(*series))):
        pass
    return number


def keep_parties(register: Register, row: RegisterRecord) -> None:
    """Whose record it is besides its holder, as its data now say."""
    if not register.parties:
        return
    RecordParty.delete().where(RecordParty.record == row).execute()
    parties = [{"record": row, "number": number} for number in sorted(register.held_by(row.data) - {row.holder})]
    if parties:
        RecordParty.insert_many(parties).execute()


def brought(field: FromRegister, number: str) -> Iterator[tuple[str, Record | None]]:
    """What comes with a chosen record: of each register that the field names the one record that goes with it; None where there is none.

    With a record that need not be one's own comes what is public.
    """
    for name, code in field.brings:
        record = _going_with(catalogue.registers[field.register], number, code)
        yield name, record if record is None or field.own else record.only(record.register.public)


def _going_with(register: Register, number: str, code: str) -> Record | None:
    """Of the register of that code: the record that this one names, the company that is a party to it, or the first that hangs on it."""
    naming = [column.name for column in register.columns if column.of == code]
    named = naming or (register.parties if code == register.through else ())
    if not named:
        row = _hanging.first(code, number)
        return _record(row) if row else None
    chosen = find(register.code, number)
    numbers = [str(chosen.data[name]) for name in named if chosen.data.get(name)] if chosen else []
    return next((record for record in (find(code, each) for each in numbers) if record), None)


def again(records: Mapping[str, Record], fields: Iterable[Field] = ()) -> Iterator[tuple[str, Record | None]]:
    """The same records as they are now, each as far as it was seen; None for one that is gone. So too what came with them.

    Raises Unavailable as `found` does.
    """
    kept_elsewhere = {record.key: record for record in _outside_again(records.values())}
    for name, record in records.items():
        fresh = kept_elsewhere.get(record.key) if record.register.outside else find(record.register.code, record.number)
        yield name, fresh and fresh.only(record.data)
    for field in fields:
        if isinstance(field, FromRegister) and field.name in records:
            yield from brought(field, records[field.name].number)


def _outside_again(records: Iterable[Record]) -> Iterator[Record]:
    """Asked once for all of a register."""
    numbers: dict[str, list[str]] = {}
    for record in records:
        if record.register.outside:
            numbers.setdefault(record.register.code, []).append(record.number)
    for code, wanted in numbers.items():
        for entry in outside.registers[code].numbered(wanted):
            yield catalogue.registers[code].record(entry.number, entry.data)


@statement
def _locked(register: Any, number: Any) -> Any:
    return locked(RegisterRecord.select().where((RegisterRecord.register == register) & (RegisterRecord.number == number)))


@statement
def _locked_held(register: Any, holder: Any) -> Any:
    held = (RegisterRecord.register == register) & (RegisterRecord.holder == holder)
    return locked(RegisterRecord.select().where(held).order_by(RegisterRecord.id))


def _record(row: RegisterRecord) -> Record:
    return catalogue.registers[row.register].record(row.number, row.data)
