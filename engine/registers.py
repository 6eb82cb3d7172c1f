"""Registers of authorities: what a record of each holds, told once as a table of columns.

The table drives the import of an extract, the typed record that rules see, and the rows a person is shown.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from engine import digits
from engine.money import Money
from engine.wording import Text, Words, _

Shown = Words | Text | str | dt.date | Money


class Unreadable(ValueError):
    """Why a row of an extract cannot be read."""

    def __init__(self, message: Text) -> None:
        super().__init__(str(message))
        self.message = message


class Kind(Enum):
    """What a column holds. WORDS takes two columns of the extract, `<name>_en` and `<name>_ar`; MONEY is
    rials there (4800 or 4800.500), and whole baisa from then on;
    WHOLE is a whole number, none where nothing stands."""

    TEXT = "text"
    WORDS = "words"
    DAY = "day"
    OPTION = "option"
    MONEY = "money"
    WHOLE = "whole"


@dataclass(frozen=True, slots=True)
class Column:
    """`of` is the register whose numbers stand in it."""

    name: str
    label: Text
    kind: Kind = Kind.TEXT
    options: Mapping[str, Text] = field(default_factory=dict)
    required: bool = True
    of: str = ""

    @property
    def headers(self) -> tuple[str, ...]:
        return (f"{self.name}_en", f"{self.name}_ar") if self.kind is Kind.WORDS else (self.name,)

    def read(self, row: Mapping[str, str]) -> Any:
        """The JSON value of this column in a row of an extract. Raises Unreadable naming the column."""
        cells = [(row.get(header) or "").strip() for header in self.headers]
        if self.required and not any(cells):
            raise Unreadable(_("%(column)s: missing", column=self.name))
        if self.kind is Kind.WORDS:
            return {"en": cells[0], "ar": cells[1]}
        text = digits.fold(cells[0])
        if self.kind is Kind.DAY and text:
            try:
                return dt.date.fromisoformat(text).isoformat()
            except ValueError:
                raise Unreadable(_("%(column)s: not a day (year-month-day): '%(text)s'", column=self.name, text=text)) from None
        if self.kind is Kind.MONEY:
            return self._baisa(text) if text else None
        if self.kind is Kind.WHOLE:
            if text and not text.isdecimal():
                raise Unreadable(_("%(column)s: not a whole number: '%(text)s'", column=self.name, text=text))
            return int(text or 0)
        if self.kind is Kind.OPTION and text and text not in self.options:
            raise Unreadable(_("%(column)s: unknown value '%(text)s'", column=self.name, text=text))
        return text

    def _baisa(self, text: str) -> int:
        try:
            return Money.parse(text).baisa
        except ValueError:
            raise Unreadable(_("%(column)s: not an amount in rials: '%(text)s'", column=self.name, text=text)) from None

    def value(self, stored: Any) -> Any:
        if self.kind is Kind.MONEY:
            return Money(stored or 0)
        if self.kind is Kind.WHOLE:
            return int(stored or 0)
        return dt.date.fromisoformat(stored) if self.kind is Kind.DAY and stored else stored

    def shown(self, stored: Any) -> Shown:
        if self.kind is Kind.OPTION:
            return self.options.get(stored, stored)
        if self.kind is Kind.WHOLE:
            return str(stored or 0)
        return self.value(stored)  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True)
class Reminder:
    """Whose record it is hears so many `days` before its last day, once each, and may renew it by `service` in two taps, where a column
    of the record may be part of its code.

    `record` and `parent` are that service's fields whose answers are the record's number and the number of what it hangs on. `of` is the
    register of what it hangs on, where that says whose it is. Without `days` nobody is told; whoever looks may renew it just so.
    """

    what: Text
    service: str
    record: str
    parent: str = ""
    of: str = ""
    days: tuple[int, ...] = (60, 30, 7)

    def service_for(self, data: Mapping[str, Any]) -> str:
        """The code of the service that renews this very record."""
        return self.service.format(**data)

    def mark(self, left: int) -> int | None:
        """Which reminder it is time for with so many days left: the last one that has come; None while none has, and after the end."""
        return min((days for days in self.days if 0 <= left <= days), default=None)

    def next_after(self, left: int) -> int | None:
        """The one that is still to come with so many days left."""
        return max((days for days in self.days if days < left), default=None)

    def answers(self, number: str, parent: str | None) -> dict[str, str]:
        """What the renewal begins with."""
        return ({self.parent: parent} if self.parent and parent else {}) | {self.record: number}


@dataclass(frozen=True, slots=True)
class Check:
    """Anybody may ask by a record's number, or (`parent`: what that is called) by the number of what it hangs on, until when it stands."""

    title: Text
    lead: Text
    parent: Text | None = None


def _never(data: Mapping[str, Any]) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Register:
    """A register of an authority. `holder` and `parent` name the columns that say whose record it is and what it hangs on.

    `parties` names further columns with numbers of whose record it is too; `through`, where a company may be one, the register of the
    companies. `public` are the columns that anybody may see who knows the number. `numbers` shapes the number of a record we make, from
    `year` and `n`, which counts from `first`: each year anew where the year is in it. One that is `outside` is kept elsewhere: it is asked
    over the network whenever a record of it is needed, and never brought in. `ends` is the column of the last day on which a record
    stands, unless it is `over` already; `reminds` who hears of it before, `check` what anybody may ask of it. Where its holders are
    people, `relations` says what a holder is to whoever stands in a column, nearest first: these have to do with each other.
    `tracked`: who knows the number of a record may ask how the applications about it stand, and learns no more than that.
    """

    code: str
    title: Text
    columns: tuple[Column, ...]
    number: Text = _("Number")
    holder: str | None = None
    parent: str | None = None
    name: str = "name"
    parties: tuple[str, ...] = ()
    through: str = ""
    public: tuple[str, ...] = ()
    numbers: str = "{n}"
    first: int = 1
    outside: bool = False
    ends: str = ""
    over: Callable[[Mapping[str, Any]], bool] = _never
    relations: Mapping[str, Text] = field(default_factory=dict)
    reminds: Reminder | None = None
    check: Check | None = None
    tracked: bool = False

    @property
    def headers(self) -> set[str]:
        return {"number"} | {header for column in self.columns for header in column.headers}

    @property
    def needed_headers(self) -> set[str]:
        """Those without which an extract cannot be read."""
        return {"number"} | {header for column in self.columns if column.required for header in column.headers}

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    def read(self, row: Mapping[str, str]) -> dict[str, Any]:
        """A row of an extract as the stored data. Raises Unreadable saying which column and why."""
        return {column.name: column.read(row) for column in self.columns}

    def record(self, number: str, data: Mapping[str, Any]) -> "Record":
        return Record(self, number, dict(data))

    def hangs_on(self, data: Mapping[str, Any]) -> tuple[Any, Any]:
        """Whose record it is, and what it hangs on."""
        return data[self.holder] if self.holder else None, data[self.parent] if self.parent else None

    def last_day(self, data: Mapping[str, Any]) -> dt.date | None:
        """Until when it stands; None for a record that does not end."""
        told = data.get(self.ends) if self.ends and not self.over(data) else None
        return dt.date.fromisoformat(told) if told else None

    def first_reminder(self, data: Mapping[str, Any], today: dt.date) -> dt.date | None:
        """The day of its first reminder, which may have passed; None where there is none to send any more."""
        end = self.last_day(data)
        if self.reminds is None or not self.reminds.days or end is None or end < today:
            return None
        return end - dt.timedelta(days=max(self.reminds.days))

    def held_by(self, data: Mapping[str, Any]) -> set[str]:
        """The numbers of all whose record it is."""
        return {str(data[name]) for name in (self.holder, *self.parties) if name and data.get(name)}

    def numbered(self, year: int, n: int) -> str:
        """The number of the n-th record made (that year), counted from 1."""
        return self.numbers.format(year=year, n=n + self.first - 1)

    @property
    def yearly(self) -> bool:
        return "{year" in self.numbers


@dataclass(frozen=True, slots=True)
class Record:
    """One register record as a rule sees it: `member.grade`, `member.expires`."""

    register: Register
    number: str
    data: dict[str, Any] = field(hash=False)

    def __getattr__(self, name: str) -> Any:
        try:
            return self.register.column(name).value(self.data[name])
        except (StopIteration, KeyError):
            raise AttributeError(name) from None

    @property
    def title(self) -> Words:
        """What it is called; its number, for whom its name is not."""
        name: Words | None = self.data.get(self.register.name)
        return name or {"ar": self.number, "en": self.number}

    def rows(self) -> Iterator[tuple[Text, Shown]]:
        """What a person is shown of it, in the register's order."""
        yield self.register.number, self.number
        for column in self.columns_shown():
            yield column.label, column.shown(self.data[column.name])

    def columns_shown(self) -> Iterator[Column]:
        return (column for column in self.register.columns if column.name != self.register.holder and self.data.get(column.name))

    def numbers(self) -> Iterator[tuple[str, str]]:
        """Its own number and those it names of other registers' records, each with the code of its register."""
        yield self.register.code, self.number
        for column in self.register.columns:
            if column.of and self.data.get(column.name):
                yield column.of, str(self.data[column.name])

    @property
    def key(self) -> str:
        """What names it among all registers."""
        return f"{self.register.code}:{self.number}"

    def changed(self, changes: Mapping[str, Any]) -> "Record":
        """The same record with these stored values in it."""
        return Record(self.register, self.number, {**self.data, **changes})

    def only(self, names: Iterable[str]) -> "Record":
        """The same record with these columns alone."""
        return Record(self.register, self.number, {name: self.data[name] for name in names if name in self.data})

    def frozen(self) -> dict[str, Any]:
        return {"register": self.register.code, "number": self.number, "data": self.data}
