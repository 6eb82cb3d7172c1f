"""What the services of death certificates share: their paper, and words for those who ask for it."""

from blueprints.residency import events
from engine.service import Certificate
from engine.wording import _

PRINTED = ("civil", "sex", "born", "died", "deathplace", "nationality")
CONDOLENCE = _("We are sorry for your loss.")
COPIES = _("If you need it again, ask for a copy with the certificate's number.")


def certificate(*, again: bool = False) -> Certificate:
    return events.certificate(
        "death_certificate.html",
        _("Death certificate"),
        _("This death is entered in the register of deaths, under the name"),
        _("As it stands in the register on the day of issue. Scan the code to see whether it is genuine."),
        PRINTED,
        again=again,
    )
