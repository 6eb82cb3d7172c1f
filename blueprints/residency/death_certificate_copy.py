"""Receive a death certificate again, by its number. At once: it is the same paper where this portal issued it.

Source: the article on civil status in Oman (November 2023), which names the fee. Ours, the sources being silent: who reported a death and
the closest family may ask.
"""

from blueprints.residency import death, events
from blueprints.residency.flat_fee import flat
from blueprints.residency.registers import deaths
from engine.fields import ByNumber
from engine.service import Charge, Decision, Quote, Service, Step, Summary
from engine.wording import _

SHOWN = ("name", "died", "deathplace")

service = Service(
    code="residency.death-certificate-copy",
    section="civil",
    title=_("Copy of a death certificate"),
    summary=_("Receive a death certificate again, for a bank, a court or your own papers."),
    needs=(events.IDENTITY, _("The certificate's number; it stands on the paper, such as 2025/00902")),
    takes=_("Two minutes. The copy is issued as soon as the payment is confirmed."),
    known_as=(_("Death certificate again"),),
    steps=(
        Step(
            "certificate",
            _("Which certificate?"),
            ByNumber(
                events.KEPT,
                _("Death certificate number"),
                hint=_("Such as 2025/00902."),
                register=deaths.code,
                unknown=_(
                    "We do not find this number among the certificates of your family. Please compare it with the paper. "
                    "If it is the same, the civil status desk can look it up for you."
                ),
            ),
            assurance=events.PROVEN,
        ),
        Step("data", _("Is this the one?"), Summary(events.KEPT, SHOWN), assurance=events.PROVEN, shows=Quote()),
    ),
    subject=events.KEPT,
    **flat("residency.death-certificate-copy"),
    charge=Charge.ON_SUBMISSION,
    decision=Decision.AUTOMATIC,
    issues=death.certificate(again=True),
)
