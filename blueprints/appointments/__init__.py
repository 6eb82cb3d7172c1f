"""Appointments: a person's own, who comes to a centre, its public board, and the centres as their supervisors keep them."""

from blueprints.appointments import arrivals, centres
from blueprints.appointments.routes import blueprint

__all__ = ["arrivals", "blueprint", "centres"]
