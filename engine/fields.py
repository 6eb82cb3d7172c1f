"""What a step may ask. A field knows its label, how to read what was typed, and how to show it again; the web draws it.

`clean` takes what the browser sent (a string) and returns a JSON value, or raises a Refusal that says what to do.
"""

import datetime as dt
import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from engine import digits
from engine.errors import Refusal
from engine.money import Money
from engine.registers import Record
from engine.search import norm
from engine.wording import Text as Wording
from engine.wording import Words, _

MEGABYTE = 1024 * 1024
UPLOAD_LIMIT = 10 * MEGABYTE
PDF = "application/pdf"
PICTURES = ("image/jpeg", "image/png")
UPLOAD_TYPES = (PDF, *PICTURES)

Option = tuple[int | str, Wording]


@dataclass(frozen=True)
class Field:
    """`starts_as` is what stands in it before it is answered, from what was answered before it. Where there is `asked`, it is a question
    only of the cases that it says, as they stand by what earlier steps answered.
    """

    name: str
    label: Wording
    hint: Wording | None = None
    required: bool = True
    starts_as: Callable[[Any], Any] | None = field(default=None, kw_only=True)
    asked: Callable[[Any], bool] | None = field(default=None, kw_only=True)

    def clean(self, typed: str) -> Any:
        text = typed.replace("\0", "").strip()  # PostgreSQL has no place for a NUL
        if not text:
            if self.required:
                raise Refusal(self.missing(), field=self.name)
            return None
        return self.read(text)

    def read(self, text: str) -> Any:
        """The value of a text that is not empty."""
        return text

    def missing(self) -> Wording:
        return _("Fill in this field: %(label)s", label=self.label)

    def shown(self, value: Any) -> Any:
        """The value as the check page and the clerk read it."""
        return value

    def written(self, value: Any) -> Any:
        """The value as a person types it."""
        return value

    def refuse(self, message: Wording) -> Refusal:
        return Refusal(message, field=self.name)


@dataclass(frozen=True)
class Text(Field):
    longest: int = 200

    def read(self, text: str) -> str:
        if len(text) > self.longest:
            raise self.refuse(
                _("Shorten this to %(longest)s characters; it has %(length)s.", longest=self.longest, length=len(text))
            )
        return text


@dataclass(frozen=True)
class LongText(Text):
    longest: int = 4000


@dataclass(frozen=True)
class Pattern(Field):
    """A number with a fixed shape; digits of any script are folded first."""

    shape: str = ""
    wrong: Wording = _("Check this number.")

    def read(self, text: str) -> str:
        folded = digits.fold(text).replace(" ", "")
        if not re.fullmatch(self.shape, folded):
            raise self.refuse(self.wrong)
        return folded


@dataclass(frozen=True)
class CivilNumber(Pattern):
    """Text of 1 to 9 digits: the number on the ID or resident card."""

    shape: str = r"\d{1,9}"
    wrong: Wording = _("A civil number has up to 9 digits. It stands on the front of the ID card.")


@dataclass(frozen=True)
class Whole(Field):
    """A whole number, from `least` to `most`."""

    least: int = 0
    most: int = 10**9

    def read(self, text: str) -> int:
        folded = digits.fold(text)
        if not re.fullmatch(r"\d{1,10}", folded) or not self.least <= int(folded) <= self.most:
            raise self.refuse(_("Type a whole number from %(least)s to %(most)s.", least=self.least, most=self.most))
        return int(folded)


@dataclass(frozen=True)
class Amount(Field):
    """An amount of rials; the answer is whole baisa, small enough for any table."""

    most: Money = Money.rials(10**9)

    def read(self, text: str) -> int:
        try:
            amount = Money.parse(text)
        except ValueError:
            raise self.refuse(_("Type an amount in rials, such as 25 or 25.500.")) from None
        if amount < Money(0):
            raise self.refuse(_("Type an amount of zero or more."))
        if amount > self.most:
            raise self.refuse(_("Type an amount of at most %(most)s.", most=self.most))
        return amount.baisa

    def written(self, value: Any) -> Any:
        return None if value is None else Money(value).plain()

    def shown(self, value: Any) -> Any:
        return None if value is None else Money(value)


@dataclass(frozen=True)
class Day(Field):
    """A calendar day, as ISO text."""

    def read(self, text: str) -> str:
        try:
            return dt.date.fromisoformat(digits.fold(text)).isoformat()
        except ValueError:
            raise self.refuse(_("Type a date as year-month-day, such as 2026-03-19.")) from None

    def shown(self, value: Any) -> Any:
        return dt.date.fromisoformat(value) if value else None


@dataclass(frozen=True)
class Choice(Field):
    """One of a few options, all shown at once."""

    options: tuple[Option, ...] = ()

    def read(self, text: str) -> Any:
        chosen = next((value for value, _label in self.options if str(value) == digits.fold(text)), None)
        if chosen is None:
            raise self.refuse(self.missing())
        return chosen

    def missing(self) -> Wording:
        return _("Choose one: %(label)s", label=self.label)

    def shown(self, value: Any) -> Any:
        return next((label for option, label in self.options if option == value), value)


@dataclass(frozen=True)
class Several(Choice):
    """Any number of a few options, at least one where it is required. The answer is a list, in the order of the options."""

    def read(self, text: str) -> list[int | str]:
        """Options with spaces or commas between them."""
        typed = set(digits.fold(text).replace(",", " ").split())
        chosen = [value for value, _label in self.options if str(value) in typed]
        if not chosen or len(chosen) != len(typed):
            raise self.refuse(self.missing())
        return chosen

    def missing(self) -> Wording:
        return _("Choose at least one: %(label)s", label=self.label)

    def shown(self, value: Any) -> Any:
        return [label for option, label in self.options if option in (value or ())]

    def written(self, value: Any) -> Any:
        return [str(option) for option in value or ()]


@dataclass(frozen=True)
class Iban(Field):
    """An Omani account by its IBAN: 23 characters, the check digits by ISO 13616 (ISO 7064, mod 97-10). Shown masked once it is answered."""

    def read(self, text: str) -> str:
        number = re.sub(r"[\s-]", "", digits.fold(text)).upper()
        if not re.fullmatch(r"OM\d{5}[A-Z0-9]{16}", number) or not _checks(number):
            raise self.refuse(
                _("This is not an IBAN of an account in Oman. It begins with OM and has 23 characters; compare each.")
            )
        return number

    def shown(self, value: Any) -> Any:
        return masked(value) if value else None

    def written(self, value: Any) -> Any:
        return " ".join(value[at : at + 4] for at in range(0, len(value), 4)) if value else None


def _checks(iban: str) -> bool:
    """Country and check digits go to the end, letters count from 10: the whole leaves 1 of 97."""
    return int("".join(str(int(sign, 36)) for sign in iban[4:] + iban[:4])) % 97 == 1


def masked(iban: str) -> str:
    """OM81 •••• 4567: enough to know one's own account by."""
    return f"{iban[:4]} •••• {iban[-4:]}"


@dataclass(frozen=True)
class Slot(Field):
    """A time that still has a seat, held from the moment it is answered. `office` is the section that gives it (residency.passports).

    One comes to one of the section's centres, chosen with the time; the answer is {"centre": its code, "name": in both languages, "at"}.
    With `site` it is the office that comes, within its opening, and the answer is the time alone: the words say where to, and the visit is
    planned when the application is submitted. `brings` is what to take along.
    """

    office: str = ""
    site: Callable[[Any], Wording] | None = None
    brings: tuple[Wording, ...] = ()
    none: Wording = _("No time is free at the moment. What you answered is saved; please look again tomorrow.")
    gone: Wording = _("Somebody else has just taken this time. These are the next free ones.")

    @property
    def at_centre(self) -> bool:
        return self.site is None

    def read(self, text: str) -> Any:
        """A time with its UTC offset; before it, where one comes, the code of the centre. (Its name who holds the seat adds.)"""
        centre, _space, time = text.rpartition(" ")
        try:
            at = dt.datetime.fromisoformat(digits.fold(time))
        except ValueError:
            raise self.refuse(self.missing()) from None
        if at.tzinfo is None or bool(centre) is not self.at_centre:
            raise self.refuse(self.missing())
        told = at.astimezone(dt.UTC).isoformat()
        return {"centre": centre.strip(), "at": told} if self.at_centre else told

    def place(self, answer: Any) -> str:
        """Whose seats they are: the centre's, or the office's own."""
        return str(answer["centre"]) if self.at_centre else self.office

    def missing(self) -> Wording:
        return _("Choose one: %(label)s", label=self.label)

    def shown(self, value: Any) -> Any:
        if not value or not self.at_centre:
            return moment(value) if value else None
        return _("%(centre)s · %(at)s", centre=value.get("name", value["centre"]), at=moment(value))

    def written(self, value: Any) -> Any:
        return f"{value['centre']} {value['at']}" if self.at_centre else value


def moment(answer: Any) -> dt.datetime:
    """The answer of a Slot as a moment, UTC."""
    return dt.datetime.fromisoformat(answer["at"] if isinstance(answer, dict) else answer)


@dataclass(frozen=True)
class Area:
    """A neighbourhood by name, with a point in its middle: good enough to begin looking from, no more."""

    code: str
    title: Words = field(hash=False)
    latitude: float
    longitude: float

    @property
    def point(self) -> dict[str, float]:
        return {"latitude": self.latitude, "longitude": self.longitude}


@dataclass(frozen=True)
class Place(Field):
    """A point on the earth: chosen on a map, told by the phone, typed as latitude and longitude (WGS 84, degrees), or an area by its name.

    The answer is {"latitude": 24.347, "longitude": 56.729}, six decimals: a hand's breadth. `within` are the south, west, north and east
    of where it may lie. `areas` may be chosen in place of a point of the map, and say near which a point lies. `sketch` names the drawing
    (static/maps/<sketch>.json) that the map shows.
    """

    within: tuple[float, float, float, float] = (16.6, 51.9, 26.5, 59.9)  # Oman
    areas: tuple[Area, ...] = ()
    sketch: str = ""

    def read(self, text: str) -> dict[str, float]:
        if named := self.named(text):
            return named.point
        found = re.fullmatch(r"\s*(-?\d{1,3}\.?\d*)\s*[,،;\s]\s*(-?\d{1,3}\.?\d*)\s*", digits.fold(text).replace("٫", "."))
        if found is None:
            raise self.refuse(_("Choose the place on the map, or type its latitude and longitude, such as 24.347, 56.729."))
        latitude, longitude = (round(float(part), 6) for part in found.groups())
        south, west, north, east = self.within
        if not (south <= latitude <= north and west <= longitude <= east):
            raise self.refuse(_("This place lies outside the area the authority serves. Choose one inside it."))
        return {"latitude": latitude, "longitude": longitude}

    def named(self, text: str) -> Area | None:
        """The area of that code or name, however it is spelled."""
        asked = norm(text)
        return next(
            (area for area in self.areas if asked in {norm(area.code), norm(area.title["ar"]), norm(area.title["en"])}), None
        )

    def near(self, point: dict[str, float]) -> Area | None:
        """The area whose middle is nearest, if it is within NEAR of it."""
        distance, area = min(
            ((_apart(area.point, point), area) for area in self.areas), default=(NEAR, None), key=lambda pair: pair[0]
        )
        return area if distance < NEAR else None

    def written(self, value: Any) -> Any:
        return f"{value['latitude']}, {value['longitude']}" if value else None

    def shown(self, value: Any) -> Any:
        """The coordinates, and near what they lie."""
        written = self.written(value)
        area = self.near(value) if value else None
        return _("%(point)s, near %(area)s", point=f"\u2066{written}\u2069", area=area.title) if area else written


NEAR = 4.0
"""Kilometres within which a point is said to lie near an area: ours."""
KILOMETRES = 111.2  # of a degree of latitude


def _apart(one: dict[str, float], other: dict[str, float]) -> float:
    """Kilometres, near enough within a district."""
    up = one["latitude"] - other["latitude"]
    along = (one["longitude"] - other["longitude"]) * math.cos(math.radians(one["latitude"]))
    return KILOMETRES * math.hypot(up, along)


@dataclass(frozen=True)
class FromRegister(Field):
    """One record of a register: one of the person's own, or (with `of`) one that hangs on the record chosen before.

    Its answer is the record's number; the record itself is kept on the case under the same name. `brings` are names and registers:
    of each is kept with it (`case.find(name)`), where there is one, the record that the chosen one names, the company that is a party to it,
    or the first that hangs on it. `whose`: only those are offered in which one of these columns has the person's own number, where that is
    not everybody whose record it is.
    """

    register: str = ""
    of: str | None = None
    none: Wording = _("There is no record to choose.")
    own: bool = True
    brings: tuple[tuple[str, str], ...] = ()
    whose: tuple[str, ...] = ()

    def read(self, text: str) -> str:
        return digits.fold(text)

    def missing(self) -> Wording:
        return _("Choose one: %(label)s", label=self.label)


@dataclass(frozen=True)
class ByNumber(FromRegister):
    """One record by its number, typed: one of the person's own, or (`own=False`) anybody's, of which they see what is public."""

    unknown: Wording = _("There is no such number, or it is not under your name. Compare it with your paper.")

    def read(self, text: str) -> str:
        return digits.fold(text).replace(" ", "").upper()

    def missing(self) -> Wording:
        return _("Fill in this field: %(label)s", label=self.label)


@dataclass(frozen=True)
class Found(FromRegister):
    """Any number of records of an outside register, found by what was typed in the fields `by`: a record fits all that were filled in.

    The answer is the list of their numbers, the records are `case.found(name)`. `open` says which may be chosen; anybody may look, and sees
    what is public. `objection` is the service that takes objections to one of them.
    """

    by: tuple[str, ...] = ()
    own: bool = False
    open: Callable[[Record], bool] = field(default=lambda record: True)
    objection: str = ""

    def read(self, text: str) -> list[str]:  # type: ignore[override]
        """Numbers with spaces between them."""
        return sorted(set(digits.fold(text).upper().split()))

    def missing(self) -> Wording:
        return _("Choose at least one: %(label)s", label=self.label)

    def shown(self, value: Any) -> Any:
        return " · ".join(value or ())


@dataclass(frozen=True)
class Upload(Field):
    """A file, kept with the application: PDF, JPEG or PNG by its content, at most `limit` bytes; of pictures alone `types` is PICTURES.

    The answer is {"name", "size", "type", "digest"}; where `most` is above 1 it is a list of them, as many as that at most.
    """

    limit: int = UPLOAD_LIMIT
    types: tuple[str, ...] = UPLOAD_TYPES
    most: int = 1

    def missing(self) -> Wording:
        return _("Attach a file: %(label)s", label=self.label)

    def accept(self, size: int, media_type: str | None) -> None:
        """Raise a Refusal when a file of this size (bytes) and real type may not come in."""
        if size > self.limit:
            raise self.refuse(_("This file is too large. The limit is %(limit)s MB.", limit=self.limit // MEGABYTE))
        if media_type not in self.types and PDF not in self.types:
            raise self.refuse(_("Attach a JPEG or PNG picture; this file is of another kind."))
        if media_type not in self.types:
            raise self.refuse(_("Attach a PDF, JPEG or PNG file; this one is of another kind."))

    def too_many(self) -> Wording:
        return _("Up to %(most)s files go here. The first ones were kept; remove one to make room for another.", most=self.most)

    def answer(self, files: list[dict[str, Any]]) -> Any:
        """The files as the field's answer, the first of too many, or of one that is replaced the last; None for none."""
        return (files[: self.most] if self.most > 1 else files[-1]) if files else None

    def shown(self, value: Any) -> Any:
        return " · ".join(file["name"] for file in files_of(value)) or None

    def advice(self, value: Any) -> Wording | None:
        """What might be better about the files of an answer: said to their owner and to the clerk, never a reason to refuse them."""
        return None


@dataclass(frozen=True)
class Photo(Upload):
    """A portrait that is printed `width` × `height` millimetres large.

    It has that shape, and pixels enough to be printed sharp; the answer also holds {"width", "height", "plain"}: pixels, and whether what is
    behind the head is light and even.
    """

    types: tuple[str, ...] = PICTURES
    width: int = 40
    height: int = 60

    @property
    def least(self) -> tuple[int, int]:
        """Pixels across and down."""
        return round(self.width / INCH * SHARP), round(self.height / INCH * SHARP)

    def missing(self) -> Wording:
        return _("Attach a photo: %(label)s", label=self.label)

    def judge(self, across: int, down: int) -> None:
        """Raise a Refusal when a picture of so many pixels is none of this shape, or would be blurred in print."""
        cut, size = self.cut(across, down), by(across, down)
        if cut[0] < self.least[0] or cut[1] < self.least[1]:
            raise self.refuse(
                _(
                    "This picture is too small: it has %(size)s pixels, and would be blurred when printed at %(paper)s cm. "
                    "It needs at least %(least)s pixels.",
                    size=size,
                    paper=self.paper,
                    least=by(*self.least),
                )
            )
        if cut != (across, down):
            raise self.refuse(
                _(
                    "This picture has %(size)s pixels, which is not the shape of %(paper)s cm. "
                    "Cut it to %(cut)s pixels around the head, and attach it again.",
                    size=size,
                    paper=self.paper,
                    cut=by(*cut),
                )
            )

    def cut(self, across: int, down: int) -> tuple[int, int]:
        """The largest part of a picture that has the shape of the photo, in pixels; all of it, where its shape is right but for a little."""
        if abs(across * self.height - down * self.width) <= STRETCH * down * self.width:
            return across, down
        return min(across, down * self.width // self.height), min(down, across * self.height // self.width)

    @property
    def paper(self) -> Words:
        """What it is printed on, in centimetres."""
        return by(self.width / 10, self.height / 10)

    @property
    def needs(self) -> Wording:
        """For who cannot have it cut on the page."""
        return _(
            "JPEG or PNG, upright in the shape of %(paper)s cm, at least %(least)s pixels.",
            paper=self.paper,
            least=by(*self.least),
        )

    def advice(self, value: Any) -> Wording | None:
        if all(file.get("plain", True) for file in files_of(value)):
            return None
        return _("The background looks dark or uneven. A photo before a white wall, without a shadow, is sure to do.")


INCH = 25.4
"""Millimetres."""
SHARP = 300
"""Dots an inch: what a photo is printed with."""
STRETCH = 0.02
"""By how much of its shape a photo may be off, *[ours]*: less than a millimetre of four centimetres."""


def by(across: float, down: float) -> Words:
    """4 × 6, in the order in which either language is read."""
    written = f"{across:.9g} × {down:.9g}"
    return {"ar": digits.arabic(written), "en": written}


def files_of(value: Any) -> list[dict[str, Any]]:
    """The files of an answer, in their order: none of what is no answer of an Upload."""
    given = value if isinstance(value, list) else [value]
    return [file for file in given if isinstance(file, dict) and "digest" in file]


def inputs(items: Iterable[object]) -> tuple[Field, ...]:
    return tuple(item for item in items if isinstance(item, Field))
