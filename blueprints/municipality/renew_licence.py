"""Renew a municipal licence for one to three years. A clerk decides; its fee falls due on approval.

Source: Sohar municipality's list of services, "licences". Ours, the sources being silent: whole lapsed years are owed, and the new expiry
counts from the old one.
"""

import datetime as dt
from collections.abc import Iterator

from blueprints.municipality.licensing import NEEDS, WHICH, a_licence, issued_until, refuse_cancelled
from engine.calendar import add_months, whole_years
from engine.fields import Choice
from engine.service import Case, Charge, Decision, Effect, Fee, Quote, Sample, Service, Step, Summary
from engine.wording import _

YEARS = ((1, _("One year")), (2, _("Two years")), (3, _("Three years")))


def fees(case: Case) -> Iterator[Fee]:
    yield Fee("municipality.renew-licence", quantity=case["years"])
    if lapsed := lapsed_years(case):
        yield Fee("municipality.licence-arrears", quantity=lapsed)


def samples(day: dt.date) -> Iterator[Sample]:
    for years, period in YEARS:
        yield Sample(period, {"years": years}, a_licence(day))
    yield Sample(_("One year, after two years lapsed"), {"years": 1}, a_licence(day, months=-24))


def lapsed_years(case: Case) -> int:
    return whole_years(case.record("licence").expires, case.today)


def new_expiry(case: Case) -> dt.date:
    return add_months(case.record("licence").expires, 12 * (lapsed_years(case) + case["years"]))


def effects(case: Case) -> Iterator[Effect]:
    yield Effect(case.record("licence"), {"expires": new_expiry(case).isoformat()})


service = Service(
    code="municipality.renew-licence",
    section="licences",
    title=_("Renew a municipal licence"),
    summary=_("Renew the licence of your shop, workshop or office before it ends, or after."),
    needs=NEEDS,
    takes=_("You ask for it in three minutes. A clerk looks at it; you pay once it is approved."),
    known_as=(_("Renew a shop licence"), _("Licence services")),
    fee_codes=("municipality.renew-licence", "municipality.licence-arrears"),
    steps=(
        WHICH,
        Step(
            "period",
            _("For how long?"),
            Summary("licence"),
            Choice("years", _("Renewal period"), options=YEARS),
            shows=Quote(lambda case: [(_("New expiry date"), new_expiry(case))]),
        ),
    ),
    subject="licence",
    fees=fees,
    samples=samples,
    refusals=refuse_cancelled,
    effects=effects,
    charge=Charge.ON_APPROVAL,
    decision=Decision.CLERK,
    issues=issued_until(new_expiry),
)
