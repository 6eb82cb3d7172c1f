"""One's own: the calendar of everything due, and one's family and workers."""

from blueprints.people import calendar
from blueprints.people.routes import blueprint

LIMITS = {"people.renew": "20/minute", "people.calendar_file_": "30/minute"}

__all__ = ["LIMITS", "blueprint", "calendar"]
