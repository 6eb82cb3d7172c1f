"""The whole portal with an external identity provider set, as its operator sets it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

import models
from app import create_app
from config import Settings
from operations.outside import outside
from tests.support.client import Client
from tests.support.identity_provider import CARD, CIVIL_NUMBER, PHONE, Browser, Pair, RunningProvider, ours, provider
from tests.support.postbox import Postbox


@pytest.fixture
def settings(sqlite_url: str, tmp_path: Path, provider: RunningProvider, ours: Pair) -> Settings:
    return Settings(
        portal_var=str(tmp_path / "var"),
        database_url=sqlite_url,
        altcha_cost=20,
        saml_idp_metadata=str(provider.metadata),
        saml_key=str(ours.key),
        saml_certificate=str(ours.certificate),
        saml_civil_number_attribute=CIVIL_NUMBER,
        saml_contexts=f"{CARD}=3 {PHONE}=2",
    )


@pytest.fixture
def portal(settings: Settings, provider: RunningProvider) -> Iterator[Flask]:
    portal = create_app(settings)
    portal.test_client_class = Client
    outside.mailer, outside.texter = Postbox(), Postbox()
    with portal.app_context():
        provider.knows(portal.test_client().get("/identity/provider/metadata").text)
    yield portal
    models.database.close()


@pytest.fixture
def browser(provider: RunningProvider) -> Iterator[Browser]:
    """The same person's window at the provider."""
    browser = Browser(provider)
    yield browser
    browser.close()


__all__ = ["ours", "provider"]
