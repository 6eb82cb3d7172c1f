"""The supervisors' room: who has how much, handing on, overturning, figures, export."""

from blueprints.supervision.routes import blueprint

__all__ = ["blueprint"]
