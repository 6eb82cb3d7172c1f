"""Get the certificate of a membership again, in place of a lost one. Marked as a duplicate; the one before no longer stands.

Source: the chamber's manual of its electronic services (2018), "Get your certificate".
"""

import datetime as dt
from collections.abc import Iterator

from blueprints.chamber.membership import (
    CARD,
    ID,
    MEMBER,
    certificate,
    charges,
    check_company,
    ended,
    names,
    which_company,
    which_membership,
)
from engine.service import Case, Charge, Decision, Quote, Rows, Sample, Service
from engine.wording import _


def company_data(case: Case) -> Rows:
    member = case.record("membership")
    yield from names(member)
    yield _("Address"), member.address
    if email := member.data.get("email"):
        yield _("E-mail"), email
    yield _("Expiry date"), member.expires
    yield _("Commercial registration"), member.establishment
    yield _("Civil number"), case.record("registration").holder


def samples(day: dt.date) -> Iterator[Sample]:
    yield Sample(_("Any company"))


service = Service(
    code="chamber.get-certificate",
    title=_("Get your certificate"),
    summary=_("Get a company's chamber certificate again when it is lost. It is marked as a duplicate."),
    needs=(ID, MEMBER, CARD),
    takes=_("About three minutes. The certificate is issued as soon as the payment is confirmed."),
    known_as=(_("Replace the lost card"), _("Lost chamber certificate")),
    fee_codes=("chamber.certificate",),
    steps=(
        which_company(_("Whose certificate was lost?")),
        which_membership(),
        check_company(company_data, shows=Quote()),
    ),
    subject="membership",
    fees=charges("chamber.certificate"),
    samples=samples,
    refusals=ended,
    charge=Charge.ON_SUBMISSION,
    decision=Decision.AUTOMATIC,
    issues=certificate(lambda case: {}, duplicate=True),
)
