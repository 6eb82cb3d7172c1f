"""Payouts: what the authorities of a cashier owe people, the list for the bank, and what was transferred."""

from blueprints.payouts.routes import blueprint

__all__ = ["blueprint"]
