"""Amend a lease: a supplement states what changes, and the lease as it stands then. A clerk looks at it.

Source: the municipality's list of services, "Amend a lease (supplementary contract)". Ours: what may change, and that the newest supplement
restates the whole, so that it takes the place of the ones before. A longer term is a renewal.
"""

from collections.abc import Iterator
from typing import Any

from blueprints.municipality import leases
from blueprints.municipality.flat_fee import flat
from blueprints.municipality.registers import USES
from engine.assurance import Assurance
from engine.fields import Amount, Choice, LongText, Text
from engine.registers import Record
from engine.service import Case, Charge, Decision, Effect, Quote, Refusal, Rows, Service, Step
from engine.wording import _

CHANGEABLE = ("unit", "use", "rent")


def differing(case: Case) -> dict[str, Any]:
    """What is written otherwise than the register has it."""
    lease = case.record("lease").data
    return {name: case.get(name) or "" for name in CHANGEABLE if (case.get(name) or "") != (lease.get(name) or "")}


def refusals(case: Case) -> Iterator[Refusal]:
    yield from leases.in_force(case)
    if not differing(case) and not case.get("agreed"):
        yield Refusal(
            _("Nothing differs from the lease as it stands. Change what is to change, or write what else you agree on."),
            field="agreed",
        )


def changes(case: Case) -> dict[str, Any]:
    lease, differs = case.record("lease"), differing(case)
    name = {"name": leases.place(lease.plot, differs["unit"])} if "unit" in differs else {}
    return differs | name | {"supplements": lease.supplements + 1, "state": leases.ACTIVE}


def effects(case: Case) -> Iterator[Effect]:
    yield Effect(case.record("lease"), changes(case))


def amended(case: Case) -> Record:
    return leases.changed(case.record("lease"), changes(case))


def supplement(case: Case) -> Rows:
    lease = amended(case)
    yield _("Supplement"), str(lease.supplements)
    for name in differing(case):
        column = lease.register.column(name)
        yield _("Changed: %(what)s", what=column.label), column.shown(lease.data[name])


service = Service(
    code="municipality.amend-lease",
    section="leases",
    title=_("Amend a lease (supplementary contract)"),
    summary=_("Change the unit, the use or the rent of a registered lease, or add what else you agree on."),
    needs=(leases.IDENTITY, leases.NUMBER),
    takes=_("Five minutes to fill in. A clerk looks at it; you pay once it is approved."),
    known_as=(_("Supplementary contract"),),
    steps=(
        leases.choosing(_("Which lease is amended?")),
        leases.looking(),
        Step(
            "changes",
            _("What changes?"),
            Text("unit", _("Unit"), required=False, longest=40, starts_as=lambda case: case.record("lease").unit or None),
            Choice("use", _("Use"), options=tuple(USES.items()), starts_as=lambda case: case.record("lease").use),
            Amount("rent", _("Yearly rent"), starts_as=lambda case: case.record("lease").rent.baisa),
            LongText("agreed", _("What else do you agree on?"), required=False, longest=1500),
            assurance=Assurance.SUBSTANTIAL,
            shows=Quote(),
        ),
    ),
    subject="lease",
    **flat("municipality.lease-amendment"),
    refusals=refusals,
    effects=effects,
    charge=Charge.ON_APPROVAL,
    decision=Decision.CLERK,
    issues=leases.paper(
        leases.SUPPLEMENT,
        _("Supplement to a lease"),
        _("This annex belongs to the lease named below, which stands from now on as stated here."),
        lease=amended,
        more=supplement,
        body=lambda case: case.get("agreed") or "",
    ),
)
