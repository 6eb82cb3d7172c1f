"""Municipality of Sohar: requests, permits and leases."""

from datetime import time

from blueprints.municipality import (
    completion_duplicate,
    completion_letter,
    deposit_refund,
    general_request,
    major_permit,
    registers,
    service_letter,
    start_building,
)
from engine.service import Authority, Opening
from engine.wording import _
from engine.working_time import Hours

INSPECTIONS = Opening(Hours(time(8), time(13)), minutes=60, seats=2)
"""Two inspectors, an hour each: *[ours]*, until the municipality says otherwise."""

authority = Authority(
    code="municipality",
    title=_("Municipality of Sohar"),
    summary=_("Requests to the municipality, answered by letter."),
    services=(
        general_request.service,
        major_permit.service,
        start_building.service,
        completion_letter.service,
        completion_duplicate.service,
        deposit_refund.service,
        service_letter.service,
    ),
    registers=(registers.permits,),
    sections={
        "administration": _("Administration"),
        "engineering": _("Engineering"),
        "head": _("Head of the municipality"),
        "finance": _("Finance"),
    },
    openings={"engineering": INSPECTIONS},
    appeal=_(
        "If you see it otherwise, write to the director of the municipality and give your application number. You may also begin a new application."
    ),
    announced=(
        _("Register a lease"),
        _("Renew a lease"),
        _("Issue a municipal licence"),
        _("Submit a complaint"),
    ),
)
