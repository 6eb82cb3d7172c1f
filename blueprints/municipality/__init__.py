"""Municipality of Sohar: requests, permits and leases."""

from blueprints.municipality import complaint, general_request
from engine.service import Authority
from engine.wording import _

authority = Authority(
    code="municipality",
    title=_("Municipality of Sohar"),
    summary=_("Requests to the municipality, answered by letter."),
    services=(general_request.service, complaint.service),
    sections={
        "administration": _("Administration"),
        "engineering": _("Engineering"),
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
