"""Filing without an account, and coming back with the key to what one filed."""

from blueprints.accounts.routes import cost
from blueprints.guests.routes import LIMITS, blueprint

__all__ = ["LIMITS", "blueprint", "cost"]
