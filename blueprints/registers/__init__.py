"""Registers of the authorities: bringing in an extract."""

from blueprints.registers.commands import blueprint

__all__ = ["blueprint"]
