"""Submit a complaint: what is wrong and where. Free, also without an account; a clerk of the section in charge answers.

Our rules, as the sources are silent: which section has what, 14 days to have an answer examined again, and what is public of it.
"""

from collections.abc import Iterator

from blueprints.municipality.gazetteer import place
from engine.assurance import Assurance
from engine.fields import PICTURES, Choice, LongText, Pattern, Text, Upload
from engine.service import Case, Charge, Decision, Listing, Refusal, Retention, Routes, Service, Step, WorkingDays
from engine.wording import _

CATEGORIES = (
    ("cleanliness", _("Cleanliness and waste")),
    ("building", _("Building without a permit")),
    ("food", _("Food and health")),
    ("roads", _("Roads and lighting")),
    ("animals", _("Stray animals")),
    ("other", _("Something else")),
)
SECTIONS = {"cleanliness": "health", "food": "health", "animals": "health"} | {
    "building": "engineering",
    "roads": "roads",
    "other": "administration",
}


def nowhere(case: Case) -> Iterator[Refusal]:
    if not any(case.get(name) for name in ("place", "address", "addressing")):
        yield Refusal(_("Say where it is: on the map, by words, or by the building's addressing number."), field="place")


what = Step(
    "what",
    _("What is wrong?"),
    Choice("category", _("What is it about?"), options=CATEGORIES),
    assurance=Assurance.NONE,
)
where = Step(
    "where",
    _("Where is it?"),
    place("place", _("Place"), required=False),
    Text("address", _("Describe the place"), required=False, longest=500),
    Pattern("addressing", _("Addressing number"), hint=_("It stands on the building, if you see one."), required=False, shape=r"\d{1,10}"),
    assurance=Assurance.NONE,
    refusals=nowhere,
)  # fmt: skip
story = Step(
    "story",
    _("Tell us what happened"),
    LongText("story", _("What happened, and since when?")),
    Upload(
        "photos",
        _("Photos"),
        hint=_("Up to five, JPEG or PNG. Only the municipality sees them."),
        required=False,
        types=PICTURES,
        most=5,
    ),
    assurance=Assurance.NONE,
)

service = Service(
    code="municipality.complaint",
    title=_("Submit a complaint"),
    summary=_("Tell the municipality what is wrong, and where."),
    takes=_("The section in charge answers within five working days. You read the answer here."),
    known_as=(_("Report a problem"), _("Follow a complaint")),
    needs=(_("The place: on the map, or described"), _("A photo, if you have one")),
    steps=(what, where, story),
    charge=Charge.NEVER,
    decision=Decision.CLERK,
    within=WorkingDays(5),
    section=Routes("category", SECTIONS),
    reply=_("Your answer to the complaint"),
    reopens=14,
    listing=Listing(kind="category", place="place", story="story", pictures=("photos",)),
    retention=Retention(draft=30, notice=7, papers=365, completed=1095, refused=1095, withdrawn=90),
)
