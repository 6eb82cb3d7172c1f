"""A fresh, migrated database for each test, on SQLite and on PostgreSQL alike.

SQLite: migrated once into a file that each test copies. PostgreSQL: migrated once per worker, emptied before each test.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from peewee import Database
from playhouse.migrations import Runner

import databases
import models
from operations.outside import outside
from tests.support.postbox import Postbox
from tests.support.postgres import PostgresServer
from tests.support.processes import ROOT

QUICKLY = {"synchronous": "off"}  # no test survives a power cut


def opened(url: str) -> Database:
    """As the portal opens it."""
    database = databases.database_at(url)
    if isinstance(database, databases.Fair):
        database.init(database.database, pragmas=databases.PRAGMAS | QUICKLY, timeout=10)
    return database


def migrate(url: str) -> None:
    database = opened(url)
    Runner(database, str(ROOT / "migrations")).up()
    database.close()


def empty(database: Database) -> None:
    """Rows of append-only tables too: a replica runs no triggers. Much faster than TRUNCATE, which makes new files for every table."""
    emptied = "; ".join(f'DELETE FROM "{model._meta.table_name}"' for model in models.TABLES)
    forgotten = "SET session_replication_role = origin; SELECT pg_advisory_unlock_all()"
    database.connection().execute(f"SET session_replication_role = replica; {emptied}; {forgotten}")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("migrated") / "template.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_migrated(postgres: PostgresServer) -> Iterator[str]:
    url = postgres.database()
    migrate(url)
    yield url
    postgres.drop(url)


@pytest.fixture(scope="session")
def postgres_database(postgres_migrated: str) -> Iterator[Database]:
    """Its connection stays from test to test: a new one has the catalogue of seventy tables to read and every statement to plan."""
    database = opened(postgres_migrated)
    yield database
    database.close()


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    path = tmp_path / "bawaba.db"
    shutil.copy(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """The portal's tables, empty, with mail and SMS kept in `outside.mailer` and `outside.texter` (a Postbox each)."""
    if request.param == "sqlite":
        database = opened(request.getfixturevalue("sqlite_url"))
    else:
        database = request.getfixturevalue("postgres_database")
        empty(database)
    models.database.initialize(database)
    outside.portal_url, outside.key, outside.altcha_cost, outside.sms_hourly_budget = (
        "http://127.0.0.1:8000",
        b"a key of tests",
        20,
        500,
    )
    outside.mailer, outside.texter = Postbox(), Postbox()
    yield database
    if request.param == "sqlite" or database.in_transaction():
        database.close()
