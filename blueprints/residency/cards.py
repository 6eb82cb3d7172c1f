"""What the services about resident cards share: choosing one, how long it stands, the slip it is collected with, made-up ones."""

import datetime as dt
from collections.abc import Callable, Iterator

from blueprints.residency.registers import VALID, cards, residences
from blueprints.residency.slips import slip
from engine.calendar import add_months
from engine.fields import ByNumber, Choice, FromRegister, Option
from engine.registers import Record
from engine.service import Case, Certificate, Refusal, Rows, Start, Step
from engine.wording import Text, _

YEARS: tuple[Option, ...] = ((1, _("One year")), (2, _("Two years")), (3, _("Three years")))
IDENTITY = _("Your civil number, with Mobile ID switched on for your phone")
PAY = _("A bank card: a local credit card, or an international credit or debit card")
SEEN = ("name", "nationality", "expires", "state")
"""What is shown of a card."""


def choosing(question: Text) -> Step:
    """One's own card, one's family's, one's workers'; the residence that it belongs to comes with it."""
    return Step(
        "card",
        question,
        FromRegister(
            "card",
            _("Resident card"),
            hint=_("These are your own, your family's and those of whom you or your company sponsor."),
            register=cards.code,
            brings=(("residence", residences.code),),
            none=_("No resident card is registered for you, your family or whom you sponsor."),
        ),
    )


def by_number(question: Text) -> Step:
    """Anybody's card, of which only what is public is seen; so too of its residence."""
    return Step(
        "card",
        question,
        ByNumber(
            "card",
            _("Resident card number"),
            hint=_("Of anybody's card: it stands on its front."),
            register=cards.code,
            own=False,
            brings=(("residence", residences.code),),
            unknown=_("There is no such card. Compare the number with the card's front."),
        ),
    )


def how_long() -> Choice:
    return Choice("years", _("Valid for"), options=YEARS)


def until(day: dt.date, case: Case) -> dt.date:
    """The chosen years after that day."""
    return add_months(day, 12 * case["years"])


def replaced(case: Case) -> Iterator[Refusal]:
    if case.record("card").state != VALID:
        yield Refusal(_("This card was lost or has ended, and another one stands in its place. Choose that one."), field="card")


def renewing(number: str) -> Start:
    """The way on to renewing that card."""
    return Start("residency.renew-resident-card", {"card": number})


def slip_of(title: Text, card: Callable[[Case], Record], expires: Callable[[Case], dt.date]) -> Certificate:
    def rows(case: Case) -> Rows:
        yield _("Card number"), card(case).number
        yield _("Nationality"), card(case).nationality
        yield _("Card valid until"), expires(case)
        yield _("Date of issue"), case.issued

    return slip(
        title, card, rows, _("Show it with the passport at any office of passports and residency; the card is printed there.")
    )


def a_card(day: dt.date, *, ended: int = 0) -> Record:
    """A made-up one that ended so many days before that day."""
    return cards.record("", {"expires": (day - dt.timedelta(days=ended)).isoformat(), "fined": ""})


def a_residence(day: dt.date, *, ended: int = 0, began: int = 0) -> Record:
    """So too a residence, and how many days ago it began."""
    ends, starts = ((day - dt.timedelta(days=days)).isoformat() for days in (ended, began))
    return residences.record("", {"expires": ends, "starts": starts, "fined": ""})
