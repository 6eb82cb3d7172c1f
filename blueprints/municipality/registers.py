"""The registers of the municipality."""

from engine.registers import Column, Kind, Register
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
)
