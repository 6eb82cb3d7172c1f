"""Print the contract of a lease's last renewal again.

Source: the municipality's list of services.
"""

from blueprints.municipality import renew_lease
from blueprints.municipality.lease_prints import printing
from engine.registers import Record
from engine.wording import Text, _


def missing(lease: Record) -> Text | None:
    return None if lease.renewals else _("This lease was never renewed, so there is no renewal to print.")


service = printing(
    "print-renewal",
    _("Print a renewed contract"),
    _("Receive the contract of a lease's last renewal again."),
    renew_lease.service,
    missing,
)
