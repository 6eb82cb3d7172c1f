"""Registers of authorities: what a record of each holds, told once as a table of columns.

The table drives the import of an extract, the typed record that rules see, and the rows a person is shown.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from engine import digits
from engine.wording import Text, Words, _

Shown = Words | Text | str | dt.date


class Unreadable(ValueError):
    """Why a row of an extract cannot be read."""

    def __init__(self, message: Text) -> None:
        super().__init__(str(message))
        self.message = message


class Kind(Enum):
    """What a column holds. WORDS takes two columns of the extract, `<name>_en` and `<name>_ar`."""

    TEXT = "text"
    WORDS = "words"
    DAY = "day"
    OPTION = "option"


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
        if self.kind is Kind.OPTION and text and text not in self.options:
            raise Unreadable(_("%(column)s: unknown value '%(text)s'", column=self.name, text=text))
        return text

    def value(self, stored: Any) -> Any:
        return dt.date.fromisoformat(stored) if self.kind is Kind.DAY and stored else stored

    def shown(self, stored: Any) -> Shown:
        if self.kind is Kind.OPTION:
            return self.options.get(stored, stored)
        return self.value(stored)  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True)
class Register:
    """A register of an authority. `holder` and `parent` name the columns that say whose record it is and what it hangs on.

    `parties` names further columns with numbers of whose record it is too; `through`, where a company may be one, the register of the
    companies. `public` are the columns that anybody may see who knows the number. `numbers` shapes the number of a record we make, from
    `year` and `n`, which counts from `first`: each year anew where the year is in it. `tracked`: who knows the number of a record may ask
    how the applications about it stand, and learns no more than that.
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
    tracked: bool = False

    @property
    def headers(self) -> set[str]:
        return {"number"} | {header for column in self.columns for header in column.headers}

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
        return self.data[self.register.name]  # type: ignore[no-any-return]

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

    def only(self, names: Iterable[str]) -> "Record":
        """The same record with these columns alone."""
        return Record(self.register, self.number, {name: self.data[name] for name in names if name in self.data})

    def frozen(self) -> dict[str, Any]:
        return {"register": self.register.code, "number": self.number, "data": self.data}
