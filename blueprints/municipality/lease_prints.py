"""What printing a contract, a renewal or a supplement again has in common. What the portal never issued it issues from the register."""

from collections.abc import Callable, Iterator

from blueprints.municipality import leases
from blueprints.municipality.flat_fee import flat
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

    issued = original.certificates[0]
    return Service(
        code=f"municipality.{code}",
        section="leases",
        title=title,
        summary=summary,
        needs=(leases.NUMBER, leases.CARD),
        takes=_("Two minutes."),
        steps=(leases.choosing(_("Which lease?")), _shown()),
        subject="lease",
        **flat("municipality.lease-print"),
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
