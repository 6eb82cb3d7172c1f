"""Register an engineer who may sign drawings for a consulting office, for a year. A clerk of engineering decides; the fee follows approval.

Source: Sohar municipality's list of services, "engineers". Ours, the sources being silent: the disciplines, and that it stands a year.
"""

from collections.abc import Iterator

from blueprints.municipality.flat_fee import flat
from blueprints.municipality.registers import DISCIPLINES, engineers
from engine.calendar import add_months
from engine.fields import Choice, CivilNumber, FromRegister, Text, Upload
from engine.service import Case, Certificate, Charge, Creation, Decision, Quote, Rows, Service, Step
from engine.wording import _


def effects(case: Case) -> Iterator[Creation]:
    data = {
        "holder": case["engineer"],
        "name": {"ar": case["name_ar"], "en": case["name_en"]},
        "discipline": case["discipline"],
        "office": case.record("office").number,
        "expires": add_months(case.issued or case.today, 12).isoformat(),
    }
    yield Creation("registered", engineers, data)


def card(case: Case) -> Rows:
    engineer = case.record("registered")
    yield _("Engineer's number"), engineer.number
    yield _("Discipline"), DISCIPLINES[engineer.discipline]
    yield _("Office"), case.record("office").title
    yield _("Date of expiry"), engineer.expires


service = Service(
    code="municipality.engineer-registration",
    section="engineering",
    title=_("Engineers' services"),
    summary=_("Register an engineer of your consulting office, so that the municipality accepts drawings with their signature."),
    needs=(
        _("A consulting office under your name in the commercial register"),
        _("The engineer's civil number, degree and certificate of experience: PDF, JPEG or PNG"),
    ),
    takes=_("You ask for it in five minutes. A clerk of engineering reads the papers; you pay once it is approved."),
    known_as=(_("Register an engineer"), _("Engineer's card")),
    steps=(
        Step(
            "office",
            _("For which office?"),
            FromRegister("office", _("Commercial registration of the office"), register="chamber.establishments"),
        ),
        Step(
            "engineer",
            _("Who is the engineer?"),
            CivilNumber("engineer", _("Civil number")),
            Text("name_ar", _("Name in Arabic"), longest=60),
            Text("name_en", _("Name in English"), longest=60),
            Choice("discipline", _("Discipline"), options=tuple(DISCIPLINES.items())),
        ),
        Step(
            "papers",
            _("What shows their qualification?"),
            Upload("degree", _("Degree")),
            Upload("experience", _("Certificate of experience"), required=False),
            shows=Quote(),
        ),
    ),
    subject="registered",
    **flat("municipality.engineer-registration"),
    effects=effects,
    charge=Charge.ON_APPROVAL,
    decision=Decision.CLERK,
    issues=Certificate(
        "engineer_card.html",
        title=_("Engineer's card"),
        named=lambda case: case.record("registered").title,
        rows=card,
        says={"accepted": _("Drawings with this engineer's signature are accepted.")},
        valid_until=lambda case: case.record("registered").expires,
    ),
)
