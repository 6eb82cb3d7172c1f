"""Municipality of Sohar: requests, permits and leases."""

from blueprints.municipality import (
    add_address,
    amend_lease,
    cancel_lease,
    general_request,
    pay_fines,
    print_address_card,
    print_lease,
    print_renewal,
    print_supplement,
    register_lease,
    registers,
    renew_lease,
)
from blueprints.municipality.outside_registers import violations
from engine.service import Authority
from engine.wording import _

authority = Authority(
    code="municipality",
    title=_("Municipality of Sohar"),
    summary=_("Requests to the municipality, answered by letter; violations, paid at once."),
    services=(
        register_lease.service,
        renew_lease.service,
        amend_lease.service,
        cancel_lease.service,
        print_lease.service,
        print_renewal.service,
        print_supplement.service,
        add_address.service,
        print_address_card.service,
        pay_fines.service,
        general_request.service,
    ),
    registers=(registers.leases, registers.addresses, violations),
    sections={
        "administration": _("Administration"),
        "engineering": _("Engineering"),
        "addressing": _("Addressing"),
        "leases": _("Lease contracts"),
    },
    appeal=_(
        "If you see it otherwise, write to the director of the municipality and give your application number. You may also begin a new application."
    ),
    announced=(
        _("Major building permit"),
        _("Issue a municipal licence"),
        _("Submit a complaint"),
    ),
)
