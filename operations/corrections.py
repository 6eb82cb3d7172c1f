"""The correction loop: what a clerk asked to correct, what the applicant may therefore change, and what it said before."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from engine.fields import Field
from engine.lifecycle import State
from engine.service import Step
from models import Application, DecisionMade, Outcome, Version
from operations.applications import Opened
from operations.now import now
from statements import statement


def remarks_on(row: Application) -> dict[str, str]:
    """The clerk's remarks of the last return, by field; none while nothing is asked."""
    if State(row.state) is not State.RETURNED:
        return {}
    last = _last_return.first(row)
    return dict(last.remarks) if last else {}


@statement
def _last_return(application: Any) -> Any:
    returns = (DecisionMade.application == application) & (DecisionMade.outcome == Outcome.RETURN)
    return DecisionMade.select().where(returns).order_by(DecisionMade.id.desc()).limit(1)


def open_fields(opened: Opened, step: Step, remarks: dict[str, str]) -> tuple[Field, ...]:
    """What of a step may be answered: all of a draft; of a returned application what was asked, and what that leaves unanswered."""
    asked = step.asked(opened.case())
    if not remarks:
        return asked
    return tuple(field for field in asked if field.name in remarks or field.name not in opened.answers)


def open_steps(opened: Opened, remarks: dict[str, str]) -> list[Step]:
    """The steps to go through, in order: all of a draft's, of a returned application those with something to answer."""
    return [step for step in asking(opened) if not remarks or open_fields(opened, step, remarks)]


def asking(opened: Opened) -> list[Step]:
    """The steps of this very case: without those all of whose questions are for others."""
    case = opened.case()
    return [step for step in opened.service.steps if not step.fields or step.asked(case)]


def supersede(row: Application) -> None:
    """Keep what the application said so far: the next submission takes its place. Inside the submitting transaction."""
    Version.create(application=row, number=row.version, frozen=row.frozen, at=now())
    row.version += 1


# --- Side by side ----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Compared:
    """A row of two versions: its label and values in both languages, None where a version has none."""

    label: dict[str, str]
    before: dict[str, str] | None
    after: dict[str, str] | None
    changed: bool


def versions_of(row: Application) -> list[Version]:
    """The superseded ones, oldest first."""
    return _versions.all(row)


@statement
def _versions(application: Any) -> Any:
    return Version.select().where(Version.application == application).order_by(Version.number)


def compare(before: dict[str, Any], after: dict[str, Any]) -> list[tuple[dict[str, str], list[Compared]]]:
    """Two frozen contents side by side: for each step its title and rows."""
    none: dict[str, Any] = {"title": None, "rows": []}
    steps = zip_longest(before["steps"], after["steps"], fillvalue=none)
    return [
        (new["title"] or old["title"], list(_rows(old["rows"], new["rows"], before["answers"], after["answers"])))
        for old, new in steps
        if old["rows"] or new["rows"]
    ]


def _rows(
    before: list[dict[str, Any]], after: list[dict[str, Any]], old: dict[str, Any], new: dict[str, Any]
) -> Iterator[Compared]:
    """Row beside row of the same question; a case that became another asks some that it did not ask before."""
    were, are = _numbered(before), _numbered(after)
    for key in {**are, **were}:
        was, is_ = were.get(key), are.get(key)
        either: dict[str, Any] = is_ or was or {}
        field = str(either.get("field"))
        differs = (was and was["value"]) != (is_ and is_["value"]) or old.get(field) != new.get(field)
        yield Compared(either["label"], was and was["value"], is_ and is_["value"], differs)


def _numbered(rows: list[dict[str, Any]]) -> dict[tuple[str, int], dict[str, Any]]:
    """By field, and the how many-eth of its rows it is."""
    seen: Counter[str] = Counter()
    found = {}
    for row in rows:
        field = str(row.get("field"))
        found[field, seen[field]] = row
        seen[field] += 1
    return found
