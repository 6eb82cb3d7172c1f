"""Oman Chamber of Commerce and Industry: memberships and their certificates."""

from blueprints.chamber import registers, renew_membership
from engine.service import Authority
from engine.wording import _

authority = Authority(
    code="chamber",
    title=_("Chamber of Commerce and Industry"),
    summary=_("Memberships of companies and the certificates that prove them."),
    services=(renew_membership.service,),
    registers=(registers.establishments, registers.memberships),
    variants=registers.GRADES,
    announced=(_("New membership registration"), _("Get your certificate"), _("Change name"), _("Change grade")),
)
