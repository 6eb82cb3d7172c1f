"""The fee schedule: read for a quote, brought in as a new version, never edited in place."""

import csv
import datetime as dt
from collections.abc import Mapping
from dataclasses import fields, replace
from functools import cache
from pathlib import Path
from typing import Any

from engine import fees
from engine.catalogue import catalogue
from engine.errors import Refusal
from engine.fees import Quote, Rule, Schedule
from engine.money import Money
from engine.service import Case, Service
from engine.wording import _
from models import FeeRule, database
from operations import office_hours
from operations.outside import outside
from operations.register_imports import whole
from operations.rendering import both
from statements import statement

HEADINGS = ("code", "variant", "label_en", "label_ar", "kind", "amount", "rate", "threshold", "of", "from", "source", "confirmed")
NEVER_EMPTY = ("code", "label_en", "label_ar", "kind", "from", "source")


def schedule() -> Schedule:
    """The rules as they stand. Where unconfirmed fees may not be charged (production), they count as unset."""
    rules = (rule if rule.confirmed or outside.demo_fees else replace(rule, amount=None, rate=0) for rule in _rules())
    calendar = cache(lambda: office_hours.calendar(dt.date.min))  # asked for by who is late alone
    return Schedule(tuple(rules), closed=lambda day: calendar().hours(day) is None)


def _rules() -> list[Rule]:
    return [_rule(row) for row in _all.run()]


@statement
def _all() -> Any:
    return FeeRule.select(*(getattr(FeeRule, column.name) for column in fields(Rule))).dicts()


def every_rule() -> list[Rule]:
    """The rules as they are written down, confirmed or not, for those who administer them."""
    return _rules()


def quote(service: Service, case: Case) -> Quote:
    """Price what the service asks for this case on its day. Raises fees.Unset."""
    priced = schedule().quote(service.fees(case), case.today)
    return replace(priced, lines=tuple(replace(line, note=both(line.note)) if line.note else line for line in priced.lines))


def tariff(service: Service, day: dt.date) -> list[Rule]:
    """What the service may cost, rule by rule, for the page people read before they start."""
    standing = schedule()
    return [rule for code in service.fee_codes for rule in standing.variants(code, day)]


def unset() -> list[str]:
    """Fees that services name and nobody has set or confirmed: those services cannot open in production."""
    rules = _rules() if FeeRule.table_exists() else []  # before the first migration nothing is set
    return [f"{service.code}: {code}" for service in catalogue.services.values() for code in _unset_of(service, rules)]


def check_open(service: Service) -> None:
    """Raises Refusal when the service may not be begun: in production every fee it names is set and confirmed for somebody."""
    if outside.demo_fees:
        return
    if missing := _unset_of(service, _rules()):
        raise Refusal(
            _("This service is not open yet. Its authority has not confirmed these fees: %(fees)s", fees=", ".join(missing))
        )


def _unset_of(service: Service, rules: list[Rule]) -> list[str]:
    known = {rule.code for rule in rules if rule.priced and rule.confirmed}
    return [code for code in service.fee_codes if code not in known]


def import_schedule(file: Path) -> tuple[int, int]:
    """Add the versions of a schedule file that are new; those already there stay as they are. Returns (added, known).

    A version that begins later than a standing one of the same fee ends it on that day. Raises ValueError naming the line.
    """
    added = known = 0
    with file.open(encoding="utf-8-sig", newline="") as lines, database.atomic():
        reader = csv.DictReader(lines)
        if missing := [name for name in HEADINGS if name not in (reader.fieldnames or ())]:
            raise ValueError(f"{file.name}: no column {', '.join(missing)}")
        for row in reader:
            try:
                values = _values(whole(row))
            except ValueError as problem:
                raise ValueError(f"{file.name}, line {reader.line_num}: {problem}") from None
            if _add(values):
                added += 1
            else:
                known += 1
    return added, known


def written(file: Path) -> list[Rule]:
    """The versions of a schedule file, without bringing them in."""
    with file.open(encoding="utf-8-sig", newline="") as lines:
        rows = [_values(whole(row)) for row in csv.DictReader(lines)]
    return [_rule({"id": number, "effective_to": None, **row}) for number, row in enumerate(rows, 1)]


def _add(values: dict[str, object]) -> bool:
    same = [getattr(FeeRule, name) == values[name] for name in ("code", "variant", "threshold")]
    if FeeRule.select().where(*same, FeeRule.effective_from >= values["effective_from"]).exists():
        return False
    FeeRule.update(effective_to=values["effective_from"]).where(*same, FeeRule.effective_to.is_null()).execute()
    FeeRule.create(**values)
    return True


def _values(row: Mapping[str, str]) -> dict[str, object]:
    if empty := [name for name in NEVER_EMPTY if not row[name].strip()]:
        raise ValueError(f"{', '.join(empty)}: missing")
    return {
        "code": row["code"],
        "variant": row["variant"],
        "label": {"ar": row["label_ar"], "en": row["label_en"]},
        "kind": fees.Kind(row["kind"]),
        "amount": _amount(row["amount"]),
        "rate": int(row["rate"] or 0),
        "threshold": int(row["threshold"] or 0),
        "of": row["of"],
        "least": _amount(row.get("least", "")),
        "most": _amount(row.get("most", "")),
        "effective_from": dt.date.fromisoformat(row["from"]),
        "source": row["source"],
        "confirmed": row["confirmed"] == "yes",
    }


def _amount(cell: str) -> Money | None:
    return Money.parse(cell) if cell else None


def _rule(row: dict[str, Any]) -> Rule:
    return Rule(**row | {"kind": fees.Kind(row["kind"])})
