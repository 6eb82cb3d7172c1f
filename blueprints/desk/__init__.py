"""The clerks' room: what waits, one application to read and decide."""

from blueprints.desk import opinions, visits
from blueprints.desk.routes import blueprint

__all__ = ["blueprint", "opinions", "visits"]
