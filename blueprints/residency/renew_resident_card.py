"""Renew a resident card for one, two or three years: one's own, one's family's, or those of whom one sponsors. Decided at once.

Source: the seed's article of November 2023 ("renewing a resident card for a year or two", "fine for late renewal"); three years by the
decision of 2025 that the schedule names. *[ours]*: it counts from the old expiry, or from the day it is renewed once that has passed.
"""

import datetime as dt
from collections.abc import Iterator

from blueprints.residency import cards, lateness
from engine.assurance import Assurance
from engine.service import Case, Charge, Decision, Effect, Fee, Quote, Sample, Service, Step, Summary
from engine.wording import _


def fees(case: Case) -> Iterator[Fee]:
    yield Fee("residency.resident-card", quantity=case["years"])
    yield from lateness.card_fine(case)


def samples(day: dt.date) -> Iterator[Sample]:
    for years, period in cards.YEARS:
        yield Sample(period, {"years": years}, {"card": cards.a_card(day)})
    yield Sample(_("One year, half a year late"), {"years": 1}, {"card": cards.a_card(day, ended=182)})


def new_expiry(case: Case) -> dt.date:
    return cards.until(lateness.renewed_from(case.record("card"), case.today), case)


def effects(case: Case) -> Iterator[Effect]:
    yield lateness.renewed(case.record("card"), new_expiry(case))


service = Service(
    code="residency.renew-resident-card",
    section="residence",
    title=_("Renew a resident card"),
    summary=_("Renew your own resident card, your family's or your workers', before it ends or after."),
    needs=(cards.IDENTITY, cards.PAY),
    takes=_("Three minutes. The slip to collect the card with comes at once."),
    known_as=(_("Residence card renewal"), _("Labour card"), _("Late renewal fine")),
    fee_codes=("residency.resident-card", lateness.CARD_FINE),
    steps=(
        cards.choosing(_("Whose card is renewed?")),
        Step(
            "years",
            _("For how long?"),
            Summary("card", columns=cards.SEEN),
            cards.how_long(),
            assurance=Assurance.SUBSTANTIAL,
            shows=Quote(lambda case: [(_("New expiry date"), new_expiry(case))]),
        ),
    ),
    subject="card",
    batch=("card", "years"),
    fees=fees,
    samples=samples,
    refusals=cards.replaced,
    effects=effects,
    charge=Charge.ON_SUBMISSION,
    decision=Decision.AUTOMATIC,
    issues=cards.slip_of(_("Slip: renewed resident card"), lambda case: case.record("card"), new_expiry),
)
