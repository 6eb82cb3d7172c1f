"""The servers that other tests borrow."""

import os
import sys
import time
from pathlib import Path

import psycopg
import pytest

from tests.support.postgres import PostgresServer
from tests.support.processes import free_port, running, stop


def test_a_fresh_database_knows_arabic_and_nothing_else(postgres_url: str):
    with psycopg.connect(postgres_url) as connection:
        assert connection.execute("select lower('ÀÉ'), 'شركة' ~ '^\\w+$'").fetchone() == ("àé", True)
        assert connection.execute("select count(*) from pg_tables where schemaname = 'public'").fetchone() == (0,)


def test_a_database_can_be_a_copy(postgres: PostgresServer):
    template = postgres.database()
    with psycopg.connect(template) as connection:
        connection.execute("create table fee (baisa integer)")
    copy = postgres.database(template)
    with psycopg.connect(copy) as connection:
        assert connection.execute("select count(*) from fee").fetchone() == (0,)
    for url in (copy, template):
        postgres.drop(url)


def test_a_server_of_ones_own_can_crash_and_comes_back():
    server = PostgresServer.start()
    try:
        url = server.database()
        with psycopg.connect(url) as connection:
            connection.execute("create table receipt (number integer)")
        server.halt("immediate")
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(url)
        server.resume()
        with psycopg.connect(url) as connection:
            assert connection.execute("select count(*) from receipt").fetchone() == (0,)
    finally:
        server.remove()
    assert not server.folder.exists()


def test_a_program_ends_with_the_test_even_if_it_does_not_want_to(tmp_path: Path):
    port = free_port()
    stubborn = (
        "import http.server, os, signal, sys; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
        f"open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid())); "
        f"http.server.test(http.server.SimpleHTTPRequestHandler, port={port}, bind='127.0.0.1')"
    )
    with running([sys.executable, "-c", stubborn], f"http://127.0.0.1:{port}/", cwd=tmp_path) as process:
        stop(process, patience=0.5)
    time.sleep(0.1)
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_a_program_that_does_not_come_up_says_why():
    with (
        pytest.raises(AssertionError, match="no such thing"),
        running([sys.executable, "-c", "raise SystemExit('no such thing')"], f"http://127.0.0.1:{free_port()}/"),
    ):
        pass
