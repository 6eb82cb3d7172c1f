"""Cancel a municipal licence, because the shop closes or moves. A clerk decides and writes the letter; its fee falls due on approval.

Source: Sohar municipality's list of services, "licences".
"""

from collections.abc import Iterator

from blueprints.municipality.flat_fee import flat
from blueprints.municipality.licensing import NEEDS, PAPER, WHICH, refuse_cancelled
from blueprints.municipality.registers import ACTIVITIES, CANCELLED
from engine.fields import LongText
from engine.service import Case, Certificate, Charge, Decision, Effect, Quote, Rows, Service, Step, Summary
from engine.wording import _


def effects(case: Case) -> Iterator[Effect]:
    yield Effect(case.record("licence"), {"state": CANCELLED})


def letter(case: Case) -> Rows:
    licence = case.record("licence")
    yield _("Licence number"), licence.number
    yield _("Activity"), ACTIVITIES[licence.activity]
    yield _("Addressing number of the premises"), licence.premises
    yield _("Cancelled on"), case.issued


service = Service(
    code="municipality.cancel-licence",
    section="licences",
    title=_("Cancel a municipal licence"),
    summary=_("Close a licence you no longer need, and receive the letter that says so."),
    needs=NEEDS,
    takes=_("You ask for it in three minutes. A clerk looks at it and sends you the letter."),
    known_as=(_("Close a shop"), _("Licence services")),
    steps=(
        WHICH,
        Step("reason", _("Why does it end?"), Summary("licence"), LongText("reason", _("Reason"), longest=1000), shows=Quote()),
    ),
    subject="licence",
    **flat("municipality.cancel-licence"),
    refusals=refuse_cancelled,
    effects=effects,
    charge=Charge.ON_APPROVAL,
    decision=Decision.CLERK,
    reply=_("What the letter says"),
    issues=Certificate(
        "letter.html",
        title=_("Cancellation of a licence"),
        named=lambda case: case.record("licence").title,
        rows=letter,
        says={"opening": _("The municipality has cancelled the licence of")},
        body=lambda case: case.reply,
        revokes=(PAPER,),
    ),
)
