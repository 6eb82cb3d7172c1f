"""The paper that the services of death certificates share."""

from blueprints.residency import events
from engine.service import Certificate
from engine.wording import _

PRINTED = ("civil", "sex", "born", "died", "deathplace", "nationality")


def certificate(*, again: bool = False) -> Certificate:
    return events.certificate(
        "death_certificate.html",
        _("Death certificate"),
        _("This death is entered in the register of deaths, under the name"),
        _("As it stands in the register on the day of issue. Scan the code to see whether it is genuine."),
        PRINTED,
        again=again,
    )
