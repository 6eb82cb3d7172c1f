"""The clerks' room: what waits, one application to read and decide."""

from blueprints.desk import bulk, opinions, visits
from blueprints.desk.routes import blueprint

__all__ = ["blueprint", "bulk", "opinions", "visits"]
