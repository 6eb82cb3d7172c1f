"""The supervisors' room: who has how much, handing on, overturning, waiving fines, figures, export."""

from blueprints.supervision import waiving
from blueprints.supervision.routes import blueprint

__all__ = ["blueprint", "waiving"]
