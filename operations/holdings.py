"""What the registers hold in a person's name: their own documents, their companies, and what belongs to these. Their family is elsewhere."""

from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Any

from engine.actor import Actor
from engine.catalogue import catalogue
from engine.errors import NotAllowed, Start
from engine.registers import Record, Register
from models import RecordParty, RegisterRecord
from operations import reminders
from statements import Statement, statement

MOST = 300


@dataclass(frozen=True, slots=True)
class Held:
    """A record of theirs, and how it is renewed, if it is."""

    record: Record
    renewal: Start | None


def of(actor: Actor) -> list[tuple[Register, list[Held]]]:
    """By register, in the catalogue's order; what is over is left out. At most MOST. Raises NotAllowed for who acts for a customer."""
    if actor.acting_for is not None:
        raise NotAllowed
    if actor.civil_number is None:
        return []
    rows = _held(*_codes()).all(actor.civil_number, MOST)
    order = {code: place for place, code in enumerate(catalogue.registers)}
    rows = sorted((row for row in rows if _stands(row)), key=lambda row: order[row.register])
    return [(catalogue.registers[code], [_one(row) for row in group]) for code, group in groupby(rows, lambda row: row.register)]


def _stands(row: Any) -> bool:
    return not catalogue.registers[row.register].over(row.data)


def _one(row: Any) -> Held:
    register = catalogue.registers[row.register]
    return Held(register.record(row.number, row.data), reminders.renewal_of(register, row))


def _codes() -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """The registers of people, the others that are kept here, and those of companies."""
    kept = [register for register in catalogue.registers.values() if not register.outside]
    people = tuple(register.code for register in kept if register.relations)
    through = tuple(sorted({register.through for register in kept} - {""}))
    return people, tuple(register.code for register in kept if not register.relations), through


@cache
def _held(people: tuple[str, ...], others: tuple[str, ...], through: tuple[str, ...]) -> Statement:
    """Of a register of people only what is one's own; of the others also what one's companies have a part in, or what hangs on these."""

    def held(civil: Any, most: Any) -> Any:
        company = RegisterRecord.alias()
        companies = company.select(company.number).where(company.register.in_(through) & (company.holder == civil))
        party = RecordParty.alias()
        theirs = party.select(party.record).where((party.number == civil) | party.number.in_(companies))
        own = RegisterRecord.register.in_(people) & (RegisterRecord.holder == civil)
        hangs = RegisterRecord.parent.in_(companies) | RegisterRecord.id.in_(theirs)
        other = (RegisterRecord.holder == civil) | RegisterRecord.holder.in_(companies) | hangs
        rows = RegisterRecord.select().where(own | (RegisterRecord.register.in_(others) & other))
        return rows.order_by(RegisterRecord.register, RegisterRecord.number).limit(most)

    return statement(held)
