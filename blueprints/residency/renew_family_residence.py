"""Renew the residence of a wife or a child. What is shown of the family follows from who they are to whom; a clerk decides.

Source: the seed's article of November 2023, "renewing family residence": the form stamped by the employer, the father's card for children,
the husband's for his wife, the Omani husband's ID card for a foreign wife; 30 rials.
"""

from blueprints.residency import residences
from blueprints.residency.registers import FAMILY
from engine.service import Service
from engine.wording import _

service = Service(
    code="residency.renew-family-residence",
    title=_("Renew family residence"),
    summary=_("For another year, for your wife or your child; fines for being late are paid with it."),
    needs=(
        _("The renewal form, stamped by the employer"),
        _("A passport valid for six months or more"),
        _("A photo of 4 × 6 cm, and a copy of the resident card, also an expired one"),
        _("The card of the father or the husband, as a copy"),
    ),
    takes=_("Ten minutes. Once it is paid, a clerk looks at it."),
    known_as=(_("Renew my wife's residence"), _("Renew a child's residence"), _("Join family visa")),
    **residences.renewal(FAMILY, residences.STAMPED, *residences.CARD, *residences.RELATIVES),
)
