"""The municipality's registers that it keeps itself and the portal asks when needed."""

from engine.registers import Column, Kind, Register
from engine.wording import _

DUE, OVERDUE, PAID, CANCELLED = "due", "overdue", "paid", "cancelled"
PAYABLE = (DUE, OVERDUE)

STATES = {
    DUE: _("Not paid yet"),
    OVERDUE: _("Payment overdue"),
    PAID: _("Paid"),
    CANCELLED: _("Cancelled"),
}

violations = Register(
    code="municipality.violations",
    title=_("Violations"),
    number=_("Violation number"),
    columns=(
        Column("what", _("Violation"), Kind.WORDS),
        Column("article", _("Article"), Kind.WORDS),
        Column("day", _("Recorded on"), Kind.DAY),
        Column("place", _("Place"), Kind.WORDS),
        Column("amount", _("Amount"), Kind.MONEY),
        Column("state", _("State"), Kind.OPTION, STATES),
        Column("establishment", _("Commercial registration"), required=False),
    ),
    name="what",
    parties=("establishment",),
    through="chamber.establishments",
    public=("what", "article", "day", "amount", "state"),
    outside=True,
)
"""Where it was and whose it is, only its company sees."""
