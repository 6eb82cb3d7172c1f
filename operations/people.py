"""My family and my workers: whom the registers of people name with a person or their company, each with their documents.

Who belongs to whom is what the registers say (`relations`); nobody is added by hand. A page is one statement, composed once for a catalogue.
"""

import datetime as dt
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Any

from peewee import Case as When
from peewee import fn

from engine import digits
from engine.actor import Actor
from engine.catalogue import catalogue
from engine.errors import NotAllowed, Refusal, Start
from engine.lifecycle import PENDING
from engine.registers import Record, Register
from engine.search import LETTERS, norm
from engine.wording import Text, Words, _
from models import Application, RecordParty, RegisterRecord
from operations import prefilling, registers, reminders
from operations.applications import Opened
from statements import Statement, statement

PEOPLE = 25  # on a page
AT_ONCE = 25  # renewals begun by one press
FIRST, LAST = "0001-01-01", "9999-12-31"  # before and after every day on which something ends


@dataclass(frozen=True, slots=True)
class Paper:
    """A document of somebody's, until when it stands, and how it is renewed, if it is; `running`: an application about it is under way."""

    record: Record
    ends: dt.date
    renewal: Start | None
    running: bool

    @property
    def title(self) -> Text:
        register = self.record.register
        return register.reminds.what if register.reminds else register.title


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody, by their civil number; what they are to whoever looks (None: themselves), and through which company of theirs."""

    number: str
    name: Words
    relation: Text | None
    company: Words | None
    papers: list[Paper]


@dataclass(frozen=True, slots=True)
class Page:
    """Oneself first, then whose documents end soonest. `after`: where the next page goes on; empty on the last."""

    people: list[Person]
    after: str
    companies: bool


def of(actor: Actor, asked: str = "", after: str = "") -> Page:
    """Whom the registers name with this person, whose name or number is what was asked. Nobody, as long as their civil number is unproven.

    Raises NotAllowed for who acts for a customer: a family is nobody else's to look at.
    """
    _for_oneself(actor)
    if actor.civil_number is None:
        return Page([], "", False)
    first, _mark, holder = after.partition("~")
    kinds = _kinds()
    companies = {row.number: row for code in kinds.through for row in registers.held(code, actor.civil_number)}
    exact, like = digits.fold(asked.strip()).upper(), f"%{norm(asked)}%"
    rows = _page(kinds).all(actor.civil_number, exact, like, first, holder, PEOPLE + 1)
    each = [(number, list(group)) for number, group in groupby(rows, lambda row: row.holder)]
    running = _running([row for _number, group in each for row in group])
    people = [
        person
        for number, group in each[:PEOPLE]
        if (person := _person(number, group, {actor.civil_number: None, **companies}, actor.civil_number, running))
    ]
    last = each[PEOPLE - 1] if len(each) > PEOPLE else None
    return Page(people, f"{last[1][0].soonest}~{last[0]}" if last else "", bool(companies))


def _for_oneself(actor: Actor) -> None:
    if actor.acting_for is not None:
        raise NotAllowed


def _person(number: str, rows: list[Any], numbers: dict[str, Any], self_: str, running: set[str]) -> Person | None:
    """None for who has died."""
    told = [(catalogue.registers[row.register], row) for row in rows]
    if any(not register.ends and register.over(row.data) for register, row in told):
        return None
    relation, through = (None, None) if number == self_ else _nearest(told, numbers)
    company = numbers.get(through or "")
    papers = [_paper(register, row, running) for register, row in told if row.ends_on]
    name = told[0][0].record(rows[0].number, rows[0].data).title
    title: Words | None = catalogue.registers[company.register].record(company.number, company.data).title if company else None
    return Person(number, name, relation, title, sorted(papers, key=lambda paper: paper.ends))


def _nearest(told: list[tuple[Register, Any]], numbers: dict[str, Any]) -> tuple[Text | None, str | None]:
    """What they are, and to which number, by whichever of their records says the nearest: a child whom one sponsors too is a child."""
    found = [
        (place, said, row.data[column])
        for register, row in told
        for place, (column, said) in enumerate(register.relations.items())
        if row.data.get(column) in numbers
    ]
    return min(found, key=lambda each: each[0])[1:] if found else (None, None)


def _paper(register: Register, row: Any, running: set[str]) -> Paper:
    record = register.record(row.number, row.data)
    return Paper(record, row.ends_on, reminders.renewal_of(register, row), record.key in running)


# --- Asking the registers --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Kinds:
    """The registers of people, and those of the companies by which they belong to somebody."""

    people: tuple[str, ...]
    through: tuple[str, ...]


def _kinds() -> Kinds:
    known = [register for register in catalogue.registers.values() if register.relations]
    return Kinds(tuple(sorted(register.code for register in known)), tuple(sorted({each.through for each in known} - {""})))


@cache
def _page(kinds: Kinds) -> Statement:
    """All that may be seen of the next people: `soonest` is when the first of each one's documents ends."""

    def page(civil: Any, exact: Any, like: Any, first: Any, holder: Any, most: Any) -> Any:
        ends = When(
            None, [(RegisterRecord.holder == civil, FIRST)], fn.COALESCE(fn.MIN(RegisterRecord.ends_on.cast("TEXT")), LAST)
        )
        on = (ends > first) | ((ends == first) & (RegisterRecord.holder > holder))
        asked = (RegisterRecord.holder == exact) | (RegisterRecord.number == exact) | _named(RegisterRecord, like)
        people = RegisterRecord.select(RegisterRecord.holder, ends.alias("soonest")).where(
            _seen(RegisterRecord, kinds, civil) & asked
        )
        people = (
            people.group_by(RegisterRecord.holder).having(on).order_by(ends, RegisterRecord.holder).limit(most).alias("people")
        )
        paper = RegisterRecord.alias()
        papers = paper.select(paper, people.c.soonest).join(people, on=(people.c.holder == paper.holder))
        return (
            papers.where(_seen(paper, kinds, civil)).order_by(people.c.soonest, paper.holder, paper.register, paper.id).objects()
        )

    return statement(page)


def _seen(record: Any, kinds: Kinds, civil: Any) -> Any:
    """Of people, and of this person: its holder, a party, or the owner of a company that is one."""
    company = RegisterRecord.alias()
    companies = company.select(company.number).where(company.register.in_(kinds.through) & (company.holder == civil))
    party = RecordParty.alias()
    theirs = party.select(party.record).where((party.number == civil) | party.number.in_(companies))
    return record.register.in_(kinds.people) & record.holder.is_null(False) & ((record.holder == civil) | record.id.in_(theirs))


def _named(record: Any, like: Any) -> Any:
    arabic = record.data["name"]["ar"].as_text()
    for letter, plain in LETTERS.items():
        arabic = fn.REPLACE(arabic, letter, plain)
    return (fn.COALESCE(arabic, "") ** like) | (fn.COALESCE(record.data["name"]["en"].as_text(), "") ** like)


def _running(rows: list[Any]) -> set[str]:
    """The records that somebody has an application under way about."""
    keys = [f"{row.register}:{row.number}" for row in rows]
    services = {start.service for row in rows if (start := reminders.renewal_of(catalogue.registers[row.register], row))}
    if not services:
        return set()
    this = Application.service.in_(sorted(services)) & Application.subject.in_(keys) & Application.state.in_(sorted(PENDING))
    return {row.subject for row in Application.select(Application.subject).where(this)}


# --- Renewing ----------------------------------------------------------------------------------------------------------------------


def renew(actor: Actor, chosen: list[str]) -> list[Opened]:
    """A renewal of each record that was chosen (`register:number`), begun with what is known, or taken up again where it is begun already.

    Raises Refusal for none or too many, NotFound for a record that is not theirs to see, and what beginning a service raises.
    """
    _for_oneself(actor)
    if not chosen:
        raise Refusal(_("Choose at least one document to renew."))
    if len(chosen) > AT_ONCE:
        raise Refusal(_("At most %(most)s can be begun at once. For more, bring a list.", most=AT_ONCE))
    starts = [reminders.renewal(actor, *key.split(":", 1))[1] if ":" in key else None for key in dict.fromkeys(chosen)]
    return [prefilling.begin(actor, start) for start in starts if start]
