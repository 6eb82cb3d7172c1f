"""Renew a passport, one's own or one's child's. Photo and fingerprints are taken at a centre, where a clerk decides.

Source: seed 004 and the list of residency services: no fine for being late; its fee is our assumption. *[ours]*: the old passport ends as
the clerk approves, who cuts its corner.
"""

from collections.abc import Iterator

from blueprints.residency.passports import decided_at_a_centre, slip, visit
from blueprints.residency.registers import ENDED, LOST
from engine.assurance import Assurance
from engine.errors import Refusal
from engine.fields import FromRegister, Upload
from engine.service import Case, Effect, Rows, Service, Step, Summary
from engine.wording import _

TITLE = _("Renew a passport")


def refusals(case: Case) -> Iterator[Refusal]:
    if case.record("passport").state == ENDED:
        yield Refusal(_("This passport was replaced already. Choose the newer one."), field="passport")


def late(case: Case) -> Rows:
    expired = case.record("passport").expires
    if expired < case.today:
        yield _("Expired on"), expired
        yield _("Fine for being late"), _("None: a passport may be renewed late without a fine.")


def lost(case: Case) -> bool:
    return bool(case.record("passport").state == LOST)


def effects(case: Case) -> Iterator[Effect]:
    yield Effect(case.record("passport"), {"state": ENDED})


service = Service(
    code="residency.renew-passport",
    title=TITLE,
    summary=_("Renew your passport or your child's, before it ends or after, and choose when to come to a centre."),
    needs=(_("The old passport"), _("One visit, at the time you choose")),
    takes=_("You fill it in in three minutes. Then one visit to a centre."),
    known_as=(_("Passport appointment"),),
    steps=(
        Step(
            "passport",
            _("Which passport?"),
            FromRegister("passport", _("Passport"), register="residency.passports"),
            assurance=Assurance.SUBSTANTIAL,
        ),
        Step(
            "papers",
            _("Papers"),
            Summary("passport", columns=("name", "issued", "expires", "state")),
            Upload("old", _("The page with the photo, of the old passport"), asked=lambda case: not lost(case)),
            Upload("report", _("What the police wrote about the loss"), asked=lost),
        ),
        visit(late),
    ),
    refusals=refusals,
    effects=effects,
    subject="passport",
    issues=slip("passport", TITLE),
    **decided_at_a_centre("residency.renew-passport"),
)
