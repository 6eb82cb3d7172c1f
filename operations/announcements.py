"""What the portal tells everybody: that a service is closed for some days and when it opens again, or a notice on every page.

Every page asks for it, so it is kept in the process for a few seconds; whether a service may be begun or submitted is always asked anew.
"""

import datetime as dt
import logging
import time
from dataclasses import dataclass
from typing import Any

from peewee import PeeweeException

from engine.actor import Actor
from engine.catalogue import catalogue
from engine.errors import Conflict, NotFound, Refusal
from engine.service import Service
from engine.wording import Text, Words, _
from models import Announcement, AnnouncementKind, database
from operations import administering, audit
from operations.now import now, today
from statements import statement

PAGE = 25
KEPT_FOR = 5  # seconds
LONGEST = 500  # characters
AHEAD = dt.timedelta(days=14)  # how early a service's page says that it will be closed

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Said:
    """An announcement as pages show it. `last_day` None: until further notice."""

    id: int
    kind: AnnouncementKind
    about: str
    first_day: dt.date
    last_day: dt.date | None
    text: Words
    ended_at: dt.datetime | None = None

    @property
    def closes(self) -> bool:
        return self.kind is AnnouncementKind.CLOSURE

    @property
    def opens_on(self) -> dt.date | None:
        """The day it opens again, None while nobody knows."""
        return self.last_day + dt.timedelta(days=1) if self.last_day else None

    def concerns(self, service: Service) -> bool:
        return self.about in (service.code, service.authority)


@dataclass
class _Kept:
    """What was read last, of which database, for which day, and until when that is good enough."""

    database: Any = None
    day: dt.date | None = None
    until: float = 0
    said: tuple[Said, ...] = ()


_kept = _Kept()


# --- What stands -----------------------------------------------------------------------------------------------------------------


def of_the_portal() -> list[Said]:
    """The notices that every page shows today."""
    return [said for said in _standing() if not said.about]


def of_service(service: Service) -> list[Said]:
    """What its page shows: notices of it and of its authority, closings also some days ahead."""
    ahead = today() + AHEAD
    return [said for said in _current() if said.concerns(service) and said.first_day <= (ahead if said.closes else today())]


def closure_of(service: Service) -> Said | None:
    """The closing because of which it may not be begun today."""
    return next((said for said in _standing() if said.closes and said.concerns(service)), None)


def closures() -> dict[str, Said]:
    """All of those, by the service's code."""
    return {code: said for code, service in catalogue.services.items() if (said := closure_of(service))}


def check_open(service: Service) -> None:
    """Raises Refusal while it is closed: what it says, and when it opens again."""
    closed = next((said for said in _read() if _stands(said) and said.closes and said.concerns(service)), None)
    if closed is not None and closed.opens_on:
        raise Refusal(
            _(
                "“%(title)s” is closed and opens again on %(day)s. %(notice)s A draft that you have is kept.",
                title=service.title,
                day=closed.opens_on,
                notice=closed.text,
            )
        )
    if closed is not None:
        raise Refusal(
            _(
                "“%(title)s” is closed until further notice. %(notice)s A draft that you have is kept.",
                title=service.title,
                notice=closed.text,
            )
        )


def _standing() -> list[Said]:
    return [said for said in _current() if _stands(said)]


def _stands(said: Said) -> bool:
    return said.first_day <= today()


def _current() -> tuple[Said, ...]:
    """What stands or is coming, some seconds old at most; what was known last while the database is away."""
    if (_kept.database, _kept.day) != (database.obj, today()) or time.monotonic() > _kept.until:
        try:
            said = _read()
        except PeeweeException:  # a page that says so must still be drawn
            log.warning("announcements could not be read", exc_info=True)
            return _kept.said if _kept.database is database.obj else ()
        _kept.database, _kept.day, _kept.until, _kept.said = database.obj, today(), time.monotonic() + KEPT_FOR, said
    return _kept.said


def _forget() -> None:
    _kept.database = None


def _read() -> tuple[Said, ...]:
    return tuple(map(_said, _open_on.run(today())))


@statement
def _open_on(day: Any) -> Any:
    open_then = Announcement.last_day.is_null() | (Announcement.last_day >= day)
    return Announcement.select().where(Announcement.ended_at.is_null() & open_then).order_by(Announcement.id)


# --- Saying it -------------------------------------------------------------------------------------------------------------------


def page(actor: Actor, before: int | None = None) -> tuple[list[Said], int | None]:
    """What was announced of the administrator's authorities, newest first, and the mark of the next page."""
    mine = Announcement.about.in_(list(subjects(actor)))
    where = mine & (Announcement.id < before) if before is not None else mine
    rows = list(Announcement.select().where(where).order_by(Announcement.id.desc()).limit(PAGE + 1))
    return list(map(_said, rows[:PAGE])), rows[PAGE - 1].id if len(rows) > PAGE else None


def subjects(actor: Actor) -> dict[str, Text]:
    """What this administrator may announce something about: codes and titles. Raises NotAllowed."""
    authorities = [catalogue.authorities[code] for code in administering.authorities_of(actor)]
    found = {"": _("The whole portal")} if administering.administers_all(actor) else {}
    for authority in authorities:
        found[authority.code] = authority.title
        found |= {service.code: service.title for service in authority.services}
    return found


@database.atomic()
def announce(
    actor: Actor, kind: AnnouncementKind, about: str, *, first_day: dt.date, last_day: dt.date | None, text: Words
) -> int:
    """Say it from a day to a day, both included. Raises Refusal for a field, NotFound for what is not theirs."""
    if about not in subjects(actor):
        raise NotFound
    if kind is AnnouncementKind.CLOSURE and not about:
        raise Refusal(_("Choose a service or an authority to close."), field="about")
    if first_day < today():
        raise Refusal(_("This day is over. Begin today or later."), field="first_day")
    if last_day is not None and last_day < first_day:
        raise Refusal(_("The last day cannot be before the first."), field="last_day")
    for language, field in (("ar", "text_ar"), ("en", "text_en")):
        if not text[language].strip() or len(text[language]) > LONGEST:  # type: ignore[literal-required]
            raise Refusal(_("Write it in both languages, up to %(most)s characters each.", most=LONGEST), field=field)
    row = Announcement.create(
        kind=kind,
        about=about,
        first_day=first_day,
        last_day=last_day,
        text={"ar": text["ar"].strip(), "en": text["en"].strip()},
        by=actor.account,
        created_at=now(),
    )
    audit.record(
        actor, "announcement.made", f"announcement:{row.id}", kind=kind, about=about, first=str(first_day), last=str(last_day)
    )
    database.after_commit(_forget)
    return int(row.id)


@database.atomic()
def end(actor: Actor, number: int) -> None:
    """Take a notice down, or open again at once. Raises Conflict when somebody did, NotFound for what is not theirs."""
    theirs = (Announcement.id == number) & Announcement.about.in_(list(subjects(actor)))
    if not Announcement.select().where(theirs).exists():
        raise NotFound
    ended = Announcement.update(ended_at=now(), ended_by=actor.account).where(theirs & Announcement.ended_at.is_null()).execute()
    if not ended:
        raise Conflict(_("Somebody took this down meanwhile."))
    audit.record(actor, "announcement.ended", f"announcement:{number}")
    database.after_commit(_forget)


def _said(row: Announcement) -> Said:
    return Said(row.id, AnnouncementKind(row.kind), row.about, row.first_day, row.last_day, row.text, row.ended_at)
