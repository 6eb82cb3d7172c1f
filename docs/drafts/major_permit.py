"""Major building permit. Engineering looks first, then the head of the municipality; charged by the square metre. Waits for `Review`."""

from collections.abc import Iterator

from engine.assurance import Assurance
from engine.fields import Choice, CivilNumber, Pattern, Text, Upload, Whole
from engine.service import Case, Certificate, Charge, Fee, Review, Rows, Service, Step
from engine.wording import Words, _

USES = (("villa", _("A villa")), ("flats", _("Flats")), ("trade", _("Trade")), ("industry", _("Industry")))
PDF = ("application/pdf",)


def fees(case: Case) -> Iterator[Fee]:
    """The schedule says from which area on, and how much a square metre."""
    yield Fee("municipality.major-permit", variant=case["use"], quantity=case["area"])


def owner(case: Case) -> Words:
    return {"ar": case["owner"], "en": case["owner"]}


def permit(case: Case) -> Rows:
    for step in service.steps:
        yield from ((field.label, field.shown(case.get(field.name))) for field in step.fields if not isinstance(field, Upload))


service = Service(
    code="municipality.major-permit",
    title=_("Major building permit"),
    summary=_("Build a house or a large building on a plot in the municipality."),
    takes=_("Engineers look at the drawings, then the head of the municipality decides."),
    fee_codes=("municipality.major-permit",),
    steps=(
        Step(
            "plot",
            _("Where will you build?"),
            Text("owner", _("Owner of the plot")),
            Pattern("plot", _("Plot number"), shape=r"\d{1,10}"),
            Choice("use", _("Use"), options=USES),
            assurance=Assurance.SUBSTANTIAL,
        ),
        Step(
            "building",
            _("What will you build?"),
            Whole("floors", _("Floors"), least=1, most=60),
            Whole("area", _("Built area in square metres"), least=1, most=1_000_000),
            Upload("drawings", _("Drawings (PDF)"), types=PDF),
            Upload("soil", _("Soil report (PDF)"), types=PDF),
        ),
        Step("engineer", _("Who answers for the drawings?"), CivilNumber("engineer", _("The engineer's civil number"))),
    ),
    fees=fees,
    charge=Charge.ON_APPROVAL,
    decision=(Review("engineering", _("Engineering")), Review("head", _("Head of the municipality"))),
    issues=Certificate("permit.html", title=_("Major building permit"), named=owner, rows=permit, says={}),
)
