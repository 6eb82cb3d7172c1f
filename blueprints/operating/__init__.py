"""Running the portal: is it up, is it set up, what does it offer and to whom."""

from blueprints.operating import retention
from blueprints.operating.commands import blueprint

__all__ = ["blueprint", "retention"]
