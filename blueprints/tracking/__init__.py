"""How an application stands, for who knows its number or the number of what it is about."""

from blueprints.tracking.routes import LIMITS, blueprint

__all__ = ["LIMITS", "blueprint"]
