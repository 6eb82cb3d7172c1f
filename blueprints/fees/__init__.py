"""The fee schedule: bringing in a version, showing what stands."""

from blueprints.fees.commands import blueprint

__all__ = ["blueprint"]
