"""Renew the residence of a student. As a family residence, and with proof that the studies go on; a clerk decides.

Source: the seed's article of November 2023, "renewing family and study residence": an official certificate of the college or university;
30 rials.
"""

from blueprints.residency import residences
from blueprints.residency.registers import STUDY
from engine.fields import Upload
from engine.service import Service
from engine.wording import _

service = Service(
    code="residency.renew-study-residence",
    title=_("Renew study residence"),
    summary=_("For another year of studies, with a certificate of the college or university."),
    needs=(
        _("A certificate of the college that the studies go on"),
        _("The renewal form, stamped by the employer"),
        _("A passport valid for six months or more"),
        _("A photo of 4 × 6 cm, and a copy of the resident card, also an expired one"),
    ),
    takes=_("Ten minutes. Once it is paid, a clerk looks at it."),
    known_as=(_("Student visa"), _("Student residence")),
    **residences.renewal(
        STUDY,
        Upload("studies", _("Certificate of the college or university that the studies go on"), residences.FILE),
        residences.STAMPED,
        *residences.CARD,
        *residences.RELATIVES,
    ),
)
