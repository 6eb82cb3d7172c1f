"""Proving who is acting, and coming back to the step that asked for it."""

from blueprints.identity.routes import blueprint

LIMITS = {"identity.ring": "20/minute"}

__all__ = ["LIMITS", "blueprint"]
