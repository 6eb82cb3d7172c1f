"""Browser journeys share one portal per worker and database; everybody who travels is somebody else."""

import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.journeys.traveller import Traveller
from tests.support.database import migrate, sqlite_template
from tests.support.portal import Person, Portal, whole_portal
from tests.support.postgres import PostgresServer

__all__ = ["portal", "postgres_portal", "sqlite_portal", "sqlite_template", "visit"]

expect.set_options(timeout=15_000)  # what is expected comes in milliseconds; a machine with much to do may take longer

Visit = Callable[..., Traveller]


@pytest.fixture(scope="session")
def sqlite_portal(sqlite_template: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    folder = tmp_path_factory.mktemp("portal")
    shutil.copy(sqlite_template, folder / "bawaba.db")
    with whole_portal(folder, f"sqlite:///{folder / 'bawaba.db'}") as portal:
        yield portal


@pytest.fixture(scope="session")
def postgres_portal(postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    url = postgres.database()
    migrate(url)
    with whole_portal(tmp_path_factory.mktemp("portal"), url) as portal:
        yield portal
    postgres.drop(url)


@pytest.fixture
def portal(sqlite_portal: Portal) -> Portal:
    """The portal this file's journeys walk through; a file may choose the other one."""
    return sqlite_portal


@pytest.fixture
def visit(portal: Portal, browser: Browser) -> Iterator[Visit]:
    """Somebody's browser: `visit()`, `visit("en", scripts=False)`, or `visit(person=member)` for one who is signed in already.

    At the end no page may have made the browser complain.
    """
    contexts: list[BrowserContext] = []
    travellers: list[Traveller] = []

    def arrive(
        language: str = "ar", *, scripts: bool = True, person: Person | None = None, signed_in: bool = True, **options: Any
    ) -> Traveller:
        context = browser.new_context(java_script_enabled=scripts, **portal.visitor(**options))
        context.set_default_timeout(15_000)
        contexts.append(context)
        traveller = Traveller(portal, context, language=language, scripts=scripts, person=person)
        if person and signed_in:
            context.add_cookies([portal.session_cookie(person)])  # type: ignore[list-item]
        travellers.append(traveller)
        return traveller

    try:
        yield arrive
    finally:
        for context in contexts:
            context.close()
    assert [complaint for traveller in travellers for complaint in traveller.complaints] == []
