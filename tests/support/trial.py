"""A second, unlike, tiny authority: nothing of the chamber is in it. It shows that the engine serves services it was not written for.

A parking permit: a text and a choice, a file, a clerk decides, the fee falls due only after approval.
"""

from collections.abc import Iterator

from engine.fees import Fee
from engine.fields import Choice, Text, Upload, Whole
from engine.service import Authority, Case, Certificate, Charge, Decision, Quote, Rows, Service, Step
from engine.wording import _


def fees(case: Case) -> Iterator[Fee]:
    yield Fee("trial.parking", quantity=case["months"])


def printed(case: Case) -> Rows:
    yield _("Number"), case["plate"]
    yield _("Date of issue"), case.issued


parking = Service(
    code="trial.parking",
    title=_("Completed"),  # words the catalogue of translations already has: the trial is not shipped
    summary=_("Finished"),
    takes=_("Since"),
    fee_codes=("trial.parking",),
    steps=(
        Step(
            "car",
            _("Number"),
            Text("plate", _("Number"), longest=12),
            Choice("kind", _("For"), options=((1, _("First")), (2, _("Second")))),
        ),
        Step(
            "papers",
            _("Your documents"),
            Upload("deed", _("Download")),
            Whole("months", _("Amount"), least=1, most=12),
            shows=Quote(),
        ),
    ),
    fees=fees,
    charge=Charge.ON_APPROVAL,
    decision=Decision.CLERK,
    issues=Certificate(
        "membership_certificate.html",
        title=_("Completed"),
        named=lambda case: {"ar": case["plate"], "en": case["plate"]},
        rows=printed,
        says={"certifies": _("Completed"), "registered": _("Completed"), "statement": _("Completed")},
    ),
)

authority = Authority(code="trial", title=_("Contact"), summary=_("Home"), services=(parking,))
