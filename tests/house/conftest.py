"""What is true of the whole house is tested on both databases, and through the whole portal as it runs here and in production."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

import models
from app import create_app
from config import Settings
from tests.support.client import Client, client, own_portal, portal, standing_portal
from tests.support.database import database, postgres_database, postgres_migrated, sqlite_template, sqlite_url

__all__ = [
    "client",
    "database",
    "own_portal",
    "portal",
    "postgres_database",
    "postgres_migrated",
    "sqlite_template",
    "sqlite_url",
    "standing_portal",
]


@pytest.fixture
def production(sqlite_url: str, tmp_path: Path) -> Iterator[Flask]:
    """The portal as it answers in production, on https; nothing of the outside is reachable."""
    settings = Settings(
        portal_env="production",
        portal_url="https://bawaba.example",
        portal_var=str(tmp_path / "var"),
        database_url=sqlite_url,
        secret_key="a key of tests, long enough for anybody",
        bank_url="https://pay.bank.example/checkout",
    )
    made = create_app(settings)
    made.test_client_class = Client
    yield made
    models.database.close()
