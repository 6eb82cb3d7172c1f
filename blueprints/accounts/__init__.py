"""Accounts: registering, signing in and out, recovering a password, and one's own account."""

from blueprints.accounts import commands
from blueprints.accounts.routes import LIMITS, blueprint, cost

__all__ = ["LIMITS", "blueprint", "commands", "cost"]
