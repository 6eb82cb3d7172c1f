"""Residents made up for rules: a residence, what comes with it, and a case of renewing it."""

import datetime as dt
from typing import Any

from blueprints.chamber.registers import establishments
from blueprints.residency.registers import cards, residences
from engine.registers import Record
from engine.service import Case

DAY = dt.date(2026, 11, 22)
PRIYA = {"ar": "بريا راجيش مينون", "en": "Priya Rajesh Menon"}
RAJESH = {"ar": "راجيش كومار مينون", "en": "Rajesh Kumar Menon"}
COMPANY = Record(establishments, "1229237", {"name": {"ar": "المشاريع الواعدة", "en": "promising projects"}})


def a_residence(**data: Any) -> Record:
    """Priya's, sponsored by her husband, in time on DAY."""
    known = {
        "civil": "60123457", "name": PRIYA, "nationality": {"ar": "هندية", "en": "Indian"}, "kind": "family", "relation": "wife",
        "card": "70000002", "passport": "Z4410022", "passport_expires": "2028-11-19", "sponsor": "60123456", "sponsor_name": RAJESH,
        "sponsor_phone": "93334455", "father": "", "husband": "60123456", "starts": "", "expires": "2026-12-15", "fined": "",
    }  # fmt: skip
    return residences.record("2024000002", known | data)


def a_card(**data: Any) -> Record:
    return cards.record("70000002", {"expires": "2026-12-15", "state": "valid", **data})


def renewing(
    residence: Record | None = None, *, card: Record | None = None, company: bool = False, day: dt.date = DAY, **typed: Any
) -> Case:
    residence = residence or a_residence()
    with_it = {"residence": residence} | ({"card": card} if card else {}) | ({"company": COMPANY} if company else {})
    passport = {name: residence.data[name] for name in ("passport", "passport_expires")}
    return Case({"residence": residence.number, **passport, **typed}, with_it, day, issued=day)
