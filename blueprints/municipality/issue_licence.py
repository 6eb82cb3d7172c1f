"""License a company's activity at one address, for a year. A clerk decides; its fee falls due on approval.

Source: Sohar municipality's list of services, "licences". Ours, the sources being silent: the activities, and that a licence stands a year.
"""

from collections.abc import Iterator

from blueprints.municipality.flat_fee import flat
from blueprints.municipality.licensing import COMPANY, issued_until
from blueprints.municipality.registers import ACTIVITIES, STANDING, licences
from engine.calendar import add_months
from engine.fields import ByNumber, Choice
from engine.service import Case, Charge, Creation, Decision, Quote, Service, Step
from engine.wording import _


def effects(case: Case) -> Iterator[Creation]:
    data = {
        "establishment": case["registration"],
        "name": case.record("registration").title,
        "activity": case["activity"],
        "premises": case["premises"],
        "lease": case.get("lease") or "",
        "expires": add_months(case.issued or case.today, 12).isoformat(),
        "state": STANDING,
    }
    yield Creation("licence", licences, data)


service = Service(
    code="municipality.issue-licence",
    section="licences",
    title=_("Issue a municipal licence"),
    summary=_("License a shop, a workshop or an office of your company at one address."),
    needs=(
        _("A company under your name in the commercial register"),
        _("The addressing number of the premises; it stands on the building's plate"),
        _("The lease of the premises, if they are not your own"),
    ),
    takes=_("You ask for it in five minutes. A clerk looks at it; you pay once it is approved."),
    known_as=(_("Shop licence"), _("Open a shop"), _("Licence services")),
    steps=(
        COMPANY,
        Step("activity", _("What will it do there?"), Choice("activity", _("Activity"), options=tuple(ACTIVITIES.items()))),
        Step(
            "premises",
            _("Where?"),
            ByNumber("premises", _("Addressing number of the premises"), register="municipality.addresses", own=False),
            ByNumber("lease", _("Lease contract number"), register="municipality.leases", required=False),
            shows=Quote(),
        ),
    ),
    subject="licence",
    **flat("municipality.issue-licence"),
    effects=effects,
    charge=Charge.ON_APPROVAL,
    decision=Decision.CLERK,
    issues=issued_until(lambda case: case.record("licence").expires),
)
