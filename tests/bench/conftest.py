"""A payment on both databases, to be counted."""

from tests.support.bank import bank, bank_server, till
from tests.support.clock import clock
from tests.support.database import database, postgres_database, postgres_migrated, sqlite_template, sqlite_url

__all__ = [
    "bank",
    "bank_server",
    "clock",
    "database",
    "postgres_database",
    "postgres_migrated",
    "sqlite_template",
    "sqlite_url",
    "till",
]
