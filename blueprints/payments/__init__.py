"""Going to the bank and coming back."""

from blueprints.payments import invoices
from blueprints.payments.commands import blueprint

LIMITS = {
    "payments.leave": "20/minute",
    "payments.together": "40/minute",
    "payments.ask": "10/minute",
    "payments.year_statement": "20/minute",
}
# Their signature is verified instead: they come from the bank, without our cookie.
VERIFIED_OTHERWISE = ("payments.returned", "payments.notified")

__all__ = ["LIMITS", "VERIFIED_OTHERWISE", "blueprint", "invoices"]
