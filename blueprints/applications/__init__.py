"""A person's applications: the dashboard, the steps of a draft, the check page, and what became of it."""

from blueprints.applications import commands, declaration, objections
from blueprints.applications.routes import blueprint

LIMITS = {
    "applications.begin": "30/minute",
    "applications.submit": "30/minute",
    "applications.take_step": "120/minute",
    "applications.objections_to": "20/minute",
    "applications.draw_declaration": "20/minute",
    "applications.declaration": "20/minute",
    "applications.prepare_declaration": "20/minute",
}

__all__ = ["LIMITS", "blueprint", "commands", "declaration", "objections"]
