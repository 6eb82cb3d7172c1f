"""Residency and civil status: residences, cards, passports, births and deaths."""

from blueprints.residency import first_passport, registers, renew_passport
from blueprints.residency.groups import GROUPS
from engine.service import Authority
from engine.wording import _

authority = Authority(
    code="residency",
    title=_("Passports, residency and civil status"),
    summary=_("Residences and resident cards, identity cards, passports, certificates of birth and death."),
    services=(
        first_passport.service,
        renew_passport.service,
    ),
    registers=(
        registers.people,
        registers.births,
        registers.deaths,
        registers.identity_cards,
        registers.passports,
        registers.cards,
        registers.residences,
    ),
    sections={
        "residence": _("Residence"),
        "civil": _("Civil status"),
        "passports": _("Passports"),
    },
    appeal=_(
        "If you see it otherwise, write to the director of passports and residency and give your application number. "
        "You may also begin a new application."
    ),
    groups=GROUPS,
)
