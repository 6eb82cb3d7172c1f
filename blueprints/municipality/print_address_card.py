"""A lost addressing card again, at once. The fee is ours, for demonstrations: the municipality has published none."""

import datetime as dt
from collections.abc import Iterator

from blueprints.municipality.addressing import card
from engine.assurance import Assurance
from engine.fees import Fee
from engine.fields import ByNumber
from engine.service import Case, Charge, Decision, Quote, Sample, Service, Step, Summary
from engine.wording import _


def fees(case: Case) -> Iterator[Fee]:
    yield Fee("municipality.print-address-card")


def samples(day: dt.date) -> Iterator[Sample]:
    yield Sample(_("Any lost card"))


service = Service(
    code="municipality.print-address-card",
    section="addressing",
    title=_("Addressing card, replacement"),
    summary=_("Lost the addressing card of your building? Get another one at once."),
    needs=(
        _("Your ID card's number, with Mobile ID switched on for your phone"),
        _("The addressing number of a building under your name"),
        _("A bank card: a local credit card, or an international credit or debit card"),
    ),
    takes=_("Three minutes. The card is issued as soon as the payment is confirmed."),
    known_as=(_("Lost addressing card"), _("Print the addressing card")),
    fee_codes=("municipality.print-address-card",),
    steps=(
        Step(
            "number",
            _("Which building?"),
            ByNumber(
                "address",
                _("Addressing number"),
                hint=_("Five figures: on the plate at the gate, or on a bill of electricity or water."),
                register="municipality.addresses",
            ),
            assurance=Assurance.SUBSTANTIAL,
        ),
        Step("building", _("Is this the building?"), Summary("address"), assurance=Assurance.SUBSTANTIAL, shows=Quote()),
    ),
    subject="address",
    fees=fees,
    samples=samples,
    charge=Charge.ON_SUBMISSION,
    decision=Decision.AUTOMATIC,
    issues=card(duplicate=True),
)
