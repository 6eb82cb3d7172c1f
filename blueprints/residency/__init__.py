"""Residency and civil status: residences, cards, passports, births and deaths."""

from blueprints.residency import (
    birth_certificate,
    birth_certificate_copy,
    death_certificate,
    death_certificate_copy,
    first_passport,
    issue_id_card,
    issue_resident_card,
    pay_residence_fines,
    proof_of_registration,
    registers,
    renew_family_residence,
    renew_government_residence,
    renew_passport,
    renew_resident_card,
    renew_study_residence,
    renew_work_residence,
    replace_id_card,
    replace_resident_card,
)
from blueprints.residency.groups import GROUPS
from engine.service import Authority
from engine.wording import _

authority = Authority(
    code="residency",
    title=_("Passports, residency and civil status"),
    summary=_("Residences and resident cards, identity cards, passports, certificates of birth and death."),
    services=(
        renew_family_residence.service,
        renew_government_residence.service,
        renew_study_residence.service,
        renew_work_residence.service,
        issue_resident_card.service,
        renew_resident_card.service,
        replace_resident_card.service,
        pay_residence_fines.service,
        issue_id_card.service,
        replace_id_card.service,
        first_passport.service,
        renew_passport.service,
        birth_certificate.service,
        birth_certificate_copy.service,
        death_certificate.service,
        death_certificate_copy.service,
        proof_of_registration.service,
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
