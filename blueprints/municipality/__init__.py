"""Municipality of Sohar: requests, permits and leases."""

from blueprints.municipality import (
    cancel_licence,
    engineer_registration,
    general_request,
    issue_licence,
    registers,
    renew_licence,
)
from blueprints.municipality.groups import GROUPS
from engine.service import Authority
from engine.wording import _

authority = Authority(
    code="municipality",
    title=_("Municipality of Sohar"),
    summary=_("Requests to the municipality, answered by letter."),
    services=(
        issue_licence.service,
        renew_licence.service,
        cancel_licence.service,
        engineer_registration.service,
        general_request.service,
    ),
    registers=(registers.licences, registers.engineers),
    sections={"administration": _("Administration"), "engineering": _("Engineering"), "licences": _("Licences")},
    appeal=_(
        "If you see it otherwise, write to the director of the municipality and give your application number. You may also begin a new application."
    ),
    groups=GROUPS,
    announced=(
        _("Register a lease"),
        _("Renew a lease"),
        _("Major building permit"),
        _("Submit a complaint"),
    ),
)
