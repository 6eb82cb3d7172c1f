"""Renew the residence of somebody who works for the government. Their office stamps the form; a clerk decides.

Source: the seed's article of November 2023, "renewing government-sector residence": the form stamped and approved by the employer, photos,
the passport. Its amount is our assumption.
"""

from blueprints.residency import residences
from blueprints.residency.registers import GOVERNMENT
from engine.service import Service
from engine.wording import _

service = Service(
    code="residency.renew-government-residence",
    title=_("Renew government-sector residence"),
    summary=_("For another year, for those who work for a ministry or another office of the government."),
    needs=(
        _("The renewal form, stamped by the employer"),
        _("A passport valid for six months or more"),
        _("A photo of 4 × 6 cm"),
    ),
    takes=_("Ten minutes. Once it is paid, a clerk looks at it."),
    known_as=(_("Government visa"),),
    **residences.renewal(GOVERNMENT, residences.STAMPED),
)
