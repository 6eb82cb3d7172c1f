"""The clerks' desk: who has taken what, earlier versions, notes, and the words by which staff find an application."""

from pathlib import Path
from typing import Any

from peewee import SqliteDatabase


def up(migrator: Any, db: Any) -> None:
    dialect = "sqlite" if isinstance(migrator.database, SqliteDatabase) else "postgresql"
    for statement in Path(__file__).with_suffix(f".{dialect}.sql").read_text().split(";\n\n"):
        statement = statement.rstrip(";\n")
        db.execute_sql(statement if dialect == "sqlite" else statement.replace("%", "%%"))  # psycopg reads % as a placeholder
