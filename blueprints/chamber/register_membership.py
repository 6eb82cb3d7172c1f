"""Register a company with the chamber: its first membership and certificate at once, without a clerk.

Source: the chamber's manual of its electronic services (2018), "New membership registration". It shows no payment: the fee is in the
schedule at zero. Its CAPTCHA is asked when registering and signing in here.
"""

import datetime as dt
from collections.abc import Iterator

from blueprints.chamber import membership, terms
from blueprints.chamber.registers import memberships
from engine.calendar import add_months
from engine.service import Case, Charge, Creation, Decision, Quote, Refusal, Rows, Service
from engine.wording import _


def expiry(case: Case) -> dt.date:
    return add_months(case.today, terms.NEW_MEMBERSHIP)


def refusals(case: Case) -> Iterator[Refusal]:
    if member := case.find("membership"):
        already = _(
            "This company is already a member, under OCCI number %(number)s. It is renewed, not registered.", number=member.number
        )
        yield Refusal(already, field="registration", start=membership.renewal(member))


def effects(case: Case) -> Iterator[Creation]:
    company = case.record("registration")
    shared = {name: company.data[name] for name in ("name", "address", "head_office", "grade")}
    data = {"establishment": company.number, **shared, "email": "", "expires": expiry(case).isoformat()}
    yield Creation("membership", memberships, data, first_of=company)


def company_data(case: Case) -> Rows:
    company = case.record("registration")
    yield from membership.names(company)
    yield _("Address"), company.address
    yield _("Commercial registration"), company.number
    yield _("Civil number"), company.holder
    yield _("Grade"), membership.grade(company)


def outcome(case: Case) -> Rows:
    yield _("Expiry date"), expiry(case)


service = Service(
    code="chamber.register-membership",
    title=_("New membership registration"),
    summary=_("Make a company a member of the chamber and get its certificate at once."),
    needs=(membership.ID, _("A company under your name in the commercial register that is not a member yet")),
    takes=_("About three minutes. The certificate is issued as soon as you submit."),
    known_as=(_("Join the chamber"), _("Chamber card for a new company")),
    fee_codes=("chamber.registration",),
    steps=(
        membership.which_company(_("Which company is to be a member?"), brings=(("membership", "chamber.memberships"),)),
        membership.check_company(company_data, shows=Quote(outcome)),
    ),
    subject="membership",
    fees=membership.charges("chamber.registration"),
    samples=membership.any_company,
    refusals=refusals,
    effects=effects,
    charge=Charge.ON_SUBMISSION,
    decision=Decision.AUTOMATIC,
    issues=membership.certificate(lambda case: {}),
)
