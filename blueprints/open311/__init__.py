"""Open311 GeoReport v2 (wiki.open311.org/GeoReport_v2): programs list, file and read complaints. JSON and XML."""

from blueprints.open311 import commands
from blueprints.open311.routes import LIMITS, VERIFIED_OTHERWISE, blueprint, counted_by

__all__ = ["LIMITS", "VERIFIED_OTHERWISE", "blueprint", "commands", "counted_by"]
