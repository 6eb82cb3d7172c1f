"""A desk's applications of a period as CSV, for a spreadsheet. Read and handed over batch by batch: a million rows need no more memory than
one batch, and no transaction stays open while the network is slow."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from peewee import JOIN

from engine import sheet
from engine.actor import Actor
from engine.catalogue import catalogue
from engine.clock import in_muscat, midnight
from engine.errors import NotFound, Refusal
from engine.lifecycle import LABELS, State
from engine.wording import Text, _
from engine.working_time import DAY
from models import Application, database
from operations import audit, staff
from operations.desk import Applicant, Holder
from operations.rendering import translate
from operations.staff import Duty
from statements import statement

BATCH = 1000
HEADINGS: tuple[Text, ...] = (
    _("Number"),
    _("Service"),
    _("State"),
    _("Applicant"),
    _("Submitted"),
    _("Answer owed by"),
    _("Ended"),
    _("Taken by"),
)


def export(actor: Actor, desk: str, first: dt.date, last: dt.date) -> Iterator[str]:
    """What was submitted to the desk on those days (both included), in the person's language: a piece of the file at a time.

    That it was taken is recorded before the first piece. Raises NotAllowed, NotFound for a desk of others, Refusal for a period that
    ends before it begins.
    """
    if desk not in staff.desks_of(actor, Duty.SUPERVISOR):
        raise NotFound
    if last < first:
        raise Refusal(_("The last day comes before the first."), field="last")
    with database.atomic():
        audit.record(actor, "applications.exported", desk, first=first.isoformat(), last=last.isoformat())
    return _pieces(actor.locale, desk, midnight(first), midnight(last + DAY))


def _pieces(locale: str, desk: str, begin: dt.datetime, end: dt.datetime) -> Iterator[str]:
    yield sheet.MARK + sheet.lines([[translate(heading, locale) for heading in HEADINGS]])
    after: tuple[dt.datetime, int] | None = (begin, 0)
    while after is not None:
        rows = _batch.all(desk, *after, end, BATCH)
        yield sheet.lines(_cells(row, locale) for row in rows)
        after = (rows[-1]["submitted_at"], rows[-1]["id"]) if len(rows) == BATCH else None


def _cells(row: dict[str, Any], locale: str) -> tuple[str, ...]:
    service = catalogue.services.get(row["service"])
    return (
        row["reference"],
        translate(service.title, locale) if service else row["service"],
        translate(LABELS[State(row["state"])], locale),
        _name(row, "applicant", locale),
        _at(row["submitted_at"]),
        _at(row["due_at"]),
        _at(row["closed_at"]),
        _name(row, "holder", locale),
    )


def _at(moment: dt.datetime | None) -> str:
    """As spreadsheets read it, by Muscat's clock."""
    return in_muscat(moment).strftime("%Y-%m-%d %H:%M") if moment else ""


def _name(row: dict[str, Any], whose: str, locale: str) -> str:
    first, family, arabic = (row[f"{whose}_{part}"] for part in ("first", "family", "arabic"))
    return arabic if locale == "ar" and arabic else " ".join(filter(None, (first, family)))


@statement
def _batch(desk: Any, at: Any, row: Any, end: Any, most: Any) -> Any:
    moment, number = Application.submitted_at, Application.id
    names = [
        column.alias(f"{whose}_{part}")
        for whose, person in (("applicant", Applicant), ("holder", Holder))
        for part, column in (("first", person.first_name), ("family", person.family_name), ("arabic", person.arabic_name))
    ]
    columns = (Application.reference, Application.service, Application.state, Application.due_at, Application.closed_at)
    within = (Application.desk == desk) & (moment >= at) & ((moment > at) | (number > row)) & (moment < end)
    return (
        Application.select(number, moment, *columns, *names)
        .join(Applicant, on=Application.account == Applicant.id)
        .switch(Application)
        .join(Holder, JOIN.LEFT_OUTER, on=Application.clerk == Holder.id)
        .where(within)
        .order_by(moment, number)
        .limit(most)
        .dicts()
    )
