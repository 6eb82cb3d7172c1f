"""What anybody may ask of a register that allows it: until when the record with a number stands. Nothing else of it is ever told."""

import datetime as dt
from dataclasses import dataclass

from engine import digits
from engine.catalogue import catalogue
from engine.errors import NotFound
from engine.registers import Register
from operations import registers
from operations.now import today


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether a record stands today, and its last day; no day: there is none, or none with that number."""

    valid: bool
    until: dt.date | None


def offered() -> list[Register]:
    """The registers that anybody may ask."""
    return [register for register in catalogue.registers.values() if register.check]


def register_of(code: str) -> Register:
    """Raises NotFound where nobody may ask."""
    register = catalogue.registers.get(code)
    if register is None or register.check is None:
        raise NotFound
    return register


def ask(register: Register, number: str, *, of: bool) -> Standing:
    """By its number, or (`of`) by the number of what it hangs on: of several the one that stands longest. An unknown number is no error."""
    typed = digits.fold(number).replace(" ", "").upper()
    if of:
        found = registers.hanging(register.code, typed)
    else:
        record = registers.find(register.code, typed)
        found = [record] if record else []
    days = [day for record in found if (day := register.last_day(record.data))]
    until = max(days, default=None)
    return Standing(until is not None and until >= today(), until)
