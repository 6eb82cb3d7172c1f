"""Issue the first card of a residence that has none. A clerk compares the photo; it is paid once approved.

Source: the seed's article of November 2023, which names a fine for issuing one late and no amount. *[ours]*: the card is owed from the
day the residence began, after the days of grace in the schedule; it stands from the day it is issued, for one, two or three years.
"""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from blueprints.residency import cards, lateness
from blueprints.residency.photos import PHOTO
from blueprints.residency.registers import VALID
from blueprints.residency.registers import cards as register
from engine.assurance import Assurance
from engine.fields import FromRegister
from engine.service import Case, Charge, Creation, Decision, Fee, Quote, Refusal, Sample, Service, Step, Summary
from engine.wording import _

KEPT = ("civil", "name", "nationality", "sponsor", "father", "husband")


def fees(case: Case) -> Iterator[Fee]:
    yield Fee("residency.resident-card", quantity=case["years"])
    yield from lateness.issue_fine(case)


def samples(day: dt.date) -> Iterator[Sample]:
    for years, period in cards.YEARS:
        yield Sample(period, {"years": years}, {"residence": cards.a_residence(day)})
    yield Sample(_("One year, asked for half a year late"), {"years": 1}, {"residence": cards.a_residence(day, began=182)})


def refusals(case: Case) -> Iterator[Refusal]:
    if number := case.record("residence").card:
        yield Refusal(_("This residence has a card already. Renew it instead."), field="residence", start=cards.renewing(number))


def effects(case: Case) -> Iterator[Creation]:
    residence = case.record("residence")
    data: dict[str, Any] = {name: residence.data.get(name, "") for name in KEPT}
    data |= {"expires": cards.until(case.issued or case.today, case).isoformat(), "state": VALID, "fined": ""}
    yield Creation("card", register, data, named_in=((residence, "card"),))


service = Service(
    code="residency.issue-resident-card",
    section="residence",
    title=_("Issue a resident card"),
    summary=_("Ask for the first card of a residence that has none yet: yours, your family's or your worker's."),
    needs=(cards.IDENTITY, _("A photo of the face, 4×6 cm, JPEG or PNG"), cards.PAY),
    takes=_("You ask for it in three minutes. A clerk compares the photo; you pay once it is approved."),
    known_as=(_("New resident card"), _("Late issue fine")),
    fee_codes=("residency.resident-card", lateness.ISSUE_FINE),
    steps=(
        Step(
            "residence",
            _("Who gets a card?"),
            FromRegister(
                "residence",
                _("Residence"),
                hint=_("Your own, your family's and those of whom you or your company sponsor."),
                register="residency.residences",
                none=_("No residence is registered for you, your family or whom you sponsor."),
            ),
        ),
        Step(
            "card",
            _("The card"),
            Summary("residence", columns=("name", "nationality", "kind", "starts", "expires")),
            PHOTO,
            cards.how_long(),
            assurance=Assurance.SUBSTANTIAL,
            shows=Quote(),
        ),
    ),
    subject="residence",
    fees=fees,
    samples=samples,
    refusals=refusals,
    effects=effects,
    charge=Charge.ON_APPROVAL,
    decision=Decision.CLERK,
    issues=cards.slip_of(_("Slip: resident card"), lambda case: case.record("card"), lambda case: case.record("card").expires),
)
