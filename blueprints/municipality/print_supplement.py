"""Print the newest supplement of a lease again: it states the whole lease as it stands.

Source: the municipality's list of services.
"""

from blueprints.municipality import amend_lease
from blueprints.municipality.lease_prints import printing
from engine.registers import Record
from engine.wording import Text, _


def missing(lease: Record) -> Text | None:
    return None if lease.supplements else _("This lease has no supplement to print.")


service = printing(
    "print-supplement",
    _("Print a supplementary contract"),
    _("Receive the newest supplement of a lease again."),
    amend_lease.service,
    missing,
)
