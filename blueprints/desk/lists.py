"""The lists of a desk: one line an application, and how urgent each of them is."""

import datetime as dt
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import urlencode

from flask import url_for
from markupsafe import Markup

from blueprints.applications.views import KINDS
from blueprints.desk.words import LABELS
from blueprints.language import locale
from engine.catalogue import catalogue
from engine.clock import business_day
from engine.wording import Text, _
from operations import centres, rendering, service_clock
from operations.desk import CAP, VIEWS, Cursor, Listed, Queue
from operations.now import now


def cursor(text: str | None) -> Cursor | None:
    """Where a page begins, from its address; what cannot be read begins at the beginning."""
    try:
        moment, _comma, row = (text or "").partition(",")
        return dt.datetime.fromisoformat(moment).astimezone(dt.UTC), int(row)
    except (ValueError, OverflowError):
        return None


def queue(
    desks: list[str], at: str, view: str, listed: Queue, asked: str, narrowing: dict[str, Any], chosen: list[str]
) -> dict[str, Any]:
    counts = {"waiting": listed.waiting, "mine": listed.mine, "asked": listed.asked}
    here = url_for("desk.queue")  # once, for what are twenty addresses
    shows = Shows(
        bulk=bool(asked) or view in ("waiting", "mine", "in-review", "urgent"),
        due=any(line.due_at for line in listed.lines),
        state=bool(asked),
        holder=bool(asked) or view not in ("waiting", "mine"),
    )
    return {
        "title": catalogue.desks[at],
        "authority": catalogue.authorities[at.partition(".")[0]].title,
        "desk": at,
        "desks": [
            {"title": catalogue.desks[desk], "href": f"{here}?{urlencode({'desk': desk})}", "current": desk == at}
            for desk in desks
        ],
        "tabs": [
            {
                "title": shown.title,
                "href": f"{here}?{urlencode({'desk': at, 'show': name})}",
                "current": not asked and name == view,
                "count": _counted(counts[name]) if name in counts else None,
            }
            for name, shown in VIEWS.items()
        ],
        "view": view,
        "asked": asked,
        "counters": url_for("appointments.choose") if at in centres.expecting() else None,
        "shows": shows,
        "rows": [_row(locale(), line, *when, shows, line.reference in chosen) for line, when in _timed(listed.lines)],
        "onwards": _onwards(at, view, narrowing, listed.onwards),
    }


def _counted(count: int) -> str:
    return f"{CAP:,}+" if count > CAP else str(count)


def _onwards(desk: str, view: str, narrowing: dict[str, Any], after: Cursor | None) -> str | None:
    return url_for("desk.queue", desk=desk, show=view, **narrowing, after=f"{after[0].isoformat()},{after[1]}") if after else None


class Shows(NamedTuple):
    """Which columns a list has beside those that all have."""

    bulk: bool
    due: bool
    state: bool
    holder: bool


class Urgency(NamedTuple):
    """When an answer is owed; in words, with a kind for the tag, when that is soon or past."""

    due: dt.date
    word: Text | None
    kind: str


@lru_cache(maxsize=4096)
def _row(locale: str, line: Listed, age: int, said: Urgency | None, shows: Shows, chosen: bool) -> Markup:
    """Drawn once and kept: a queue is looked at again and again, and drawing its lines took longer than all else."""
    module: Any = rendering.environment(locale).get_template("desk/_line.html").module
    return Markup(module.line(_line(line, age, said), shows, chosen))


def lines(listed: list[Listed]) -> list[dict[str, Any]]:
    """The lines of a list, each with how urgent it is."""
    return [_line(line, *when) for line, when in _timed(listed)]


def _timed(listed: list[Listed]) -> Iterator[tuple[Listed, tuple[int, Urgency | None]]]:
    """Each line with its age in days and how urgent it is."""
    soon, moment = service_clock.soon(), now()
    for line in listed:
        yield line, ((moment - line.submitted_at).days, urgency(line.due_at, soon))


def urgency(due_at: dt.datetime | None, soon: dt.datetime) -> Urgency | None:
    """Overdue, due soon (before `soon`), or only when. None when nothing is due."""
    if due_at is None:
        return None
    late = due_at < now()
    word = _("Overdue") if late else _("Due soon") if due_at < soon else None
    return Urgency(business_day(due_at), word, "bad" if late else "waiting")


def _line(line: Listed, age: int, said: Urgency | None) -> dict[str, Any]:
    return {
        "reference": line.reference,
        "href": url_for("desk.application", reference=line.reference),
        "title": line.title,
        "applicant": line.applicant,
        "submitted": line.submitted_at.date(),
        "age": _("%(num)s day", "%(num)s days", num=age) if age else _("today"),
        "status": LABELS[line.state],
        "kind": KINDS[line.state],
        "holder": _("you") if line.mine else line.holder,
        "urgency": said,
    }
