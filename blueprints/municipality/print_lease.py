"""Print a lease again: the contract, its renewal, or its supplement. The same file; where the portal has none it is issued from the register.

Source: the municipality's list of services, "Print a lease contract", "Print a renewed contract", "Print a supplementary contract".
"""

from collections.abc import Callable, Iterator

from blueprints.municipality import amend_lease, leases, register_lease, renew_lease
from engine.assurance import Assurance
from engine.registers import Record
from engine.service import Case, Charge, Decision, Quote, Refusal, Service, Step
from engine.wording import Text, _


def printing(code: str, title: Text, summary: Text, original: Service, missing: Callable[[Record], Text | None]) -> Service:
    """The service that hands out what another one issued; `missing` says why there is none."""

    def refusals(case: Case) -> Iterator[Refusal]:
        yield from leases.in_force(case)
        if why := missing(case.record("lease")):
            yield Refusal(why, field="lease")

    issued = original.issues
    assert issued is not None
    return Service(
        code=f"municipality.{code}",
        section="leases",
        title=title,
        summary=summary,
        needs=(leases.NUMBER, leases.CARD),
        takes=_("Two minutes."),
        steps=(leases.choosing(_("Which lease?")), _shown()),
        subject="lease",
        **leases.flat("municipality.lease-print"),
        refusals=refusals,
        charge=Charge.ON_SUBMISSION,
        decision=Decision.AUTOMATIC,
        issues=leases.paper(
            issued.template, issued.title, issued.says["opening"], body=(lambda case: "") if issued.body else None, again=True
        ),
    )


def _shown() -> Step:
    looking = leases.looking(Assurance.PASSWORD)
    return Step(looking.name, looking.title, *looking.items, shows=Quote())


def _never_renewed(lease: Record) -> Text | None:
    return None if leases.counted(lease.renewals) else _("This lease was never renewed, so there is no renewal to print.")


def _never_amended(lease: Record) -> Text | None:
    return None if leases.counted(lease.supplements) else _("This lease has no supplement to print.")


contract = printing(
    "print-lease",
    _("Print a lease contract"),
    _("Receive the registered contract of a lease again."),
    register_lease.service,
    lambda lease: None,
)
renewal = printing(
    "print-renewal",
    _("Print a renewed contract"),
    _("Receive the contract of a lease's last renewal again."),
    renew_lease.service,
    _never_renewed,
)
supplement = printing(
    "print-supplement",
    _("Print a supplementary contract"),
    _("Receive the newest supplement of a lease again."),
    amend_lease.service,
    _never_amended,
)
