"""Get the certificate of a membership again, in place of a lost one. Marked as a duplicate; the one before no longer stands.

Source: the chamber's manual of its electronic services (2018), "Get your certificate".
"""

from blueprints.chamber import membership
from engine.service import Case, Charge, Decision, Quote, Rows, Service
from engine.wording import _


def company_data(case: Case) -> Rows:
    member = case.record("membership")
    yield from membership.names(member)
    yield _("Address"), member.address
    if email := member.data.get("email"):
        yield _("E-mail"), email
    yield _("Expiry date"), member.expires
    yield _("Commercial registration"), member.establishment
    yield _("Civil number"), case.record("registration").holder


service = Service(
    code="chamber.get-certificate",
    title=_("Get your certificate"),
    summary=_("Get a company's chamber certificate again when it is lost. It is marked as a duplicate."),
    needs=(membership.ID, membership.MEMBER, membership.CARD),
    takes=_("About three minutes. The certificate is issued as soon as the payment is confirmed."),
    known_as=(_("Replace the lost card"), _("Lost chamber certificate")),
    fee_codes=("chamber.certificate",),
    steps=(
        membership.which_company(_("Whose certificate was lost?")),
        membership.which_membership(),
        membership.check_company(company_data, shows=Quote()),
    ),
    subject="membership",
    fees=membership.charges("chamber.certificate"),
    samples=membership.any_company,
    refusals=membership.ended,
    charge=Charge.ON_SUBMISSION,
    decision=Decision.AUTOMATIC,
    issues=membership.certificate(lambda case: {}, duplicate=True),
)
