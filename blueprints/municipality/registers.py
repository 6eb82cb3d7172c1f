"""The registers of the municipality."""

from engine.registers import Column, Kind, Register, Reminder
from engine.wording import _

# --- Addresses of buildings ------------------------------------------------------------------------------------------------------

addresses = Register(
    code="municipality.addresses",
    title=_("Building addresses"),
    number=_("Addressing number"),
    holder="holder",
    columns=(
        Column("holder", _("Civil number")),
        Column("name", _("Owner"), Kind.WORDS),
        Column("plot", _("Plot number")),
        Column("area", _("Neighbourhood"), Kind.WORDS),
        Column("way", _("Way"), required=False),
        Column("building", _("Building"), required=False),
        Column("latitude", _("Latitude")),
        Column("longitude", _("Longitude")),
    ),
    public=("area", "way", "building", "latitude", "longitude"),
    numbers="{n:05}",
    first=10001,
    tracked=True,
)

# --- Leases ----------------------------------------------------------------------------------------------------------------------

USES = {"home": _("A home"), "shop": _("A shop"), "office": _("An office"), "store": _("A store")}
LEASE_OVER = "cancelled"
LEASE_STATES = {"active": _("In force"), LEASE_OVER: _("Cancelled")}

leases = Register(
    code="municipality.leases",
    title=_("Leases"),
    number=_("Contract number"),
    holder="landlord",
    parties=("tenant",),
    through="chamber.establishments",
    ends="until",
    over=lambda data: bool(data.get("state") == LEASE_OVER),
    reminds=Reminder(what=_("Lease"), service="municipality.renew-lease", record="lease", days=()),
    numbers="{year}/{n:05}",
    tracked=True,
    columns=(
        Column("landlord", _("Landlord's number")),
        Column("landlord_name", _("Landlord"), Kind.WORDS),
        Column("landlord_phone", _("Landlord's mobile")),
        Column("tenant", _("Tenant's number")),
        Column("tenant_name", _("Tenant"), Kind.WORDS),
        Column("tenant_phone", _("Tenant's mobile")),
        Column("name", _("What is let"), Kind.WORDS),
        Column("address", _("Addressing number"), required=False, of="municipality.addresses"),
        Column("plot", _("Plot")),
        Column("unit", _("Unit"), required=False),
        Column("use", _("Use"), Kind.OPTION, USES),
        Column("starts", _("From"), Kind.DAY),
        Column("until", _("Until"), Kind.DAY),
        Column("rent", _("Yearly rent"), Kind.MONEY),
        Column("deposit", _("Deposit"), Kind.MONEY, required=False),
        Column("state", _("State"), Kind.OPTION, LEASE_STATES),
        Column("renewals", _("Renewals"), Kind.WHOLE, required=False),
        Column("supplements", _("Supplements"), Kind.WHOLE, required=False),
    ),
)

# --- Building permits ------------------------------------------------------------------------------------------------------------

BUILDINGS = {
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
        Column("use", _("Use of the building"), Kind.OPTION, BUILDINGS),
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
    ends="expires",
    over=lambda data: bool(data.get("state") == CANCELLED),
    reminds=Reminder(what=_("Municipal licence"), service="municipality.renew-licence", record="licence", days=()),
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
    ends="expires",
    numbers="{year}/{n:04}",
    columns=(
        Column("holder", _("Civil number")),
        Column("name", _("Engineer's name"), Kind.WORDS),
        Column("discipline", _("Discipline"), Kind.OPTION, DISCIPLINES),
        Column("office", _("Commercial registration of the office"), of="chamber.establishments"),
        Column("expires", _("Expiry date"), Kind.DAY),
    ),
)
