"""What a reminder leads to: the renewal in two taps, and no more reminders."""

from blueprints.reminders.routes import blueprint

LIMITS = {"reminders.stop": "30/hour", "reminders.mine": "60/hour"}

__all__ = ["LIMITS", "blueprint"]
