"""A resident card in place of a lost one. A clerk reads the declaration of loss; it is paid once approved.

Source: the catalogue's "declaration of loss", and the Royal Oman Police's decisions that the schedule names. *[ours]*: the new card has a
number of its own and stands as long as the lost one would have; one that has ended is renewed instead.
"""

from collections.abc import Iterator

from blueprints.residency import cards
from blueprints.residency.registers import LOST
from blueprints.residency.registers import cards as register
from engine.assurance import Assurance
from engine.fields import Day, LongText
from engine.service import (
    Case,
    Charge,
    Creation,
    Decision,
    Declaration,
    Effect,
    Fee,
    Quote,
    Refusal,
    Sample,
    Service,
    Step,
    Summary,
)
from engine.wording import _

FEE = "residency.resident-card-lost"


def refusals(case: Case) -> Iterator[Refusal]:
    card = case.record("card")
    yield from cards.replaced(case)
    if card.expires < case.today:
        yield Refusal(_("This card has ended. Renew it: a new one is printed."), field="card", start=cards.renewing(card.number))
    if case["lost_on"] > case.today.isoformat():
        yield Refusal(_("Choose the day on which it was lost: today, or before."), field="lost_on")


def effects(case: Case) -> Iterator[Effect | Creation]:
    card, residence = case.record("card"), case.find("residence")
    yield Effect(card, {"state": LOST})
    yield Creation("new", register, card.data, named_in=((residence, "card"),) if residence else ())


service = Service(
    code="residency.replace-resident-card",
    section="residence",
    title=_("Resident card, replacement for a lost one"),
    summary=_("Report a resident card lost and get another one in its place."),
    needs=(cards.IDENTITY, _("When, where and how the card was lost"), cards.PAY),
    takes=_("You ask for it in three minutes. A clerk reads it; you pay once it is approved."),
    known_as=(_("Lost resident card"), _("Lost labour card")),
    fee_codes=(FEE,),
    steps=(
        cards.choosing(_("Which card is lost?")),
        Step(
            "loss",
            _("How was it lost?"),
            Summary("card", columns=cards.SEEN),
            Day("lost_on", _("Lost on")),
            LongText("loss", _("Where and how"), hint=_("A few sentences; they are your declaration of loss."), longest=1000),
            assurance=Assurance.SUBSTANTIAL,
            shows=Quote(),
        ),
    ),
    subject="card",
    fees=lambda case: (Fee(FEE),),
    samples=lambda day: (Sample(_("Whatever is asked")),),
    refusals=refusals,
    effects=effects,
    declaration=Declaration(_("I declare that the card is lost as written here, and that I hand it in at once if it is found.")),
    charge=Charge.ON_APPROVAL,
    decision=Decision.CLERK,
    issues=cards.slip_of(
        _("Slip: resident card in place of a lost one"), lambda case: case.record("new"), lambda case: case.record("new").expires
    ),
)
