"""Pay what being late with a residence and its card costs, for oneself or anybody, by the number of the card. The receipt is the paper.

Source: the seed's article of November 2023: a resident fine and an immigration fine. *[ours]*: the card's own fine stands beside them, as
who pays "all late fines" expects to find none left; it counts on from month to month until the card is renewed. Whoever knows the number
may pay, and sees no more than when card and residence ended.
"""

import datetime as dt
from collections.abc import Iterator

from blueprints.residency import cards, lateness
from engine.assurance import Assurance
from engine.service import Case, Charge, Decision, Effect, Facts, Fee, Quote, Refusal, Rows, Sample, Service, Step
from engine.wording import _


def fees(case: Case) -> Iterator[Fee]:
    if case.find("residence"):
        yield from lateness.residence_fines(case)
    yield from lateness.card_fine(case)


def samples(day: dt.date) -> Iterator[Sample]:
    both = {"card": cards.a_card(day, ended=100), "residence": cards.a_residence(day, ended=100)}
    yield Sample(_("A hundred days late"), records=both)


def ended(case: Case) -> Rows:
    if residence := case.find("residence"):
        yield _("Residence valid until"), residence.expires
    yield _("Card valid until"), case.record("card").expires


def refusals(case: Case) -> Iterator[Refusal]:
    if case.price is not None and not case.price.lines:
        yield Refusal(_("Nothing is due for this card: it is in time, or what was due is paid. You need not do anything."))


def effects(case: Case) -> Iterator[Effect]:
    for record in filter(None, (case.find("residence"), case.record("card"))):
        yield lateness.fined_until(record, case.today)


service = Service(
    code="residency.pay-residence-fines",
    section="residence",
    title=_("Pay late fines"),
    summary=_("Pay the fines for renewing a residence or its card late, for yourself or for somebody else."),
    needs=(_("The number of the resident card"), cards.IDENTITY, cards.PAY),
    takes=_("Three minutes. The receipt comes at once, and no renewal asks for these fines again."),
    known_as=(_("Residence fines"), _("Overstay fines"), _("Immigration fine")),
    fee_codes=(*lateness.RESIDENCE_FINES, lateness.CARD_FINE),
    steps=(
        cards.by_number(_("Which card?")),
        Step("fines", _("What is due"), Facts(ended), assurance=Assurance.SUBSTANTIAL, shows=Quote()),
    ),
    fees=fees,
    samples=samples,
    refusals=refusals,
    effects=effects,
    charge=Charge.ON_SUBMISSION,
    decision=Decision.AUTOMATIC,
)
