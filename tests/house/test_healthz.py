"""/healthz: the door monitoring and scripts rely on. 200 once everything is up, else 503 with what is missing."""

import datetime as dt
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
from flask import Flask

import models
from app import create_app
from config import Settings
from operations import health
from operations.now import now
from tests.support.client import Client
from tests.support.database import opened
from tests.support.processes import free_port


@pytest.fixture
def sandbox() -> Iterator[str]:
    """Something that is healthy."""

    class Healthy(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/healthz" else 404)
            self.end_headers()

        def log_message(self, *_words: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Healthy)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def only(portal: Flask, **sandboxes: str) -> None:
    portal.config["SANDBOX_HEALTH"] = sandboxes


def test_all_is_well(portal: Flask, client: Client, sandbox: str):
    only(portal, bank=sandbox)
    health.beat()
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json == {"ok": True, "checks": {"database": True, "migrated": True, "worker": True, "bank": True}}
    assert answer.mimetype == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_worker_that_never_beat_is_missing(portal: Flask, client: Client):
    only(portal)
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json == {"ok": False, "checks": {"database": True, "migrated": True, "worker": False}}


@pytest.mark.parametrize(("seconds", "status"), [(0, 200), (25, 200), (31, 503), (3600, 503)])
def test_a_worker_is_alive_for_half_a_minute_after_its_last_beat(portal: Flask, client: Client, seconds: int, status: int):
    only(portal)
    models.Heartbeat.create(name="worker", at=now() - dt.timedelta(seconds=seconds))
    assert client.get("/healthz").status_code == status


def test_a_worker_that_comes_back_is_seen(portal: Flask, client: Client):
    only(portal)
    models.Heartbeat.create(name="worker", at=now() - dt.timedelta(hours=1))
    health.beat()
    assert client.get("/healthz").status_code == 200


def test_in_development_a_sandbox_that_is_away_counts(portal: Flask, client: Client, sandbox: str):
    only(portal, bank=sandbox, mobile_id=f"http://127.0.0.1:{free_port()}", mailbox=f"{sandbox}/elsewhere")
    health.beat()
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json and answer.json["checks"] == {
        "database": True,
        "migrated": True,
        "worker": True,
        "bank": True,
        "mobile_id": False,
        "mailbox": False,
    }


def test_a_database_without_tables_is_not_up(tmp_path: Path):
    portal = create_app(Settings(portal_var=str(tmp_path / "var"), database_url=f"sqlite:///{tmp_path / 'empty.db'}"))
    only(portal)
    answer = portal.test_client().get("/healthz")
    assert answer.status_code == 503
    assert answer.json == {"ok": False, "checks": {"database": True, "migrated": False, "worker": False}}
    models.database.close()


def test_a_database_that_went_away_is_said_and_is_no_crash(portal: Flask, client: Client):
    only(portal)
    models.database.initialize(opened(f"postgresql://nobody@127.0.0.1:{free_port()}/away?connect_timeout=2"))
    assert health.checks({}) == {"database": False, "migrated": False, "worker": False}
    assert client.get("/healthz").status_code >= 500


def test_in_production_no_sandbox_is_asked(production: Flask):
    health.beat()
    answer = production.test_client().get("/healthz")
    assert (answer.status_code, answer.json) == (
        200,
        {"ok": True, "checks": {"database": True, "migrated": True, "worker": True}},
    )


def test_nothing_of_the_settings_is_in_it(portal: Flask, client: Client):
    text = client.get("/healthz").text
    for secret in ("http", "localhost", "sqlite", portal.config["SECRET_KEY"]):
        assert secret not in text
