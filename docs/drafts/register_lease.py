"""Register a lease. A clerk compares it with the title deed; a share of the yearly rent falls due once it is approved.

Source: the municipality's list of services, "Register a lease". Nothing may be charged before the clerk has agreed.
"""

from collections.abc import Iterator

from engine.assurance import Assurance
from engine.fields import Amount, Choice, Day, Pattern, Text, Upload
from engine.money import Money
from engine.service import Case, Certificate, Charge, Decision, Fee, Refusal, Rows, Service, Step
from engine.wording import Text as Title
from engine.wording import Words, _

USES = (("home", _("A home")), ("shop", _("A shop")), ("office", _("An office")), ("store", _("A store")))
NUMBER = {"shape": r"\d{1,9}", "wrong": _("A civil or commercial registration number has up to 9 digits.")}
PHONE = {"shape": r"(\+?968)?[279]\d{7}", "wrong": _("A phone number in Oman has 8 digits.")}


def party(name: str, title: Title) -> Step:
    return Step(
        name,
        title,
        Text(f"{name}_name", _("Name")),
        Pattern(f"{name}_number", _("Civil or commercial registration number"), **NUMBER),
        Pattern(f"{name}_phone", _("Phone"), **PHONE),
        Upload(f"{name}_id", _("Copy of the ID card or registration")),
        assurance=Assurance.SUBSTANTIAL,
    )


def fees(case: Case) -> Iterator[Fee]:
    yield Fee("municipality.lease", base=Money(case["rent"]))


def refusals(case: Case) -> Iterator[Refusal]:
    if case["until"] <= case["starts"]:
        yield Refusal(_("A lease ends after it begins. Correct the term."), field="until")
    if case["landlord_number"] == case["tenant_number"]:
        yield Refusal(_("Landlord and tenant are the same. Correct one of the two numbers."), field="tenant_number")


def both_parties(case: Case) -> Words:
    return {"ar": f"{case['landlord_name']} و{case['tenant_name']}", "en": f"{case['landlord_name']} and {case['tenant_name']}"}


def contract(case: Case) -> Rows:
    for step in service.steps:
        yield from ((field.label, field.shown(case.get(field.name))) for field in step.fields if not isinstance(field, Upload))


property_step = Step("property", _("What is let?"), Pattern("address", _("Addressing number"), shape=r"\d{1,10}"),
                     Text("plot", _("Plot")), Text("unit", _("Unit"), required=False), Choice("use", _("Use"), options=USES),
                     Upload("deed", _("Title deed")), assurance=Assurance.SUBSTANTIAL)  # fmt: skip
terms = Step("terms", _("On which terms?"), Day("starts", _("From")), Day("until", _("Until")), Amount("rent", _("Yearly rent")),
             Amount("deposit", _("Deposit"), required=False), assurance=Assurance.SUBSTANTIAL)  # fmt: skip

service = Service(
    code="municipality.register-lease", title=_("Register a lease"), summary=_("Make a lease known to the municipality."),
    takes=_("A clerk looks at it; you are told by mail and SMS."), fee_codes=("municipality.lease",),
    steps=(party("landlord", _("Who lets?")), party("tenant", _("Who rents?")), property_step, terms),
    fees=fees, refusals=refusals, charge=Charge.ON_APPROVAL, decision=Decision.CLERK,
    issues=Certificate("lease_contract.html", title=_("Lease contract"), named=both_parties, rows=contract, says={}),
)  # fmt: skip
