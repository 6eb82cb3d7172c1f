"""Print a lease contract again: the document that was issued, with its serial.

Source: the municipality's list of services.
"""

from blueprints.municipality import register_lease
from blueprints.municipality.lease_prints import printing
from engine.wording import _

service = printing(
    "print-lease",
    _("Print a lease contract"),
    _("Receive the registered contract of a lease again."),
    register_lease.service,
    lambda lease: None,
)
