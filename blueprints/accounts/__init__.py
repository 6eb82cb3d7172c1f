"""Accounts: registering, signing in and out, recovering a password, and one's own account."""

from blueprints.accounts import changing, commands, confirming, mine, own_data, second_factor
from blueprints.accounts.routes import LIMITS, blueprint, cost

__all__ = ["LIMITS", "blueprint", "changing", "commands", "confirming", "cost", "mine", "own_data", "second_factor"]
