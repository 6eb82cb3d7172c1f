"""A lost addressing card again, at once, marked as a duplicate.

Source: Sohar municipality's list of services, "Addressing card, replacement". Ours, the sources being silent: the fee.
"""

from blueprints.municipality.addressing import card
from blueprints.municipality.flat_fee import flat
from engine.assurance import Assurance
from engine.fields import ByNumber
from engine.service import Charge, Decision, Quote, Service, Step, Summary
from engine.wording import _

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
    **flat("municipality.print-address-card"),
    charge=Charge.ON_SUBMISSION,
    decision=Decision.AUTOMATIC,
    issues=card(duplicate=True),
)
