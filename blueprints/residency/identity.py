"""What the services of identity cards share: for whom, the photo, how long a card stands, and its slip.

Ours, the sources being silent: a card stands ten years, and may be asked for anew from a month before its end.
"""

import datetime as dt

from blueprints.residency import events
from blueprints.residency.photos import PHOTO
from blueprints.residency.registers import ENDED, VALID, identity_cards
from blueprints.residency.slips import slip
from engine.calendar import add_months
from engine.registers import Record
from engine.service import Case, Certificate, Effect, Rows, Step
from engine.wording import Text, _

OWN_OR_CHILD = ("civil", "father", "mother")
STANDS_MONTHS = 120
NEW_BEFORE = dt.timedelta(days=30)
MADE = "new_card"


def stands(card: Record | None, day: dt.date) -> bool:
    """Valid, and not yet near its end."""
    return card is not None and card.state == VALID and card.expires > day + NEW_BEFORE


def ended(card: Record, state: str = ENDED) -> Effect:
    """Another card takes its place: nobody has it any more."""
    return Effect(card, {"state": state, "person": ""})


def photo() -> Step:
    return Step(
        "photo",
        _("The photo for the card"),
        PHOTO,
        assurance=events.PROVEN,
    )


def paper(title: Text) -> Certificate:
    def rows(case: Case) -> Rows:
        card = case.record(MADE)
        yield identity_cards.number, card.number
        yield identity_cards.column("civil").label, card.civil
        yield _("Card valid until"), card.expires
        yield _("Date of issue"), case.issued

    collected = _("Bring this slip to any office of civil status, and the old card if there is one. The card is printed there.")
    return slip(title, lambda case: case.record(MADE), rows, collected)


def until(day: dt.date) -> str:
    return add_months(day, STANDS_MONTHS).isoformat()
