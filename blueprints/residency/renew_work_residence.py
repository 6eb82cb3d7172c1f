"""Renew the residence of a worker. Filed by the sponsor, or by the worker with the sponsor's confirmation; a clerk decides.

Source: the seed's article of November 2023, "renewing work residence": a copy of the labour form. Its amount is our assumption.
"""

from blueprints.residency import residences
from blueprints.residency.registers import WORK
from engine.fields import Upload
from engine.service import Service
from engine.wording import _

service = Service(
    code="residency.renew-work-residence",
    title=_("Renew work residence"),
    summary=_("For another year, for yourself or for the workers of your company. Your sponsor confirms it on the phone."),
    needs=(
        _("The labour form, as a copy"),
        _("A passport valid for six months or more"),
        _("A photo of 4 × 6 cm, and a copy of the resident card"),
        _("From companies: the form of those who may sign for it"),
    ),
    takes=_("Ten minutes. Once the sponsor has confirmed and the fees are paid, a clerk looks at it."),
    known_as=(_("Renew a visa"), _("Renew the iqama"), _("Renew a worker's residence")),
    **residences.renewal(
        WORK,
        Upload("labour_form", _("Copy of the labour form"), residences.FILE),
        *residences.CARD,
    ),
)
