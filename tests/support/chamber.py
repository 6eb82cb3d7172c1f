"""The manual's company as the two registers know it, for the policy tests of the chamber's services."""

import datetime as dt
from typing import Any

from blueprints.chamber.registers import establishments, memberships
from engine.fees import Quote
from engine.registers import Record
from engine.service import Case
from operations.rendering import frozen_rows

PROMISING = {"en": "promising projects", "ar": "المشاريع الواعدة"}
COMPANY: dict[str, Any] = {
    "name": PROMISING,
    "address": {"en": "Ruwi, Muttrah, Muscat Governorate, 423, 30", "ar": "روي، مطرح، محافظة مسقط، ٤٢٣، ٣٠"},
    "head_office": {"en": "Muscat Governorate", "ar": "محافظة مسقط"},
    "grade": "fourth",
}


def the_company(number: str = "1229237", **data: Any) -> Record:
    return establishments.record(number, {"holder": "1526575", **COMPANY, **data})


def the_member(establishment: str = "1229237", *, expires: str = "2018-12-13", **data: Any) -> Record:
    return memberships.record(
        "91868", {"establishment": establishment, **COMPANY, "expires": expires, "email": "ali@chamberoman.com", **data}
    )


def the_case(today: dt.date, company: Record, member: Record) -> Case:
    answers = {"registration": company.number, "membership": member.number}
    return Case(answers, {"registration": company, "membership": member}, today, issued=today)


def said(rows: Any, language: str = "en") -> dict[str, str]:
    """Rows as a person reads them."""
    return {row["label"][language]: row["value"][language] for row in frozen_rows(rows)}


def lines(quote: Quote) -> dict[str, str]:
    return {line.label["en"]: line.amount.plain() for line in quote.lines}
