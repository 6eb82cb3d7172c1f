"""What the auditor's pages show."""

import datetime as dt
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from flask import url_for

from engine import digits
from engine.clock import in_muscat
from engine.wording import Text, _
from operations.audit_trail import WORDS, Asked, Cursor, Line, Shown, Standing

STANDINGS: dict[Standing, tuple[Text, str]] = {
    Standing.LINKED: (_("Linked, and it fits"), "good"),
    Standing.WAITING: (_("Waits for its link: that takes a few seconds"), "waiting"),
    Standing.BROKEN: (_("Its link does not fit: run “flask audit verify”"), "bad"),
}
COLUMNS = (_("Number"), _("When"), _("Who"), _("Action"), _("About"), _("Details"))
NOBODY = _("The portal itself")
REFERENCE = re.compile(r"[A-Za-z]+-\d{4}-\d")  # of an application: known in capitals
UNREADABLE = dt.date.min


def asked(given: Mapping[str, str]) -> tuple[Asked, Text | None]:
    """What is looked for, from the address, and what of it could not be read: that is left out."""
    person, action, subject = (digits.fold(given.get(name, "")).strip()[:200] for name in ("person", "action", "subject"))
    days = [_day(given.get(name, "")) for name in ("since", "until")]
    wrong = _("Write the days as year-month-day, such as 2026-11-22.") if UNREADABLE in days else None
    since, until = (None if day == UNREADABLE else day for day in days)
    return Asked(person, action, subject.upper() if REFERENCE.match(subject) else subject, since, until), wrong


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(digits.fold(text).strip()) if text.strip() else None
    except ValueError:
        return UNREADABLE


def cursor(text: str | None) -> Cursor | None:
    """Where a page begins, from its address; what cannot be read begins at the beginning."""
    try:
        moment, _comma, key = (text or "").partition(",")
        return dt.datetime.fromisoformat(moment).astimezone(dt.UTC), int(key)
    except (ValueError, OverflowError):
        return None


def listed(
    asked: Asked, wrong: Text | None, lines: list[Line], onwards: Cursor | None, given: Mapping[str, str]
) -> dict[str, Any]:
    said = asked.said()
    return {
        "asked": {field: given.get(field, "") for field in ("person", "action", "subject", "since", "until")},
        "wrong": wrong,
        "filtered": bool(said),
        "actions": sorted(WORDS.items(), key=lambda item: item[0]),
        "lines": [{"line": line, "who": line.who or NOBODY, "href": url_for("audit.entry", key=line.id)} for line in lines],
        "export": url_for("audit.export", **said),
        "onwards": url_for("audit.listed", **said, after=f"{onwards[0].isoformat()},{onwards[1]}") if onwards else None,
    }


def entry(shown: Shown) -> dict[str, Any]:
    line = shown.line
    words, kind = STANDINGS[shown.standing]
    rows = [
        (_("When"), line.at, False),
        (_("Who"), line.who or NOBODY, False),
        (_("E-mail"), shown.email, True),
        (_("About"), line.subject, True),
        *((_("Details"), f"{name}: {_plain(value)}", True) for name, value in line.details.items()),
        (_("Link"), str(shown.link) if shown.link else "", True),
        (_("Digest"), shown.digest, True),
    ]
    return {
        "line": line,
        "standing": words,
        "kind": kind,
        "rows": [{"term": term, "value": value, "isolate": isolate} for term, value, isolate in rows if value],
        "same_subject": url_for("audit.listed", subject=line.subject),
        "same_person": url_for("audit.listed", person=shown.email) if shown.email else None,
    }


def export_rows(lines: Iterable[Line], told: Callable[[Text], str]) -> Iterator[list[str]]:
    """The heading, then a row per entry."""
    yield [told(column) for column in COLUMNS]
    for line in lines:
        moment = in_muscat(line.at).isoformat(sep=" ", timespec="seconds")
        cells = (str(line.id), moment, line.who or told(NOBODY), told(line.words), line.subject, _plain(line.details))
        yield list(cells)


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True) if value else ""
