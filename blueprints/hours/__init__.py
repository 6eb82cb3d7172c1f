"""When the authorities are at work: holidays and Ramadan, for administrators and as a command."""

from blueprints.hours.routes import blueprint

__all__ = ["blueprint"]
