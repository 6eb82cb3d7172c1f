"""Ask the municipality's administration for something that has no form of its own. A clerk answers by letter; its fee follows approval.

An objection to a record, such as a violation, is such a request: it says so by itself, and is free of charge (both ours).

Source: Sohar municipality's list of services, "administration services". Ours, the sources being silent: the fee, and three working days.
"""

from collections.abc import Iterator

from blueprints.municipality.flat_fee import anything
from engine.fees import Fee
from engine.fields import LongText, Text, Upload
from engine.service import Case, Certificate, Charge, Decision, Quote, Rows, Service, Step, Summary, WorkingDays
from engine.wording import Text as Wording
from engine.wording import _


def fees(case: Case) -> Iterator[Fee]:
    if "about" not in case.records:
        yield Fee("municipality.general-request")


def objection(case: Case) -> Wording | None:
    """What stands as the subject where it objects to a record."""
    return _("Objection to violation %(number)s", number=case.record("about").number) if "about" in case.records else None


def letter(case: Case) -> Rows:
    yield _("Subject"), case["subject"]
    yield _("Date of issue"), case.issued


service = Service(
    code="municipality.general-request",
    section="administration",
    title=_("Administration services"),
    summary=_("Write to the municipality about anything that has no form of its own, and receive its reply as a letter."),
    needs=(_("A few sentences about what you ask for"), _("Papers that support it, if you have any: PDF, JPEG or PNG")),
    takes=_("You write it in five minutes. A clerk reads it and answers by mail and SMS."),
    known_as=(_("General request"), _("Letter to the municipality")),
    fee_codes=("municipality.general-request",),
    steps=(
        Step(
            "request",
            _("What do you ask of the municipality?"),
            Summary("about"),
            Text(
                "subject", _("Subject"), hint=_("In a few words, as the letter will name it."), longest=100, starts_as=objection
            ),
            LongText("text", _("Your request"), hint=_("Tell us what you need and why."), longest=2000),
        ),
        Step(
            "papers",
            _("Is there a paper that supports it?"),
            Upload(
                "paper",
                _("Supporting paper"),
                hint=_("PDF, JPEG or PNG, up to 10 MB. You may go on without one."),
                required=False,
            ),
            shows=Quote(),
        ),
    ),
    fees=fees,
    samples=anything,
    charge=Charge.ON_APPROVAL,
    decision=Decision.CLERK,
    within=WorkingDays(3),
    reply=_("Your reply, as the letter prints it"),
    issues=Certificate(
        "letter.html",
        title=_("Reply letter"),
        named=lambda case: case.applicant or {"ar": "", "en": ""},
        rows=letter,
        says={"opening": _("In answer to your request, the municipality writes to")},
        body=lambda case: case.reply,
    ),
)
