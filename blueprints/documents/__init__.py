"""Documents: their owner downloads them, anyone verifies them."""

from blueprints.documents.commands import blueprint

LIMITS = {"documents.verify": "30/minute"}

__all__ = ["LIMITS", "blueprint"]
