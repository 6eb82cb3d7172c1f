"""Bring a member's name on the chamber's file up to its name in the ministry's register, and issue the certificate with it.

Source: the chamber's manual of its electronic services (2018), "Change name".
"""

from collections.abc import Iterator
from typing import Any

from blueprints.chamber import membership
from engine.service import Case, Charge, Decision, Effect, Quote, Refusal, Rows, Service
from engine.wording import _


def changes(case: Case) -> dict[str, Any]:
    return {"name": case.record("registration").name}


def refusals(case: Case) -> Iterator[Refusal]:
    yield from membership.ended(case)
    if case.record("membership").name == case.record("registration").name:
        same = _("The chamber's file has the same names as the ministry's register already, so there is nothing to change.")
        yield Refusal(same, field="membership")


def effects(case: Case) -> Iterator[Effect]:
    yield Effect(case.record("membership"), changes(case))


def both_names(case: Case) -> Rows:
    yield from membership.names(case.record("membership"))
    yield from new_names(case)


def new_names(case: Case) -> Rows:
    new = case.record("registration").name
    yield _("New company name in English"), new["en"] or "—"
    yield _("New company name in Arabic"), new["ar"] or "—"


service = Service(
    code="chamber.change-name",
    title=_("Change name"),
    summary=_("Have the chamber take over a company's new name from the ministry's register, and get the certificate with it."),
    needs=(membership.ID, membership.MEMBER, _("The new name, already entered in the commercial register"), membership.CARD),
    takes=_("About three minutes. The certificate is issued as soon as the payment is confirmed."),
    known_as=(_("Change company name"), _("Change the trade name")),
    fee_codes=("chamber.name-change",),
    steps=(
        membership.which_company(_("Whose name has changed?")),
        membership.which_membership(),
        membership.check_company(both_names, shows=Quote(new_names)),
    ),
    subject="membership",
    fees=membership.charges("chamber.name-change"),
    samples=membership.any_company,
    refusals=refusals,
    effects=effects,
    charge=Charge.ON_SUBMISSION,
    decision=Decision.AUTOMATIC,
    issues=membership.certificate(changes),
)
