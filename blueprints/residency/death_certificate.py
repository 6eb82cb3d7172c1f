"""Enter a death and issue its certificate. A clerk compares the notice of the hospital; who has died is marked so in civil status.

Source: the article on civil status in Oman (November 2023), which names fee and certificate. Ours, the sources being silent: the questions.
"""

from collections.abc import Iterator

from blueprints.residency import death, events
from blueprints.residency.both_languages import asking, said
from blueprints.residency.flat_fee import flat
from blueprints.residency.registers import deaths, people
from engine.fields import Choice, CivilNumber, Day, Upload
from engine.service import Case, Charge, Creation, Decision, Mark, Refusal, Service, Step
from engine.wording import _

NOTICE = _("The notice of the hospital: PDF, JPEG or PNG")
RELATIONS = (
    ("spouse", _("Wife or husband")),
    ("child", _("Son or daughter")),
    ("parent", _("Father or mother")),
    ("sibling", _("Brother or sister")),
    ("relative", _("Another relative")),
    ("other", _("Somebody else, such as a friend or an employer")),
)


def in_order(case: Case) -> Iterator[Refusal]:
    yield from events.not_to_come(case, "died")
    if (case.get("born") or "") > (case.get("died") or case.today.isoformat()):
        yield Refusal(_("This day is before the day of birth. Compare both with the notice."), field="died")


def effects(case: Case) -> Iterator[Creation | Mark]:
    words = {name: said(case, name) for name in ("name", "deathplace", "nationality")}
    typed = {name: case.get(name) or "" for name in ("civil", "sex", "born", "died")}
    yield Creation(events.KEPT, deaths, {"reported_by": case.holder, "father": "", "mother": "", "spouse": "", **words, **typed})
    if case.get("civil"):
        yield Mark(people, case["civil"], {"died": case["died"]})


service = Service(
    code="residency.death-certificate",
    section="civil",
    title=_("Issue a death certificate"),
    summary=_("We are sorry for your loss. Tell us of it here, and a clerk does the rest."),
    needs=(events.IDENTITY, NOTICE, _("The civil number of who has died, if you have it")),
    takes=_(
        "A few minutes; what you answer is kept, and you may go on later. A clerk compares the notice and sends you the certificate. "
        "With its number you can ask for copies."
    ),
    known_as=(_("Report a death"),),
    steps=(
        Step(
            "person",
            _("Who has passed away?"),
            *asking(
                "name", _("Full name, in Arabic"), _("Full name, in English"), hint=_("As the ID card or the passport writes it.")
            ),
            CivilNumber("civil", _("Civil number"), _("Leave it empty if you do not have it."), required=False),
            events.sex(),
            Day("born", _("Born on"), _("Leave it empty if you do not know it."), required=False),
            assurance=events.PROVEN,
        ),
        Step(
            "event",
            _("When and where?"),
            Day("died", _("Died on")),
            *asking("deathplace", _("Died in, in Arabic"), _("Died in, in English"), hint=_("As the notice has it.")),
            *events.nationality(),
            Upload("notice", _("Notice of the hospital"), hint=_("PDF, JPEG or PNG, up to 10 MB.")),
            assurance=events.PROVEN,
            refusals=in_order,
        ),
        Step(
            "you",
            _("How are you related?"),
            Choice("relation", _("Relation"), options=RELATIONS),
            assurance=events.PROVEN,
        ),
    ),
    subject=events.KEPT,
    **flat("residency.death-certificate"),
    effects=effects,
    charge=Charge.ON_APPROVAL,
    decision=Decision.CLERK,
    issues=death.certificate(),
)
