"""Issue an identity card to an Omani: one's own, or one's child's. A clerk looks at the photo; the fee falls due on approval.

Source: Royal Oman Police Decision 78/2025 (the fee); the article on civil status in Oman (November 2023). Ours, the sources being silent:
what stands in blueprints/residency/identity.py.
"""

from collections.abc import Iterator

from blueprints.residency import events, identity
from blueprints.residency.flat_fee import flat
from blueprints.residency.registers import VALID, identity_cards, people
from engine.fields import FromRegister
from engine.service import Case, Charge, Creation, Decision, Effect, Refusal, Service, Start, Step
from engine.wording import _

OMANI = "omani"


def refusals(case: Case) -> Iterator[Refusal]:
    person, card = case.record("person"), case.find("card")
    if person.died:
        yield Refusal(
            _("According to the register this person has passed away. If that is wrong, the civil status desk corrects it.")
        )
    elif person.nationality["en"].casefold() != OMANI:
        yield Refusal(
            _("An identity card is an Omani's. Who resides in Oman has a resident card; ask for that one."), field="person"
        )
    elif identity.stands(card, case.today):
        instead = Start("residency.replace-id-card", {"card": card.number})  # type: ignore[union-attr]
        yield Refusal(
            _("A valid card stands already. If it is damaged or lost, have it replaced."), field="person", start=instead
        )


def effects(case: Case) -> Iterator[Effect | Creation]:
    person, before = case.record("person"), case.find("card")
    if before:
        yield identity.ended(before)
    kept = {name: person.data.get(name) or "" for name in ("civil", "name", "father", "mother")}
    card = {**kept, "person": person.number, "expires": identity.until(case.issued or case.today), "state": VALID}
    yield Creation(identity.MADE, identity_cards, card, first_of=None if before else person)


service = Service(
    code="residency.issue-id-card",
    section="civil",
    title=_("Issue an identity card"),
    summary=_("Get an identity card for yourself or your child, or a new one when yours ends."),
    needs=(events.IDENTITY, _("A photo of 4 × 6 cm before a light background: JPEG or PNG")),
    takes=_("Three minutes. A clerk looks at the photo; you pay once it is approved, and collect the card with the slip."),
    known_as=(_("ID card"), _("Civil card")),
    steps=(
        Step(
            "person",
            _("Whose card?"),
            FromRegister(
                "person",
                _("Registration number"),
                hint=_("You, and your children as civil status has them."),
                register=people.code,
                whose=identity.OWN_OR_CHILD,
                brings=(("card", identity_cards.code),),
                none=events.NOBODY,
            ),
            assurance=events.PROVEN,
        ),
        identity.photo(),
    ),
    subject="person",
    **flat("residency.id-card"),
    refusals=refusals,
    effects=effects,
    charge=Charge.ON_APPROVAL,
    decision=Decision.CLERK,
    issues=identity.paper(_("Slip for an identity card")),
)
