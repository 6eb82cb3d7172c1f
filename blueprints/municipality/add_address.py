"""Give a building its address. The addressing section looks at the plot and the place, numbers the building and issues its card.

Source: Sohar municipality's list of services, "Add a building address". Ours, the sources being silent: the fee, due on approval, five
working days, and the neighbourhood read off the place.
"""

from collections.abc import Iterator

from blueprints.municipality.addressing import card
from blueprints.municipality.flat_fee import flat
from blueprints.municipality.gazetteer import ELSEWHERE, place
from blueprints.municipality.registers import addresses
from engine.assurance import Assurance
from engine.fields import PICTURES, Pattern, Upload
from engine.service import Case, Charge, Creation, Decision, Quote, Service, Step, WorkingDays
from engine.wording import _

SPOT = place("place", _("Place of the building"))
PHOTOS = 5


def effects(case: Case) -> Iterator[Creation]:
    point = case["place"]
    area = SPOT.near(point)
    data = {
        "holder": case.holder,
        "name": case.applicant,
        "plot": case["plot"],
        "area": area.title if area else ELSEWHERE,
        "way": case.get("way") or "",
        "building": case.get("building") or "",
        "latitude": str(point["latitude"]),
        "longitude": str(point["longitude"]),
    }
    yield Creation("address", addresses, data)


service = Service(
    code="municipality.add-address",
    section="addressing",
    title=_("Add a building address"),
    summary=_("Show us where your building stands, and receive its addressing number and card."),
    needs=(
        _("Your ID card's number, with Mobile ID switched on for your phone"),
        _("The plot number and the krooki (survey drawing): PDF, JPEG or PNG"),
        _("A picture or two of the building, if you can"),
    ),
    takes=_("Ten minutes. The addressing section looks at it and answers by mail and SMS."),
    known_as=(_("Address a building"), _("Addressing number")),
    steps=(
        Step(
            "plot",
            _("Which plot?"),
            Pattern(
                "plot",
                _("Plot number"),
                hint=_("As the title deed and the krooki write it, such as 1250 or 12/450."),
                shape=r"\d{1,6}(/\d{1,6}){0,2}",
                wrong=_("A plot number has figures, such as 1250 or 12/450."),
            ),
            Upload("krooki", _("Krooki"), hint=_("PDF, JPEG or PNG, up to 10 MB.")),
            assurance=Assurance.SUBSTANTIAL,
        ),
        Step(
            "place",
            _("Where does it stand?"),
            SPOT,
            Pattern("way", _("Way number, if there is a sign"), required=False, shape=r"\d{1,5}", wrong=_("Type figures only.")),
            Pattern(
                "building", _("Building number, if it has one"), required=False, shape=r"\d{1,5}", wrong=_("Type figures only.")
            ),
            assurance=Assurance.SUBSTANTIAL,
        ),
        Step(
            "photos",
            _("What does it look like?"),
            Upload(
                "photos",
                _("Pictures of the building"),
                hint=_("From the street, JPEG or PNG, up to %(most)s. You may go on without one.", most=PHOTOS),
                required=False,
                types=PICTURES,
                most=PHOTOS,
            ),
            assurance=Assurance.SUBSTANTIAL,
            shows=Quote(),
        ),
    ),
    subject="address",
    **flat("municipality.add-address"),
    effects=effects,
    charge=Charge.ON_APPROVAL,
    decision=Decision.CLERK,
    within=WorkingDays(5),
    issues=card(),
)
