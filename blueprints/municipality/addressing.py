"""The addressing card, as a new address and a lost card share it."""

from engine.registers import Record
from engine.service import Case, Certificate, Rows
from engine.wording import _


def rows(case: Case) -> Rows:
    address: Record = case.record("address")
    yield _("Addressing number"), address.number
    yield _("Neighbourhood"), address.area
    yield _("Way"), address.way or "—"
    yield _("Building"), address.building or "—"
    yield _("Plot number"), address.plot
    yield _("Coordinates"), f"{address.latitude}, {address.longitude}"
    yield _("Date of issue"), case.issued


def card(duplicate: bool = False) -> Certificate:
    return Certificate(
        "address_card.html",
        title=_("Addressing card"),
        named=lambda case: case.record("address").title,
        rows=rows,
        says={"holder": _("Owner")},
        duplicate=duplicate,
    )
