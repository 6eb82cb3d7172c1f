"""The administrators' room: fees, openings, announcements, staff, messages, registers. No application is shown here."""

from blueprints.administration import announcements, fees
from blueprints.administration.front import blueprint

__all__ = ["announcements", "blueprint", "fees"]
