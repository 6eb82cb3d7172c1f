"""Replace a birth certificate that is damaged or lost. At once where it is on file; else a clerk looks the birth up.

Source: the article on civil status in Oman (November 2023), which names fee and replacement. Ours, the sources being silent: the questions,
that the clerk writes the number found in the books, and that it is paid on submission.
"""

from blueprints.residency import birth, events
from blueprints.residency.flat_fee import flat
from blueprints.residency.registers import births
from engine.fields import Choice, FromRegister
from engine.service import Case, Charge, Decision, Quote, Service, Step
from engine.wording import _

LISTED, EVENT = "listed", "event"


def on_file(case: Case) -> bool:
    """Chosen among one's own and one's children's."""
    return events.KEPT in case.records


service = Service(
    code="residency.birth-certificate-copy",
    section="civil",
    title=_("Birth certificate, damaged or lost"),
    summary=_("Receive a birth certificate again: yours, or your child's."),
    needs=(events.IDENTITY, _("Names, day and place of the birth, if the certificate is not on file under your number")),
    takes=_("Two minutes if it is on file: it is issued at once. If not, a clerk looks the birth up."),
    known_as=(_("Lost birth certificate"), _("Copy of a birth certificate")),
    steps=(
        Step(
            "by",
            _("How do we find the certificate?"),
            Choice(
                "by",
                _("Find it"),
                options=(
                    (LISTED, _("In the list of my own and my children's certificates")),
                    (EVENT, _("By the birth: I tell names, day and place")),
                ),
            ),
            assurance=events.PROVEN,
        ),
        Step(
            "certificate",
            _("Which certificate?"),
            FromRegister(
                events.KEPT,
                _("Birth certificate number"),
                register=births.code,
                none=_("No birth certificate is on file under your number. Go back one step and tell us of the birth instead."),
                asked=lambda case: case["by"] == LISTED,
            ),
            assurance=events.PROVEN,
            shows=Quote(),
        ),
        *birth.steps(lambda case: case["by"] == EVENT),
    ),
    subject=events.KEPT,
    **flat("residency.birth-certificate-copy"),
    charge=Charge.ON_SUBMISSION,
    decision=Decision.CLERK,
    automatic_when=on_file,
    reply=_("The number of the certificate in the books, as the copy prints it"),
    issues=birth.certificate(of=lambda case: case.find(events.KEPT) or birth.as_told(case), duplicate=True),
)
