"""First passport. Papers are sent in ahead; photo and fingerprints are taken at the office. Waits for `Slot`, `Review`."""

from collections.abc import Iterator

from engine.assurance import Assurance
from engine.calendar import whole_years
from engine.fields import Choice, CivilNumber, Day, Slot, Text, Upload
from engine.service import Case, Certificate, Charge, Fee, Review, Rows, Service, Step
from engine.wording import Words, _

FOR_WHOM = (("me", _("For me")), ("child", _("For my child")))
OF_AGE = 18


def fees(case: Case) -> Iterator[Fee]:
    grown = whole_years(case.day("born"), case.today) >= OF_AGE
    yield Fee("residency.first-passport", variant="adult" if grown else "child")


def holder(case: Case) -> Words:
    return {"ar": case["name_ar"], "en": case["name_en"]}


def slip(case: Case) -> Rows:
    appointment = case.appointment("visit")
    yield _("Serial number"), appointment.serial
    yield _("Office"), appointment.office
    yield _("Come on"), appointment.at
    yield _("Bring with you"), _("The originals of what you attached")


service = Service(
    code="residency.first-passport",
    title=_("First passport"),
    summary=_("Apply for a passport for the first time, and choose when to come to the office."),
    takes=_("One visit to the office, at the time you choose."),
    fee_codes=("residency.first-passport",),
    steps=(
        Step(
            "who",
            _("Who is it for?"),
            Choice("for", _("Who is it for?"), options=FOR_WHOM),
            CivilNumber("number", _("Civil number")),
            Text("name_ar", _("Name in Arabic")),
            Text("name_en", _("Name in English, as it will stand in the passport")),
            Day("born", _("Born on")),
            assurance=Assurance.SUBSTANTIAL,
        ),
        Step("papers", _("Papers"), Upload("card", _("ID card")), Upload("birth", _("Birth certificate"))),
        Step("visit", _("When will you come?"), Slot("visit", _("Appointment"), offices="residency.offices", lasts=15)),
    ),
    fees=fees,
    charge=Charge.ON_SUBMISSION,
    decision=(Review("office", _("The passport office"), at="visit"),),
    issues=Certificate("slip.html", title=_("Passport application"), named=holder, rows=slip, says={}),
)
