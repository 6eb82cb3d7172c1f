"""Oman Chamber of Commerce and Industry: memberships and their certificates."""

from blueprints.chamber import (
    change_grade,
    change_name,
    get_certificate,
    register_membership,
    registers,
    renew_membership,
)
from engine.service import Authority
from engine.wording import _

authority = Authority(
    code="chamber",
    title=_("Chamber of Commerce and Industry"),
    summary=_("Memberships of companies and the certificates that prove them."),
    services=(
        register_membership.service,
        renew_membership.service,
        get_certificate.service,
        change_name.service,
        change_grade.service,
    ),
    registers=(registers.establishments, registers.memberships),
    variants=registers.GRADES,
)
