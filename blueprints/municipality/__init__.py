"""Municipality of Sohar: requests, permits and leases."""

from blueprints.municipality import add_address, complaint, general_request, print_address_card, registers
from engine.service import Authority
from engine.wording import _

authority = Authority(
    code="municipality",
    title=_("Municipality of Sohar"),
    summary=_("Requests to the municipality, answered by letter."),
    services=(general_request.service, add_address.service, print_address_card.service, complaint.service),
    registers=(registers.addresses,),
    sections={
        "administration": _("Administration"),
        "engineering": _("Engineering"),
        "addressing": _("Addressing"),
        "health": _("Health and cleanliness"),
        "roads": _("Roads and lighting"),
    },
    appeal=_(
        "If you see it otherwise, write to the director of the municipality and give your application number. You may also begin a new application."
    ),
    announced=(
        _("Register a lease"),
        _("Renew a lease"),
        _("Major building permit"),
        _("Issue a municipal licence"),
    ),
)
