"""Being late with a residence or a resident card: which fines it brings, as their services price them and as they are paid by themselves.

Source: the seed's article of November 2023 (resident fine, immigration fine, a fine for issuing or renewing a card late). Amounts, days of
grace and whether a fine counts once or by the month stand in the schedule. *[ours]*: a lapse of the residence brings both fines, whoever
pays them; a card is owed from the day its residence began; and a fine is charged once: the registers keep the day up to which being late
is paid for (`fined`), and what a renewal pays counts too, as the new expiry never lies before that day.
"""

import datetime as dt
from collections.abc import Iterator

from engine.registers import Record
from engine.service import Case, Effect, Fee

RESIDENCE_FINES = ("residency.resident-fine", "residency.immigration-fine")
CARD_FINE = "residency.resident-card-late"
ISSUE_FINE = "residency.resident-card-issue-late"


def residence_fines(case: Case) -> Iterator[Fee]:
    """For the case's record `residence`: both fines, which make lines only where they are due and not paid yet."""
    residence = case.record("residence")
    for code in RESIDENCE_FINES:
        yield Fee(code, since=residence.expires, fined=residence.fined or None)


def card_fine(case: Case) -> Iterator[Fee]:
    """For the case's record `card`."""
    card = case.record("card")
    yield Fee(CARD_FINE, since=card.expires, fined=card.fined or None)


def issue_fine(case: Case) -> Iterator[Fee]:
    """For the case's record `residence`, which has no card yet. Where nobody knows when it began, nobody is fined."""
    yield Fee(ISSUE_FINE, since=case.record("residence").starts or None)


def fined_until(record: Record, day: dt.date) -> Effect:
    """Being late with that record is paid for, up to that day."""
    return Effect(record, {"fined": day.isoformat()})


def renewed(record: Record, expires: dt.date) -> Effect:
    """The record goes on until that day. What was fined stays as the rules saw it: a fine paid by itself meanwhile is not paid twice."""
    return Effect(record, {"expires": expires.isoformat(), "fined": record.data["fined"]})


def renewed_from(record: Record, day: dt.date) -> dt.date:
    """From when a renewal counts: the old expiry, or the day it is renewed once that has passed."""
    return max(record.expires, day)  # type: ignore[no-any-return]
