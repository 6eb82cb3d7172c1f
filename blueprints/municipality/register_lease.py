"""Register a lease. A clerk compares it with the title deed; a share of the yearly rent falls due once it is approved.

Source: the municipality's list of services, "Register a lease". Rate and what a clerk looks at are ours.
"""

import datetime as dt
from collections.abc import Iterator

from blueprints.municipality import leases
from blueprints.municipality.registers import USES
from blueprints.municipality.registers import leases as register
from engine.assurance import Assurance
from engine.fields import Amount, Choice, Day, Pattern, Text, Upload
from engine.money import Money
from engine.service import Case, Charge, Creation, Decision, Fee, Quote, Refusal, Sample, Service, Step
from engine.wording import Text as Title
from engine.wording import _

NUMBER = _("A civil or commercial registration number has up to 9 digits.")
PHONE = _("A mobile number in Oman has 8 digits and begins with 7 or 9.")
ADDRESS = _("An addressing number has up to 10 digits. It stands on the plate of the building.")
ASKED_THERE = _("What needs their agreement later is asked there.")


def party(name: str, title: Title) -> Step:
    return Step(
        name,
        title,
        Text(f"{name}_name", _("Name, as on the ID card or the registration"), longest=120),
        Pattern(name, _("Civil or commercial registration number"), shape=r"\d{1,9}", wrong=NUMBER),
        Pattern(f"{name}_phone", _("Mobile number"), ASKED_THERE, shape=r"(\+?968)?[79]\d{7}", wrong=PHONE),
        Upload(f"{name}_id", _("Copy of the ID card or registration")),
        assurance=Assurance.SUBSTANTIAL,
    )


def fees(case: Case) -> Iterator[Fee]:
    yield Fee("municipality.lease", base=Money(case["rent"]))


def samples(day: dt.date) -> Iterator[Sample]:
    for rent in (Money.rials(1_800), Money.rials(12_000)):
        yield Sample(_("A yearly rent of %(rent)s", rent=rent), {"rent": rent.baisa})


def refusals(case: Case) -> Iterator[Refusal]:
    if case["until"] <= case["starts"]:
        yield Refusal(_("A lease ends after it begins. Correct the term."), field="until")
    if case["landlord"] == case["tenant"]:
        yield Refusal(_("Landlord and tenant are the same. Correct one of the two numbers."), field="tenant")


def effects(case: Case) -> Iterator[Creation]:
    typed = {column.name: case.get(column.name) or "" for column in register.columns}
    names = {name: {"ar": case[name], "en": case[name]} for name in ("landlord_name", "tenant_name")}
    place = leases.place(case["plot"], case.get("unit"))
    yield Creation("lease", register, {**typed, **names, "name": place, "state": leases.ACTIVE})


service = Service(
    code="municipality.register-lease",
    section="leases",
    title=_("Register a lease"),
    summary=_("Make a lease known to the municipality and receive the registered contract."),
    needs=(leases.IDENTITY, _("Copies of the title deed and of both parties' ID cards or registrations"), leases.CARD),
    takes=_("Ten minutes to fill in. A clerk compares it with the deed; you pay once it is approved."),
    known_as=(_("Rent contract"), _("Municipality contract")),
    fee_codes=("municipality.lease",),
    steps=(
        party("landlord", _("Who lets?")),
        party("tenant", _("Who rents?")),
        Step(
            "property",
            _("What is let?"),
            Pattern("address", _("Addressing number"), shape=r"\d{1,10}", wrong=ADDRESS),
            Text("plot", _("Plot"), longest=40),
            Text("unit", _("Unit"), required=False, longest=40),
            Choice("use", _("Use"), options=tuple(USES.items())),
            Upload("deed", _("Title deed")),
            assurance=Assurance.SUBSTANTIAL,
        ),
        Step(
            "terms",
            _("On which terms?"),
            Day("starts", _("From")),
            Day("until", _("Until")),
            Amount("rent", _("Yearly rent")),
            Amount("deposit", _("Deposit"), required=False),
            assurance=Assurance.SUBSTANTIAL,
            shows=Quote(),
        ),
    ),
    subject="lease",
    fees=fees,
    samples=samples,
    refusals=refusals,
    effects=effects,
    charge=Charge.ON_APPROVAL,
    decision=Decision.CLERK,
    issues=leases.paper(leases.CONTRACT, _("Lease contract"), _("This lease is registered with the municipality.")),
)
