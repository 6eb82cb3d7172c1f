"""Operations are tested on both databases."""

from tests.support.bank import bank, bank_server, till
from tests.support.clock import clock
from tests.support.database import database, postgres_database, postgres_migrated, sqlite_template, sqlite_url
from tests.support.identity_provider import ours, provider
from tests.support.portal_rules import rules

__all__ = [
    "bank",
    "bank_server",
    "clock",
    "database",
    "ours",
    "postgres_database",
    "postgres_migrated",
    "provider",
    "rules",
    "sqlite_template",
    "sqlite_url",
    "till",
]
