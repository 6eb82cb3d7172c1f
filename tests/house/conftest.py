"""What is true of the whole house is tested on both databases and through the whole portal."""

from tests.support.client import client, portal
from tests.support.database import database, postgres_migrated, sqlite_template, sqlite_url

__all__ = ["client", "database", "portal", "postgres_migrated", "sqlite_template", "sqlite_url"]
