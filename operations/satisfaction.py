"""What applicants think of the answers they got: one to five, and a few words, once for each answer."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from peewee import IntegrityError, fn

from engine.actor import Actor
from engine.catalogue import catalogue
from engine.clock import business_day
from engine.errors import Conflict, Refusal
from engine.lifecycle import State
from engine.wording import _
from models import Application, DecisionMade, Outcome, Satisfaction, database
from operations import applications
from operations.now import now
from statements import statement

POINTS = (1, 5)
LONGEST = 1000


@dataclass(frozen=True, slots=True)
class Rated:
    """How many answers of a service were rated since a day, and how: `mean` is in tenths of a point."""

    service: str
    many: int
    mean: int


def answer_of(row: Application) -> DecisionMade | None:
    """The answer that may be rated now: the last one, of what is answered in words and not rated yet."""
    answered = State(row.state) in (State.COMPLETED, State.REFUSED) and not row.erased_at
    if not answered or not catalogue.services[row.service].answers_in_words:
        return None
    last = _last_answer.first(row)
    return last if last is not None and _rating.first(last) is None else None


@statement
def _last_answer(application: Any) -> Any:
    ended = (DecisionMade.application == application) & (DecisionMade.outcome != Outcome.RETURN)
    return DecisionMade.select().where(ended).order_by(DecisionMade.id.desc()).limit(1)


@statement
def _rating(decision: Any) -> Any:
    return Satisfaction.select(Satisfaction.id).where(Satisfaction.decision == decision)


@database.atomic()
def rate(actor: Actor, reference: str, points: int, words: str = "") -> None:
    """Raises NotFound for another's, Refusal for points that there are not, Conflict when this answer was rated or there is none."""
    row = applications.lock(actor, reference)
    if not POINTS[0] <= points <= POINTS[1]:
        raise Refusal(_("Choose from one to five."), field="points")
    answer = answer_of(row)
    if answer is None:
        raise Conflict(ONCE)
    at = now()
    rating = {
        "desk": row.desk,
        "service": row.service,
        "day": business_day(at),
        "words": words.replace("\0", "").strip()[:LONGEST],
        "at": at,
    }
    try:
        with database.atomic():
            Satisfaction.create(application=row, decision=answer, points=points, **rating)
    except IntegrityError:
        raise Conflict(ONCE) from None


ONCE = _("You have said so already, or there is no answer to speak of. Thank you.")


def since(desk: str, first: dt.date) -> list[Rated]:
    """The services of a desk whose answers were rated from that day on."""
    rows = _since.all(desk, first)
    return [Rated(row["service"], row["many"], round(10 * row["sum"] / row["many"])) for row in rows]


@statement
def _since(desk: Any, first: Any) -> Any:
    many, total = fn.COUNT(Satisfaction.id).alias("many"), fn.SUM(Satisfaction.points).alias("sum")
    here = (Satisfaction.desk == desk) & (Satisfaction.day >= first)
    rows = Satisfaction.select(Satisfaction.service, many, total).where(here)
    return rows.group_by(Satisfaction.service).order_by(Satisfaction.service).dicts()


def words_about(row: Application) -> list[Satisfaction]:
    """What its applicant said of the answers, for those who gave them."""
    return _of.all(row)


@statement
def _of(application: Any) -> Any:
    return Satisfaction.select().where(Satisfaction.application == application).order_by(Satisfaction.id)
