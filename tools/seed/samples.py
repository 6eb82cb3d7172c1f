"""What an application of each service says, frozen by the portal's own code with marks in the places of people, names and numbers."""

import datetime as dt
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from engine import ledger
from engine.catalogue import catalogue
from engine.errors import Refusal
from engine.fees import Quote
from engine.fields import (
    Amount,
    Choice,
    Day,
    Field,
    Found,
    FromRegister,
    Iban,
    Pattern,
    Place,
    Several,
    Slot,
    Text,
    Upload,
    Whole,
)
from engine.registers import Kind, Record, Register
from engine.service import Charge, Service
from models import Account, Application
from operations import fees, finding, submission
from operations.applications import Opened
from tools.seed.bulk import plain

EACH = 12  # samples of a service
PROVIDER, MODE = "cybersource", "test"

MARK = re.compile("@([a-z0-9_-]+)@")


def mark(name: str) -> str:
    return f"@{name}@"


class Marked:
    """A text with marks, cut at them once, so that filling it is one joining."""

    def __init__(self, text: str) -> None:
        self._parts = MARK.split(text)  # what is said and what is marked, in turn

    def filled(self, values: dict[str, str]) -> str:
        """With a value for each mark. Raises KeyError for a mark without one."""
        parts = self._parts.copy()
        parts[1::2] = [values[name] for name in parts[1::2]]
        return "".join(parts)


@dataclass(frozen=True)
class Sample:
    """An application with marks: as JSON, and the texts and the numbers it is found by. `fields` are what its steps ask, `quote` is what it
    costs, `total` baisa, booked as `postings`."""

    service: Service
    desk: str
    fields: tuple[str, ...]
    answers: Marked
    records: Marked
    frozen: Marked
    texts: tuple[Marked, ...]
    numbers: tuple[tuple[str, Marked], ...]
    subject: Marked | None
    quote: str
    total: int
    postings: tuple[tuple[str, int], ...]

    @property
    def owes(self) -> bool:
        return self.service.charge is not Charge.NEVER and self.total > 0


def samples(service: Service, day: dt.date, chance: random.Random) -> list[Sample]:
    """Some that the rules of the service accept; none where it asks for more than can be made up here."""
    found = (_sample(service, day, chance) for _each in range(EACH))
    return [sample for sample in found if sample]


def _sample(service: Service, day: dt.date, chance: random.Random) -> Sample | None:
    records: dict[str, Record] = {}
    for step in service.steps:
        for field in step.fields:
            if isinstance(field, FromRegister):
                name = f"{field.name}:{mark(field.name)}" if isinstance(field, Found) else field.name
                records[name] = _record(field, records, day, chance)
    answers = {
        field.name: value for step in service.steps for field in step.fields if (value := _answer(field, day, chance)) is not None
    }
    someone = Account(first_name=mark("name_en"), family_name="", arabic_name=mark("name_ar"))
    row = Application(service=service.code, answers=answers, records={}, account=someone)
    opened = Opened(row, service, answers, records)
    try:
        quote = fees.quote(service, opened.case())
        offered = submission.offer(opened)
    except (Refusal, LookupError, ValueError):
        return None
    frozen = submission.freeze(opened, offered)
    texts = tuple(dict.fromkeys(finding.texts_of(service, frozen, (mark("reference"), mark("civil")))))
    subject = records.get(service.subject or "")
    return Sample(
        service,
        service.desk_for(answers),
        tuple(field.name for step in service.steps for field in step.fields),
        Marked(plain(answers)),
        Marked(plain(offered.records)),
        Marked(plain(frozen | {"declaration": None})),
        tuple(map(Marked, texts)),
        tuple((register, Marked(number)) for record in records.values() for register, number in record.numbers()),
        Marked(f"{subject.register.code}:{subject.number}") if subject else None,
        plain(quote.frozen()),
        quote.total.baisa,
        tuple(_postings(service, quote)),
    )


def _postings(service: Service, quote: Quote) -> Iterator[tuple[str, int]]:
    """What paying it books; nothing, where nothing is to pay."""
    if quote.total.baisa:
        for posting in ledger.capture(ledger.clearing(PROVIDER, MODE), service.authority, quote.lines):
            yield posting.account, posting.amount.baisa


def _answer(field: Field, day: dt.date, chance: random.Random) -> Any:
    match field:
        case Found():
            return [mark(field.name)]
        case FromRegister():
            return mark(field.name)
        case Upload():
            return None
        case Several():
            return [value for value, _label in field.options[: chance.randint(1, len(field.options))]]
        case Iban():
            return "OM780270123456789012345"
        case Slot():
            at = dt.datetime.combine(day + dt.timedelta(days=chance.randint(1, 30)), dt.time(4), dt.UTC).isoformat()
            centre = {"centre": "anywhere", "name": {"ar": mark("company_ar"), "en": mark("company_en")}}
            return centre | {"at": at} if field.at_centre else at
        case Choice():
            return chance.choice(field.options)[0]
        case Whole():
            return chance.randint(field.least, min(field.most, field.least + 20))
        case Amount():
            return 1000 * chance.randint(1, 500)
        case Day():
            return (day + dt.timedelta(days=chance.randint(-300, 300))).isoformat()
        case Place(within=(south, west, north, east)):
            return {"latitude": round(chance.uniform(south, north), 6), "longitude": round(chance.uniform(west, east), 6)}
        case Pattern():
            return mark("number")
        case Text():
            return mark("topic")
    return None


def _record(field: FromRegister, before: dict[str, Record], day: dt.date, chance: random.Random) -> Record:
    register = catalogue.registers[field.register]
    return register.record(mark(field.name), dict(_columns(register, field, day, chance)))


def _columns(register: Register, field: FromRegister, day: dt.date, chance: random.Random) -> Iterator[tuple[str, Any]]:
    for column in register.columns:
        if column.name == register.holder:
            yield column.name, mark("civil")
        elif column.name == register.parent and field.of:
            yield column.name, mark(field.of)
        elif not column.required and chance.random() < 0.5:
            yield column.name, ""
        elif column.name == "nationality":
            yield column.name, {"en": "Omani", "ar": "عماني"}
        elif column.kind is Kind.WORDS:
            yield column.name, {"en": mark("company_en"), "ar": mark("company_ar")}
        elif column.kind is Kind.OPTION:
            yield column.name, chance.choice(list(column.options))
        elif column.kind is Kind.MONEY:
            yield column.name, 1000 * chance.randint(5, 500)
        elif column.kind is Kind.DAY:
            yield column.name, (day + dt.timedelta(days=chance.randint(-60, 60))).isoformat()
        elif column.kind is Kind.WHOLE:
            yield column.name, chance.randint(1, 3)
        else:
            yield column.name, mark("number")
