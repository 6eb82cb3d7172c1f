"""First passport, for oneself or one's child. Papers are sent ahead; photo and fingerprints are taken at a centre, where a clerk decides.

Source: seed 004 and the list of residency services; its fee is our assumption. *[ours]*: for citizens, and what a child's needs.
"""

from collections.abc import Iterator

from blueprints.residency.passports import decided_at_a_centre, slip, under_age, visit
from engine.assurance import Assurance
from engine.errors import Refusal
from engine.fields import FromRegister, Upload
from engine.service import Case, Service, Step, Summary
from engine.wording import _

TITLE = _("First passport")


def refusals(case: Case) -> Iterator[Refusal]:
    person = case.record("person")
    if person.died:
        yield Refusal(_("This person has died, as civil status says."), field="person")
    elif person.nationality["en"] != "Omani":
        yield Refusal(_("Oman gives passports to its citizens. Ask the embassy of your country."), field="person")


def child(case: Case) -> bool:
    return under_age(case.record("person").born, case.today)


service = Service(
    code="residency.first-passport",
    title=TITLE,
    summary=_("Apply for a passport for the first time, for you or your child, and choose when to come to a centre."),
    needs=(_("Birth certificate"), _("For a child: the consent of the other parent"), _("One visit, at the time you choose")),
    takes=_("You fill it in in five minutes. Then one visit to a centre."),
    known_as=(_("Issue a passport"), _("Passport appointment")),
    steps=(
        Step(
            "person",
            _("Who is it for?"),
            FromRegister("person", _("Who is it for?"), register="residency.people"),
            assurance=Assurance.SUBSTANTIAL,
        ),
        Step(
            "papers",
            _("Papers"),
            Summary("person", columns=("name", "born", "birthplace", "nationality")),
            Upload("birth", _("Birth certificate")),
            Upload("consent", _("Consent of the other parent"), asked=child),
        ),
        visit(),
    ),
    refusals=refusals,
    subject="person",
    issues=slip("person", TITLE),
    **decided_at_a_centre("residency.first-passport"),
)
