"""What every test may ask for: a mail server, PostgreSQL, a browser. Servers are shared where starting them costs."""

import fcntl
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.support.browser import chromium
from tests.support.passwords import as_in_production, quick_passwords
from tests.support.postgres import PostgresServer
from tests.support.smtp import SmtpServer

hypothesis.settings.register_profile("house", deadline=None)  # a busy machine is not a defect
hypothesis.settings.load_profile("house")


__all__ = ["as_in_production", "quick_passwords"]

LONGEST_FIRST = ("tests/journeys/", "tests/bench/")
"""Files that take a minute: begun first, so that no core waits for the other at the end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not item.nodeid.startswith(LONGEST_FIRST))


@pytest.fixture
def smtp_server() -> Iterator[SmtpServer]:
    with SmtpServer() as server:
        yield server


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[PostgresServer]:
    """One server for all workers of a run: the first to come starts it, the last to leave removes it."""
    base = tmp_path_factory.getbasetemp()
    record = (base if worker_id == "master" else base.parent) / "postgres.json"
    with locked(record):
        known = json.loads(record.read_text()) if record.exists() else None
        server = PostgresServer(Path(known["folder"]), known["port"]) if known else PostgresServer.start()
        write(record, server, users=known["users"] + 1 if known else 1)
    yield server
    with locked(record):
        users = json.loads(record.read_text())["users"] - 1
        if users:
            write(record, server, users)
        else:
            record.unlink()
            server.remove()


@pytest.fixture
def postgres_url(postgres: PostgresServer) -> Iterator[str]:
    """A fresh, empty database."""
    url = postgres.database()
    yield url
    postgres.drop(url)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Of one file: playwright's event loop, while it runs, refuses any other in the process, and sealing a document needs one."""
    with chromium() as browser:
        yield browser


@pytest.fixture
def new_context(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Somebody else's browser at each call: `new_context(locale="ar-OM", java_script_enabled=False, viewport=…)`."""
    with ExitStack() as stack:

        def make(**options: Any) -> BrowserContext:
            context = browser.new_context(**options)
            context.set_default_timeout(10_000)
            stack.callback(context.close)
            return context

        yield make


@contextmanager
def locked(path: Path) -> Iterator[None]:
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def write(record: Path, server: PostgresServer, users: int) -> None:
    record.write_text(json.dumps({"folder": str(server.folder), "port": server.port, "users": users}))
