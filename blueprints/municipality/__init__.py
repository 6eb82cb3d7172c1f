"""Municipality of Sohar: requests, permits and leases."""

from blueprints.municipality import general_request, pay_fines
from blueprints.municipality.outside_registers import violations
from engine.service import Authority
from engine.wording import _

authority = Authority(
    code="municipality",
    title=_("Municipality of Sohar"),
    summary=_("Requests to the municipality, answered by letter; violations, paid at once."),
    services=(general_request.service, pay_fines.service),
    registers=(violations,),
    sections={"administration": _("Administration"), "engineering": _("Engineering")},
    appeal=_(
        "If you see it otherwise, write to the director of the municipality and give your application number. You may also begin a new application."
    ),
    announced=(
        _("Register a lease"),
        _("Renew a lease"),
        _("Major building permit"),
        _("Issue a municipal licence"),
        _("Submit a complaint"),
    ),
)
