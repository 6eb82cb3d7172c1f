"""Lists: many applications at once, an office's for its customers (blueprints/offices/batches.py) and a person's own."""

from blueprints.lists.routes import LIMITS, blueprint

__all__ = ["LIMITS", "blueprint"]
