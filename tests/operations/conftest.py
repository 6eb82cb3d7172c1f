"""Operations are tested on both databases."""

from tests.support.database import database, postgres_migrated, sqlite_template, sqlite_url
from tests.support.portal_rules import rules

__all__ = ["database", "postgres_migrated", "rules", "sqlite_template", "sqlite_url"]
