"""The registers the municipality works with."""

from engine.registers import Column, Kind, Register
from engine.wording import _

# --- Building permits ------------------------------------------------------------------------------------------------------------

USES = {
    "villa": _("Villa"),
    "flats": _("Block of flats"),
    "trade": _("Shops and offices"),
    "industry": _("Industry or storage"),
    "public": _("School, mosque or other public building"),
}
GRANTED, STARTED, COMPLETED = "granted", "started", "completed"
HELD, RETURNED = "held", "returned"

permits = Register(
    code="municipality.permits",
    title=_("Building permits"),
    number=_("Permit number"),
    holder="holder",
    columns=(
        Column("holder", _("Civil number of the owner")),
        Column("name", _("Owner"), Kind.WORDS),
        Column("plot", _("Plot number")),
        Column("use", _("Use of the building"), Kind.OPTION, USES),
        Column("floors", _("Number of floors")),
        Column("area", _("Built area (m²)")),
        Column("engineer", _("Civil number of the engineer"), required=False),
        Column("office", _("Consulting office"), required=False),
        Column("contractor", _("Contractor"), required=False),
        Column(
            "state",
            _("State of the building"),
            Kind.OPTION,
            {GRANTED: _("Permit granted"), STARTED: _("Building has begun"), COMPLETED: _("Building is completed")},
        ),
        Column("completed", _("Completed on"), Kind.DAY, required=False),
        Column("deposit", _("Deposit"), Kind.MONEY, required=False),
        Column(
            "deposit_state",
            _("State of the deposit"),
            Kind.OPTION,
            {HELD: _("Held by the municipality"), RETURNED: _("Paid back")},
            required=False,
        ),
    ),
    numbers="{year}{n:05}",
)
