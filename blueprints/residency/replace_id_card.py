"""Replace an identity card that is damaged or lost. A clerk looks at it; the fee falls due on approval.

Source: Royal Oman Police Decision 78/2025; the article on civil status in Oman (November 2023). Ours, the sources being silent: the new card
stands as long as the old one would have, a lost one is declared lost, and the fee (as the schedule says).
"""

from collections.abc import Iterator

from blueprints.residency import events, identity
from blueprints.residency.flat_fee import flat
from blueprints.residency.registers import ENDED, LOST, VALID, identity_cards
from engine.fields import Choice, Day, FromRegister, LongText, Several
from engine.service import Case, Charge, Creation, Decision, Effect, Refusal, Service, Start, Step, Summary
from engine.wording import _

DAMAGED = "damaged"
DECLARED = _("I declare that the card is lost as written here, and that I hand it in at once if it is found.")
REASON = Choice("reason", _("Reason"), options=((DAMAGED, _("It is damaged")), (LOST, _("It is lost"))))


def lost(case: Case) -> bool:
    return bool(case["reason"] == LOST)


def refusals(case: Case) -> Iterator[Refusal]:
    card = case.record("card")
    if card.state != VALID:
        yield Refusal(_("This card was lost or has ended, and another one stands in its place. Choose that one."), field="card")
    elif card.expires < case.today:
        anew = Start("residency.issue-id-card", {"person": card.person})
        yield Refusal(_("This card has ended. Ask for a new one instead of a replacement."), field="card", start=anew)


def effects(case: Case) -> Iterator[Effect | Creation]:
    card = case.record("card")
    yield identity.ended(card, LOST if lost(case) else ENDED)
    yield Creation(identity.MADE, identity_cards, card.data)


service = Service(
    code="residency.replace-id-card",
    section="civil",
    title=_("Identity card, damaged or lost"),
    summary=_("Get another identity card in place of one that is damaged or lost: yours, or your child's."),
    needs=(events.IDENTITY, _("A photo of 4 × 6 cm before a light background: JPEG or PNG")),
    takes=_("Three minutes. A clerk looks at the photo; you pay once it is approved, and collect the card with the slip."),
    known_as=(_("Lost ID card"), _("Damaged ID card")),
    steps=(
        Step(
            "card",
            _("Which card?"),
            FromRegister(
                "card",
                _("Card number"),
                register=identity_cards.code,
                none=_("No identity card is registered for you or your children."),
            ),
            assurance=events.PROVEN,
        ),
        Step("reason", _("What happened to it?"), Summary("card", ("name", "expires", "state")), REASON, assurance=events.PROVEN),
        Step(
            "loss",
            _("How was it lost?"),
            Day("lost_on", _("Lost on"), asked=lost),
            LongText(
                "loss",
                _("Where and how"),
                hint=_("A few sentences; they are your declaration of loss."),
                longest=1000,
                asked=lost,
            ),
            Several("declared", _("Declaration of loss"), options=(("yes", DECLARED),), asked=lost),
            assurance=events.PROVEN,
            refusals=lambda case: events.not_to_come(case, "lost_on"),
        ),
        identity.photo(),
    ),
    subject="card",
    **flat("residency.id-card-replacement"),
    refusals=refusals,
    effects=effects,
    charge=Charge.ON_APPROVAL,
    decision=Decision.CLERK,
    issues=identity.paper(_("Slip for an identity card in place of another")),
)
