"""Bring a member's grade up to its grade in the ministry's register; the membership then runs for a year from today.

Source: the chamber's manual of its electronic services (2018), "Change grade". How long it runs is our rule, which fits its figures.
"""

from collections.abc import Iterator
from typing import Any

from blueprints.chamber import membership, terms
from engine.calendar import add_months
from engine.service import Case, Charge, Decision, Effect, Quote, Refusal, Rows, Service
from engine.wording import _


def changes(case: Case) -> dict[str, Any]:
    expires = add_months(case.today, terms.CHANGED_GRADE)
    return {"grade": case.record("registration").grade, "expires": expires.isoformat()}


def refusals(case: Case) -> Iterator[Refusal]:
    yield from membership.ended(case)
    if case.record("membership").grade == case.record("registration").grade:
        same = _("The chamber has the same grade on file as the ministry's register, so there is nothing to change.")
        yield Refusal(same, field="membership")


def effects(case: Case) -> Iterator[Effect]:
    yield Effect(case.record("membership"), changes(case))


def both_grades(case: Case) -> Rows:
    company, member = case.record("registration"), case.record("membership")
    yield from membership.names(member)
    yield _("Address"), member.address
    yield _("Grade in the ministry's register"), membership.grade(company)
    yield _("Grade on the chamber's file"), membership.grade(member)
    yield _("Expiry date"), member.expires


def outcome(case: Case) -> Rows:
    changed = case.record("membership").changed(changes(case))
    yield _("New grade"), membership.grade(changed)
    yield _("New expiry date"), changed.expires


service = Service(
    code="chamber.change-grade",
    title=_("Change grade"),
    summary=_("Have the chamber take over a company's new grade from the ministry's register, and get the certificate with it."),
    needs=(membership.ID, membership.MEMBER, _("The new grade, already entered in the commercial register"), membership.CARD),
    takes=_("About three minutes. The certificate is issued as soon as the payment is confirmed."),
    known_as=(_("Raise the company's grade"), _("Lower the company's grade")),
    fee_codes=("chamber.grade-change",),
    steps=(
        membership.which_company(_("Whose grade has changed?")),
        membership.which_membership(),
        membership.check_company(both_grades, shows=Quote(outcome)),
    ),
    subject="membership",
    fees=membership.charges("chamber.grade-change"),
    samples=membership.any_company,
    refusals=refusals,
    effects=effects,
    charge=Charge.ON_SUBMISSION,
    decision=Decision.AUTOMATIC,
    issues=membership.certificate(changes),
)
