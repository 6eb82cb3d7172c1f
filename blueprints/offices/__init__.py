"""Small offices: their customers and operators, acting for a customer, and the customer's page of who may act for them."""

from blueprints.offices import acting, commands, consent, mine, operators, statement
from blueprints.offices.routes import blueprint

__all__ = ["acting", "blueprint", "commands", "consent", "mine", "operators", "statement"]
