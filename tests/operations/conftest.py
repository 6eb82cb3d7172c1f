"""Operations are tested on both databases."""

from tests.support.database import database, postgres_migrated, sqlite_template, sqlite_url

__all__ = ["database", "postgres_migrated", "sqlite_template", "sqlite_url"]
