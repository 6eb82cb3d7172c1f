"""The administrators' room: fees, openings, announcements, staff, messages, registers. No application is shown here."""

from blueprints.administration import fees
from blueprints.administration.front import blueprint

__all__ = ["blueprint", "fees"]
