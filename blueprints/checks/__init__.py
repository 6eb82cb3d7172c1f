"""What anybody may ask of a register: whether something stands, and until when."""

from blueprints.checks.routes import blueprint

LIMITS = {"checks.ask": "20/minute;100/hour"}

__all__ = ["LIMITS", "blueprint"]
