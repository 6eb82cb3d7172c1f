"""Enter a birth and issue its certificate. A clerk compares the notice of the hospital; the fee falls due on approval.

Source: the article on civil status in Oman (November 2023), which names fee and certificate. Ours, the sources being silent: the questions,
and that nothing is charged for being late.
"""

from collections.abc import Iterator

from blueprints.residency import birth, events
from blueprints.residency.flat_fee import flat
from blueprints.residency.registers import births
from engine.fields import Upload
from engine.service import Case, Charge, Creation, Decision, Service
from engine.wording import _


def effects(case: Case) -> Iterator[Creation]:
    yield Creation(events.KEPT, births, birth.data(case))


service = Service(
    code="residency.birth-certificate",
    section="civil",
    title=_("Issue a birth certificate"),
    summary=_("Tell us of the birth of a child, and receive the certificate."),
    needs=(events.IDENTITY, birth.NOTICE, _("The civil numbers of both parents, as far as they have one")),
    takes=_("You fill it in in five minutes. A clerk compares the notice; you pay once it is approved."),
    known_as=(_("Register a birth"), _("Newborn")),
    steps=birth.steps(None, Upload("notice", _("Birth notice"), hint=birth.NOTICE)),
    subject=events.KEPT,
    **flat("residency.birth-certificate"),
    effects=effects,
    charge=Charge.ON_APPROVAL,
    decision=Decision.CLERK,
    issues=birth.certificate(),
)
