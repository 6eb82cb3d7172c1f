"""What the services around a building permit share: choosing one's own, what is printed of it, and made-up ones for samples."""

import datetime as dt
from collections.abc import Iterator

from blueprints.municipality.registers import GRANTED, HELD, permits
from engine.assurance import Assurance
from engine.fields import FromRegister
from engine.registers import Record
from engine.service import Case, Rows, Sample, Step, Summary
from engine.wording import Words, _


def chosen(*also: str, assurance: Assurance = Assurance.PASSWORD) -> tuple[Step, Step]:
    """The first two steps: which of one's permits, and what the register says of it, with these columns too."""
    return (
        Step(
            "permit",
            _("Which building permit?"),
            FromRegister(
                "permit",
                _("Permit number"),
                register=permits.code,
                none=_(
                    "There is no building permit under your civil number. If you hold one on paper, ask the municipality to enter it."
                ),
            ),
        ),
        Step(
            "building",
            _("Is this the building?"),
            Summary("permit", columns=("plot", "use", "floors", "area", "state", *also)),
            assurance=assurance,
        ),
    )


def owner(case: Case) -> Words:
    return case.record("permit").title


def building(permit: Record) -> Rows:
    """What a paper says of the building."""
    yield permits.number, permit.number
    for name in ("plot", "use", "floors", "area", "office", "contractor"):
        if permit.data.get(name):
            yield permits.column(name).label, permits.column(name).shown(permit.data[name])


def samples(day: dt.date) -> Iterator[Sample]:
    made_up = {"plot": "412", "use": "villa", "floors": "2", "area": "480", "state": GRANTED, "deposit_state": HELD}
    yield Sample(_("Any building"), records={"permit": permits.record("202600001", made_up)})
