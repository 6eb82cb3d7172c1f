"""The registers of the municipality: what it licensed, and who may sign drawings."""

from engine.registers import Column, Kind, Register
from engine.wording import _

# --- Licences and engineers ------------------------------------------------------------------------------------------------------

STANDING, CANCELLED = "standing", "cancelled"
LICENCE_STATES = {STANDING: _("Standing"), CANCELLED: _("Was cancelled")}

# A short list of ours: the municipality publishes none.
ACTIVITIES = {
    "food": _("Food shop"),
    "restaurant": _("Restaurant or café"),
    "clothing": _("Clothing and tailoring"),
    "building-materials": _("Building materials"),
    "workshop": _("Workshop"),
    "hairdresser": _("Hairdresser or salon"),
    "office": _("Office"),
    "warehouse": _("Warehouse"),
}
DISCIPLINES = {
    "architecture": _("Architecture"),
    "civil": _("Civil engineering"),
    "electrical": _("Electrical engineering"),
    "mechanical": _("Mechanical engineering"),
    "surveying": _("Surveying"),
}

licences = Register(
    code="municipality.licences",
    title=_("Municipal licences"),
    number=_("Licence number"),
    parent="establishment",
    parties=("establishment",),
    through="chamber.establishments",
    public=("establishment", "name", "activity", "expires", "state"),
    numbers="{year}/{n:05}",
    tracked=True,
    columns=(
        Column("establishment", _("Commercial registration"), of="chamber.establishments"),
        Column("name", _("Company name"), Kind.WORDS),
        Column("activity", _("Activity"), Kind.OPTION, ACTIVITIES),
        Column("premises", _("Addressing number of the premises"), of="municipality.addresses"),
        Column("lease", _("Lease contract number"), required=False, of="municipality.leases"),
        Column("expires", _("Expiry date"), Kind.DAY),
        Column("state", _("State"), Kind.OPTION, LICENCE_STATES),
    ),
)

engineers = Register(
    code="municipality.engineers",
    title=_("Registered engineers"),
    number=_("Engineer's number"),
    holder="holder",
    parent="office",
    parties=("office",),
    through="chamber.establishments",
    public=("office", "name", "discipline", "expires"),
    numbers="{year}/{n:04}",
    columns=(
        Column("holder", _("Civil number")),
        Column("name", _("Engineer's name"), Kind.WORDS),
        Column("discipline", _("Discipline"), Kind.OPTION, DISCIPLINES),
        Column("office", _("Commercial registration of the office"), of="chamber.establishments"),
        Column("expires", _("Expiry date"), Kind.DAY),
    ),
)
