"""Site visits: who has taken an application plans one, its applicant is told, and afterwards a report with photos is filed.

One visit of an application is planned at a time. It is told anew when it is moved or cancelled, with the reason.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, BinaryIO

from peewee import JOIN

from engine.actor import Actor
from engine.errors import Conflict, NotFound, Refusal
from engine.fields import Upload as UploadField
from engine.wording import Text, Words, _
from models import Account, Application, Finding, Upload, Visit, VisitReport, VisitState, database
from operations import answers, applications, audit, casework, messages
from operations.answers import Uploaded
from operations.now import now
from operations.outside import outside
from operations.rendering import both
from statements import statement

PHOTOS = UploadField("photos", _("Photos"), types=("image/jpeg", "image/png"))
MOST = 10


@dataclass(frozen=True, slots=True)
class Plan:
    """When somebody comes (UTC), where to, and who it is."""

    at: dt.datetime
    place: str
    visitor: str


@database.atomic()
def plan(actor: Actor, reference: str, plan: Plan) -> None:
    """Plan a visit. Raises as `casework.in_hand` does, Conflict when one is planned already, Refusal for a plan that is not whole."""
    row = casework.in_hand(actor, reference)
    if planned(row) is not None:
        raise Conflict(_("A visit is planned already: move it, or cancel it first."))
    _check(plan)
    made = Visit.create(
        application=row, planned_by=actor.account, at=plan.at, place=plan.place, visitor=plan.visitor, created_at=now()
    )
    _announce(actor, row, made, "planned")


def expect(row: Application, at: dt.datetime, place: Text, section: Text) -> None:
    """The applicant chose a time of that section's when they submitted: the visit is planned, or moved to it. Inside the transaction.

    Who comes the clerk may still say, by moving it.
    """
    standing = planned(row)
    if standing is not None and standing.at == at:
        return
    where, who = both(place), both(section)
    made = standing or Visit(application=row, planned_by=row.account_id, created_at=now())
    made.at, made.place, made.visitor = at, f"{where['ar']} · {where['en']}", f"{who['ar']} · {who['en']}"
    made.save()
    when = both(at)
    told = {"ar": f"{when['ar']} · {where['ar']} · {who['ar']}", "en": f"{when['en']} · {where['en']} · {who['en']}"}
    applications.happened(row, "visit-moved" if standing else "visit-planned", None, what=told)


@database.atomic()
def move(actor: Actor, reference: str, plan: Plan, reason: str) -> None:
    """Another time, place or visitor. Raises as `plan` does; Refusal without a reason."""
    row, made = _planned_in_hand(actor, reference)
    _check(plan)
    _check_reason(reason)
    made.at, made.place, made.visitor = plan.at, plan.place, plan.visitor
    made.save()
    _announce(actor, row, made, "moved", reason.strip())


@database.atomic()
def cancel(actor: Actor, reference: str, reason: str) -> None:
    """It does not take place. Raises Refusal without a reason."""
    row, made = _planned_in_hand(actor, reference)
    _check_reason(reason)
    made.state = VisitState.CANCELLED
    made.save()
    _announce(actor, row, made, "cancelled", reason.strip())


def report(actor: Actor, reference: str, finding: Finding, text: str, photos: Iterable[Uploaded] = ()) -> None:
    """File what the visit found, with at most MOST photos (JPEG, PNG). The files go to the store first.

    Raises Refusal for a file of another kind, without a text, and before the visit was due.
    """
    given = list(photos)
    if not text.strip():
        raise Refusal(_("Write what you found."), field="text")
    if len(given) > MOST:
        raise Refusal(_("At most %(most)s photos.", most=MOST), field="photos")
    _report(actor, reference, finding, text.strip(), [answers.store(PHOTOS, photo) for photo in given])


@database.atomic()
def _report(actor: Actor, reference: str, finding: Finding, text: str, photos: list[dict[str, Any]]) -> None:
    row, made = _planned_in_hand(actor, reference)
    if made.at > now():
        raise Refusal(_("The visit is still ahead: report after it, or move it."))
    made.state = VisitState.DONE
    made.save()
    VisitReport.create(
        visit=made, application=made.application_id, by=actor.account, finding=finding, text=text, photos=photos, at=now()
    )
    for photo in photos:
        Upload.create(
            application=row,
            field=f"visit:{made.id}",
            name=photo["name"],
            media_type=photo["type"],
            size=photo["size"],
            digest=photo["digest"],
            created_at=now(),
        )
    applications.happened(row, "visit-done", None)
    audit.record(actor, "visit.reported", row.reference, finding=finding)


def _planned_in_hand(actor: Actor, reference: str) -> tuple[Application, Visit]:
    row = casework.in_hand(actor, reference)
    made = planned(row)
    if made is None:
        raise Conflict(_("No visit is planned any more. Open the application to see what became of it."))
    return row, made


def _check(plan: Plan) -> None:
    if plan.at <= now():
        raise Refusal(_("Choose a time that is still ahead."), field="day")
    if not plan.place:
        raise Refusal(_("Say where the visit takes place."), field="place")
    if not plan.visitor:
        raise Refusal(_("Say who comes."), field="visitor")


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise Refusal(_("Say why: the applicant reads it."), field="reason")


def _announce(actor: Actor, row: Application, made: Visit, what: str, reason: str = "") -> None:
    """On the timeline, to the applicant by message, and for the record."""
    at = both(made.at)
    applications.happened(row, f"visit-{what}", None, what=_told(at, made, reason))
    told = {"title": row.frozen["title"], "at": at, "place": made.place, "visitor": made.visitor, "reason": reason}
    messages.tell(row, f"visit_{what}", cause=f"visit:{made.id}:{what}:{now()}", **told)
    audit.record(actor, f"visit.{what}", row.reference, at=made.at.isoformat())


def _told(at: Words, made: Visit, reason: str) -> Words:
    """A line of the timeline; names in Latin letters are kept from turning around what stands beside them."""
    where = " · ".join(f"\u2068{part}\u2069" for part in (made.place, made.visitor))
    return {"ar": f"{at['ar']} · {where}\n{reason}".strip(), "en": f"{at['en']} · {where}\n{reason}".strip()}


# --- Reading ---------------------------------------------------------------------------------------------------------------------


def planned(row: Application) -> Visit | None:
    """The visit that is still to come, or to be reported on."""
    return _planned.first(row)  # type: ignore[no-any-return]


@statement
def _planned(application: Any) -> Any:
    return Visit.select().where((Visit.application == application) & (Visit.state == VisitState.PLANNED))


def of(row: Application) -> list[Visit]:
    """Its visits, oldest first, each that took place with its `report` (a VisitReport)."""
    return _visits.all(row)


@statement
def _visits(application: Any) -> Any:
    rows = (
        Visit.select(Visit, VisitReport, Account)
        .join(VisitReport, JOIN.LEFT_OUTER, on=VisitReport.visit == Visit.id, attr="report")
        .join(Account, JOIN.LEFT_OUTER, on=VisitReport.by == Account.id, attr="by")
    )
    return rows.where(Visit.application == application).order_by(Visit.id)


def photo(actor: Actor, row: Application, visit: int, number: int) -> tuple[str, str, BinaryIO]:
    """A photo of a report, of an application that this clerk may read: its name, its type, its bytes. Recorded. Raises NotFound."""
    found = next((made for made in of(row) if made.id == visit), None)
    photos = found.report.photos if found is not None and found.state == VisitState.DONE else []
    if number >= len(photos):
        raise NotFound
    with database.atomic():
        audit.record(actor, "file.viewed", row.reference, visit=visit, photo=number)
    return photos[number]["name"], photos[number]["type"], outside.storage.open(photos[number]["digest"])
