"""The audit: an auditor's pages, and the commands that watch over its chain."""

from blueprints.audit import commands, routes
from blueprints.audit.routes import blueprint

__all__ = ["blueprint", "commands", "routes"]
