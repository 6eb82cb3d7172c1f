"""Submit a complaint: what is wrong and where. Free; a clerk of the section in charge answers."""

from engine.fields import Choice, LongText, Pattern, Text, Upload
from engine.service import Charge, Decision, Service, Step
from engine.wording import _

CATEGORIES = (
    ("cleanliness", _("Cleanliness and waste")),
    ("building", _("Building without a permit")),
    ("food", _("Food and health")),
    ("roads", _("Roads and lighting")),
    ("animals", _("Stray animals")),
    ("other", _("Something else")),
)

what = Step("what", _("What is wrong?"), Choice("category", _("What is it about?"), options=CATEGORIES),
            LongText("story", _("Tell us what happened")), Upload("photo", _("Photo"), required=False))  # fmt: skip
where = Step("where", _("Where is it?"), Text("place", _("Describe the place"), longest=500),
             Pattern("address", _("Addressing number"), shape=r"\d{1,10}", required=False))  # fmt: skip

service = Service(
    code="municipality.complaint",
    title=_("Submit a complaint"),
    summary=_("Tell the municipality what is wrong, and where."),
    takes=_("The section in charge answers by mail and SMS."),
    known_as=(_("Report a problem"),),
    steps=(what, where),
    charge=Charge.NEVER,
    decision=Decision.CLERK,
)
