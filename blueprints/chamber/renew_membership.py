"""Renew a chamber membership for one, one and a half or two years. Issued at once, without a clerk.

Source: the chamber's manual of its electronic services (2018), "Membership renewal".
"""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from blueprints.chamber import membership
from blueprints.chamber.registers import GRADES, memberships
from engine.assurance import Assurance
from engine.calendar import add_months, whole_years
from engine.fields import Choice
from engine.registers import Record
from engine.service import Case, Charge, Decision, Declaration, Effect, Fee, Quote, Rows, Sample, Service, Step, Summary
from engine.wording import _

PERIODS = (
    (12, _("One year")),
    (18, _("One year and six months")),
    (24, _("Two years")),
)
COMPANY = ("establishment", "name", "address", "head_office", "grade", "expires")


def fees(case: Case) -> Iterator[Fee]:
    member = case.record("membership")
    yield Fee("chamber.first-year", variant=member.grade)
    if case["months"] > 12:
        yield Fee("chamber.second-year", variant=member.grade, share=(case["months"] - 12, 12))
    yield Fee("chamber.old-debit", variant=member.grade, quantity=lapsed_years(member, case.today))


def samples(day: dt.date) -> Iterator[Sample]:
    """Each grade for each period; and a membership that ended two years ago."""
    for grade, name in GRADES.items():
        for months, period in PERIODS:
            yield Sample(_("%(grade)s grade: %(period)s", grade=name, period=period), {"months": months}, _a_member(grade, day))
        lapsed = _a_member(grade, add_months(day, -24))
        yield Sample(_("%(grade)s grade: one year, after two years lapsed", grade=name), {"months": 12}, lapsed)


def _a_member(grade: str, expires: dt.date) -> dict[str, Record]:
    return {"membership": memberships.record("", {"grade": grade, "expires": expires.isoformat()})}


def lapsed_years(member: Record, today: dt.date) -> int:
    """Whole years since the membership ended: each is owed (our rule; the manual shows the line, not how it grows)."""
    return whole_years(member.expires, today)


def new_expiry(case: Case) -> dt.date:
    """The chosen period, counted from the last anniversary of the old expiry: nobody loses the days that are left."""
    member = case.record("membership")
    return add_months(member.expires, 12 * lapsed_years(member, case.today) + case["months"])


def outcome(case: Case) -> Rows:
    yield _("New expiry date"), new_expiry(case)


def changes(case: Case) -> dict[str, Any]:
    return {"expires": new_expiry(case).isoformat()}


def effects(case: Case) -> Iterator[Effect]:
    yield Effect(case.record("membership"), changes(case))


service = Service(
    code="chamber.renew-membership",
    title=_("Membership renewal"),
    summary=_("Renew a company's chamber membership and get the new certificate at once."),
    needs=(membership.ID, membership.MEMBER, membership.CARD),
    takes=_("About five minutes. The certificate is issued as soon as the payment is confirmed."),
    known_as=(_("Renew the chamber card"), _("Renew the chamber certificate")),
    fee_codes=("chamber.first-year", "chamber.second-year", "chamber.old-debit"),
    steps=(
        membership.which_company(_("Which company is renewing?")),
        membership.which_membership(
            none=_("This company is not a chamber member yet, so there is nothing to renew. Go back and choose another company.")
        ),
        Step("company", _("Check the company's data"), Summary("membership", columns=COMPANY), assurance=Assurance.SUBSTANTIAL),
        Step(
            "period",
            _("How long do you want to renew for?"),
            Choice("months", _("Renewal period"), options=PERIODS),
            assurance=Assurance.SUBSTANTIAL,
            shows=Quote(outcome),
        ),
    ),
    subject="membership",
    batch=("registration", "membership", "months"),
    fees=fees,
    samples=samples,
    effects=effects,
    charge=Charge.ON_SUBMISSION,
    decision=Decision.AUTOMATIC,
    declaration=Declaration(
        _(
            "I declare that what is written in this declaration is true, and ask the chamber to renew the membership "
            "for the period and the fees stated in it."
        )
    ),
    issues=membership.certificate(changes),
)
