"""The counter: a cashier takes cash or a card for a bill that waits, and sees what they took."""

from blueprints.counter.routes import blueprint

__all__ = ["blueprint"]
