"""The administrators' room: fees, openings, announcements, staff, messages, registers. No application is shown here."""

from blueprints.administration import announcements, fees, imports, messages, staff
from blueprints.administration.front import blueprint

LIMITS = {"administration.invite": "60/hour", "administration.begin_import": "60/hour"}

__all__ = ["LIMITS", "announcements", "blueprint", "fees", "imports", "messages", "staff"]
