"""The administrators' room: fees, openings, announcements, staff, messages, registers. No application is shown here."""

from blueprints.administration import announcements, fees, messages, staff
from blueprints.administration.front import blueprint

LIMITS = {"administration.invite": "60/hour"}

__all__ = ["LIMITS", "announcements", "blueprint", "fees", "messages", "staff"]
