"""What the chamber's services share: which company, which membership, when one has run out, and the certificate.

Source: the chamber's manual of its electronic services (2018). It shows who proves themselves where: once company and membership are chosen.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

from engine.assurance import Assurance
from engine.fields import FromRegister
from engine.registers import Record
from engine.service import Case, Certificate, Facts, Fee, Quote, Refusal, Rows, Sample, Start, Step
from engine.wording import Text, _

ID = _("Your ID card's number, with Mobile ID switched on for your phone")
MEMBER = _("A company under your name in the commercial register that is already a member")
CARD = _("A bank card: a local credit card, or an international credit or debit card")
NOT_YET = _("This company is not a chamber member yet. Register its membership first, or go back and choose another company.")

Changes = Callable[[Case], dict[str, Any]]


def which_company(question: Text, *, brings: tuple[tuple[str, str], ...] = ()) -> Step:
    return Step(
        "establishment",
        question,
        FromRegister(
            "registration",
            _("Commercial registration"),
            hint=_("These are the registrations under your civil number."),
            register="chamber.establishments",
            none=_(
                "No commercial registration is filed under your civil number. Ask the ministry of commerce to correct its register."
            ),
            brings=brings,
        ),
    )


def which_membership(none: Text = NOT_YET) -> Step:
    return Step(
        "membership",
        _("Which membership?"),
        FromRegister("membership", _("OCCI number"), register="chamber.memberships", of="registration", none=none),
    )


def check_company(rows: Callable[[Case], Rows], shows: Quote | None = None) -> Step:
    """What the registers say, for the eyes of whoever has proven who they are."""
    return Step("company", _("Check the company's data"), Facts(rows), assurance=Assurance.SUBSTANTIAL, shows=shows)


def names(record: Record) -> Rows:
    yield _("Company name in English"), record.name["en"] or "—"
    yield _("Company name in Arabic"), record.name["ar"] or "—"


def grade(record: Record) -> Any:
    return record.register.column("grade").shown(record.grade)


def charges(code: str) -> Callable[[Case], Iterator[Fee]]:
    """One fee, the same for every grade: so it is in the manual."""

    def fees(case: Case) -> Iterator[Fee]:
        yield Fee(code)

    return fees


def any_company(day: dt.date) -> Iterator[Sample]:
    yield Sample(_("Any company"))


def renewal(member: Record) -> Start:
    return Start("chamber.renew-membership", {"registration": member.establishment, "membership": member.number})


def ended(case: Case) -> Iterator[Refusal]:
    """A membership that has ended is renewed first. The manual says so of changing the name; of the other services it is our rule."""
    member = case.record("membership")
    if member.expires < case.today:
        wrong = _("Please renew the company first: its membership ended on %(day)s.", day=member.expires)
        yield Refusal(wrong, field="membership", start=renewal(member))


def certificate(changes: Changes, *, duplicate: bool = False) -> Certificate:
    """The certificate of the membership as it stands with those changes."""

    def member(case: Case) -> Record:
        return case.record("membership").changed(changes(case))

    def rows(case: Case) -> Rows:
        standing = member(case)
        yield _("CR No"), standing.establishment
        yield _("Registered in the grade"), grade(standing)
        yield _("OCCI No"), standing.number
        yield _("Date of issue"), case.issued
        yield _("Date of expiry"), standing.expires
        yield _("Head office"), standing.head_office

    return Certificate(
        "membership_certificate.html",
        title=_("Membership Certificate"),
        named=lambda case: member(case).title,
        rows=rows,
        says={
            "certifies": _("The Chamber of Commerce and Industry hereby certifies that"),
            "registered": _("is registered with it as follows"),
            "statement": _(
                "This certificate is valid until the date of expiry above. Scan the code to see whether it still stands."
            ),
        },
        valid_until=lambda case: member(case).expires,
        duplicate=duplicate,
    )
