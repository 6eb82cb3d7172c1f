"""A statement of what civil status has of a person: oneself, husband or wife, or a child. A clerk decides; the fee falls due on approval.

Source: the article on civil status in Oman (November 2023), which names the fee. Ours, the sources being silent: for whom, and the purposes.
"""

from blueprints.residency import events
from blueprints.residency.flat_fee import flat
from blueprints.residency.registers import people
from engine.fields import Choice, FromRegister
from engine.service import Case, Certificate, Charge, Decision, Quote, Rows, Service, Step, Summary
from engine.wording import _

SHOWN = ("name", "born", "birthplace", "sex", "nationality", "died")
PURPOSES = (
    ("school", _("School or university")),
    ("work", _("Work or pension")),
    ("bank", _("Bank")),
    ("court", _("Court or inheritance")),
    ("abroad", _("An authority abroad")),
    ("other", _("Another purpose")),
)
FOR = Choice("purpose", _("Purpose"), hint=_("The statement names it."), options=PURPOSES)


def statement(case: Case) -> Rows:
    person = case.record("person")
    yield people.number, person.number
    for column in map(people.column, ("civil", *SHOWN[1:])):
        if person.data.get(column.name):
            yield column.label, column.shown(person.data[column.name])
    yield FOR.label, FOR.shown(case["purpose"])
    yield _("Date of issue"), case.issued


service = Service(
    code="residency.proof-of-registration",
    section="civil",
    title=_("Proof of registration"),
    summary=_("A statement of how you, your wife or husband, or your child are entered in civil status."),
    needs=(events.IDENTITY,),
    takes=_("Two minutes. A clerk looks at it; you pay once it is approved."),
    known_as=(_("Statement of registration"), _("Civil status extract")),
    steps=(
        Step(
            "person",
            _("For whom?"),
            FromRegister("person", _("Registration number"), register=people.code, none=events.NOBODY),
            assurance=events.PROVEN,
        ),
        Step("purpose", _("What is it for?"), Summary("person", SHOWN), FOR, assurance=events.PROVEN, shows=Quote()),
    ),
    **flat("residency.proof-of-registration"),
    charge=Charge.ON_APPROVAL,
    decision=Decision.CLERK,
    issues=Certificate(
        "registration_statement.html",
        title=_("Proof of registration"),
        named=lambda case: case.record("person").title,
        rows=statement,
        says={
            "opening": _("This person is entered in civil status as follows:"),
            "statement": _("As it stands in the register on the day of issue. Scan the code to see whether it is genuine."),
        },
    ),
)
