"""Where people look for the residency's services: by what it is about, as the seed's article has them."""

from engine.service import Group
from engine.wording import _

GROUPS = (
    Group(
        _("Residence"),
        (
            "renew-work-residence",
            "renew-family-residence",
            "renew-study-residence",
            "renew-government-residence",
            "pay-residence-fines",
        ),
    ),
    Group(_("Resident card"), ("issue-resident-card", "renew-resident-card", "replace-resident-card")),
    Group(_("Identity card"), ("issue-id-card", "replace-id-card")),
    Group(_("Passport"), ("first-passport", "renew-passport")),
    Group(
        _("Birth, death and registration"),
        ("birth-certificate", "birth-certificate-copy", "death-certificate", "death-certificate-copy", "proof-of-registration"),
    ),
)
