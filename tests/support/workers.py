"""Workers of a company, many at a time, each with a resident card."""

from collections.abc import Sequence

from engine.catalogue import catalogue
from models import RecordParty, RegisterRecord
from operations.now import now, today
from tests.support.residents import COMPANY


def workers(many: int, expires: str, *, company: str = COMPANY, first: int = 71_000_001) -> list[str]:
    """So many cards of that company's workers; returns their numbers. Worker n has the civil number 90000000 + n."""
    return [card(number, str(90_000_000 + number % 1_000_000), expires, sponsor=company) for number in range(first, first + many)]


def card(number: int, civil: str, expires: str, *, name: tuple[str, str] = ("Worker", "عامل"), **parties: str) -> str:
    data = {"civil": civil, "name": {"en": f"{name[0]} {number % 1000}", "ar": f"{name[1]} {number % 1000}"}, "expires": expires}
    data |= {
        "nationality": {"en": "Indian", "ar": "هندي"},
        "state": "valid",
        "sponsor": "",
        "father": "",
        "husband": "",
        "fined": "",
    }
    return record("residency.cards", str(number), data | parties)


def record(code: str, number: str, data: dict[str, object]) -> str:
    """As an import leaves it."""
    register = catalogue.registers[code]
    holder, parent = register.hangs_on(data)
    row = RegisterRecord.create(
        register=code,
        number=number,
        holder=holder or None,
        parent=parent or None,
        data=data,
        remind_on=register.first_reminder(data, today()),
        ends_on=register.last_day(data),
        changed_at=now(),
    )
    parties: Sequence[str] = sorted(register.held_by(data) - {holder})
    for party in parties:
        RecordParty.create(record=row, number=party)
    return number
