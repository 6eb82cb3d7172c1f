"""A person's applications: the dashboard, the steps of a draft, the check page, and what became of it."""

from blueprints.applications import answered, commands, declaration, objections, waiving
from blueprints.applications.routes import blueprint

LIMITS = {
    "applications.ask_waiver": "10/minute",
    "applications.contest": "10/minute",
    "applications.rate": "10/minute",
    "applications.begin": "30/minute",
    "applications.submit": "30/minute",
    "applications.take_step": "120/minute",
    "applications.objections_to": "20/minute",
    "applications.draw_declaration": "20/minute",
    "applications.declaration": "20/minute",
    "applications.prepare_declaration": "20/minute",
}

__all__ = ["LIMITS", "answered", "blueprint", "commands", "declaration", "objections", "waiving"]
