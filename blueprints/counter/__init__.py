"""The counter: a clerk files for who stands there; a cashier takes cash or a card for a bill that waits, and sees what they took."""

from blueprints.counter import people
from blueprints.counter.routes import blueprint

__all__ = ["blueprint", "people"]
