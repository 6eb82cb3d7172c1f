"""Municipality of Sohar: requests, permits and leases."""

from datetime import time

from blueprints.municipality import (
    add_address,
    amend_lease,
    cancel_lease,
    cancel_licence,
    complaint,
    completion_duplicate,
    completion_letter,
    deposit_refund,
    engineer_registration,
    general_request,
    issue_licence,
    major_permit,
    pay_fines,
    print_address_card,
    print_lease,
    print_renewal,
    print_supplement,
    register_lease,
    registers,
    renew_lease,
    renew_licence,
    service_letter,
    start_building,
)
from blueprints.municipality.groups import GROUPS
from blueprints.municipality.outside_registers import violations
from engine.service import Authority, Opening
from engine.wording import _
from engine.working_time import Hours

INSPECTIONS = Opening(Hours(time(8), time(13)), minutes=60, seats=2)
"""Two inspectors, an hour each: *[ours]*, until the municipality says otherwise."""

authority = Authority(
    code="municipality",
    title=_("Municipality of Sohar"),
    summary=_("Leases, addresses, building permits, licences, letters, complaints and violations in the district of Sohar."),
    services=(
        general_request.service,
        register_lease.service,
        renew_lease.service,
        amend_lease.service,
        cancel_lease.service,
        print_lease.service,
        print_renewal.service,
        print_supplement.service,
        add_address.service,
        print_address_card.service,
        major_permit.service,
        start_building.service,
        completion_letter.service,
        completion_duplicate.service,
        deposit_refund.service,
        service_letter.service,
        issue_licence.service,
        renew_licence.service,
        cancel_licence.service,
        engineer_registration.service,
        complaint.service,
        pay_fines.service,
    ),
    registers=(
        registers.leases,
        registers.addresses,
        registers.permits,
        registers.licences,
        registers.engineers,
        violations,
    ),
    sections={
        "administration": _("Administration"),
        "engineering": _("Engineering"),
        "addressing": _("Addressing"),
        "leases": _("Lease contracts"),
        "licences": _("Licences"),
        "head": _("Head of the municipality"),
        "finance": _("Finance"),
        "health": _("Health and cleanliness"),
        "roads": _("Roads and lighting"),
    },
    openings={"engineering": INSPECTIONS},
    appeal=_(
        "If you see it otherwise, write to the director of the municipality and give your application number. You may also begin a new application."
    ),
    groups=GROUPS,
)
