"""Where people look for the municipality's services: by what it is about, as the seed's list has them."""

from engine.service import Group
from engine.wording import _

GROUPS = (
    Group(
        _("Leases"),
        ("register-lease", "renew-lease", "amend-lease", "cancel-lease", "print-lease", "print-renewal", "print-supplement"),
    ),
    Group(_("Building addresses"), ("add-address", "print-address-card")),
    Group(
        _("Construction"),
        (
            "major-permit",
            "start-building",
            "completion-letter",
            "completion-duplicate",
            "service-letter",
            "deposit-refund",
            "engineer-registration",
        ),
    ),
    Group(_("Licences"), ("issue-licence", "renew-licence", "cancel-licence")),
    Group(_("Complaints and violations"), ("complaint", "pay-fines")),
)
