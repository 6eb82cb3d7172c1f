"""A second, unlike, tiny authority: nothing of the chamber is in it. It shows that the engine serves services it was not written for.

A parking permit: a text and a choice, a file, a clerk decides, the fee falls due only after approval.
"""

from collections.abc import Iterator

from engine.fees import Fee
from engine.fields import Choice, FromRegister, Text, Upload, Whole
from engine.service import Authority, Case, Certificate, Charge, Decision, Effect, Quote, Rows, Service, Stage, Step
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


def renamed(case: Case) -> Iterator[Effect]:
    yield Effect(case.record("company"), {"grade": "first"})


upgrade = Service(
    code="trial.upgrade",
    title=_("Completed"),
    summary=_("Finished"),
    takes=_("Since"),
    steps=(Step("company", _("Number"), FromRegister("company", _("Number"), register="chamber.establishments")),),
    effects=renamed,
    charge=Charge.NEVER,
    decision=Decision.CLERK,
)
"""What a clerk's approval changes in a register, without a fee."""

permit = Service(
    code="trial.permit",
    title=_("Completed"),
    summary=_("Finished"),
    takes=_("Since"),
    fee_codes=("trial.parking",),
    steps=(
        Step("plot", _("Number"), Text("plot", _("Number"), longest=12), Whole("months", _("Amount"), least=1, most=12)),
        Step("papers", _("Your documents"), Upload("plan", _("Download"), required=False), shows=Quote()),
    ),
    stages=(Stage("engineering", _("First")), Stage("head", _("Second"))),
    fees=fees,
    charge=Charge.ON_APPROVAL,
    decision=Decision.CLERK,
    reply=_("Finished"),
)
"""Two decide in turn, the second answers in words; its fee falls due when both have approved."""

authority = Authority(
    code="trial",
    title=_("Contact"),
    summary=_("Home"),
    services=(parking, upgrade, permit),
    sections={"engineering": _("First"), "head": _("Second"), "roads": _("Since")},
)
