"""A table that somebody made in a spreadsheet and saved as CSV: headings in either language, digits of any script.

Spreadsheets on Arabic Windows save Windows-1256, others UTF-8 with or without a mark in front; commas, semicolons or tabs.
"""

import csv
import io
from collections.abc import Iterable, Mapping

from engine import digits
from engine.errors import Refusal
from engine.wording import _

MOST_ROWS = 500
MOST_BYTES = 1024 * 1024
ENCODINGS = ("utf-8-sig", "cp1256")
SIGNS = ",;\t"  # between cells
MARK = "\ufeff"  # says to spreadsheets that the file is UTF-8
FORMULA = ("=", "+", "-", "@", "\t", "\r")

Columns = Mapping[str, Iterable[str]]


def read(raw: bytes, columns: Columns) -> list[dict[str, str]]:
    """The rows by the names of `columns`, each with all headings it may go by. Cells are stripped and their digits folded.

    Empty lines are left out, other columns are ignored. Raises Refusal for a file that is too large, unreadable, empty or lacks a column.
    """
    if len(raw) > MOST_BYTES:
        raise Refusal(_("This file is too large. A list has at most %(most)s rows.", most=MOST_ROWS), field="file")
    lines = list(_lines(_text(raw)))
    if not lines:
        raise Refusal(_("This file is empty."), field="file")
    places = _places(lines[0], columns)
    rows = [{name: line[place] if place < len(line) else "" for name, place in places.items()} for line in lines[1:]]
    if not rows:
        raise Refusal(_("This file has headings, but no rows."), field="file")
    if len(rows) > MOST_ROWS:
        raise Refusal(_("A list has at most %(most)s rows; this one has %(rows)s.", most=MOST_ROWS, rows=len(rows)), field="file")
    return rows


def _text(raw: bytes) -> str:
    for encoding in ENCODINGS:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise Refusal(_("This file cannot be read. Save it as CSV (UTF-8) and choose it again."), field="file")


def _lines(text: str) -> Iterable[list[str]]:
    first = text.partition("\n")[0]
    sign = max(SIGNS, key=first.count)
    try:
        for line in csv.reader(io.StringIO(text, newline=""), delimiter=sign, strict=True):
            cells = [digits.fold(cell).strip() for cell in line]
            if any(cells):
                yield cells
    except csv.Error:
        raise Refusal(_("This file cannot be read. Save it as CSV (UTF-8) and choose it again."), field="file") from None


def _places(headings: list[str], columns: Columns) -> dict[str, int]:
    found = [_plain(heading) for heading in headings]
    places = {
        name: next((found.index(_plain(known)) for known in names if _plain(known) in found), None)
        for name, names in columns.items()
    }
    missing = [next(iter(columns[name])) for name, place in places.items() if place is None]
    if missing:
        raise Refusal(_("This file lacks a column: %(names)s", names=", ".join(missing)), field="file")
    return {name: place for name, place in places.items() if place is not None}


def _plain(heading: str) -> str:
    return " ".join(heading.replace("_", " ").split()).casefold()


def write(rows: Iterable[Iterable[str]]) -> bytes:
    """A whole CSV file that spreadsheets open in any language."""
    return (MARK + lines(rows)).encode()


def lines(rows: Iterable[Iterable[str]]) -> str:
    """The rows as CSV: a piece of a file that begins with MARK. What a spreadsheet would calculate is kept a text by an apostrophe."""
    file = io.StringIO(newline="")
    csv.writer(file).writerows([harmless(cell) for cell in row] for row in rows)
    return file.getvalue()


def harmless(cell: str) -> str:
    """The cell as text, also for a spreadsheet that would calculate it (OWASP, CSV injection)."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell
