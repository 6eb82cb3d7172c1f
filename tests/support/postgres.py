"""A private PostgreSQL server in a temporary folder: survives its own crash, though not the machine's, and is gone afterwards."""

import os
import shutil
import subprocess
import tempfile
from itertools import count
from pathlib import Path

import psycopg
from psycopg import sql

from tests.support.processes import free_port

FOLDERS = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
USER = "bawaba"
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",
    "full_page_writes": "off",
    "max_connections": "200",
}
_numbers = count(1)


class PostgresServer:
    """Made by `PostgresServer.start()`. It is its folder and its port: `PostgresServer(folder, port)` names a running one."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.port = folder, port

    @classmethod
    def start(cls) -> "PostgresServer":
        assert FOLDERS, "PostgreSQL is not installed; `make setup-test` brings it"
        folder = Path(tempfile.mkdtemp(prefix="bawaba-postgres-"))
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            shutil.chown(folder, "postgres", "postgres")
        server = cls(folder, free_port())
        server._run("initdb", "--username", USER, "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
        server.resume()
        return server

    def resume(self) -> None:
        """Start again after `halt`."""
        options = " ".join(f"-c {name}='{value}'" for name, value in (SETTINGS | {"port": str(self.port)}).items())
        self._run("pg_ctl", "--wait", "--log", str(self.folder / "log"), "--options", options, "start")

    def halt(self, mode: str = "immediate") -> None:
        """`immediate` is a crash; `fast` a decent end."""
        self._run("pg_ctl", "--wait", "--mode", mode, "stop")

    def remove(self) -> None:
        self.halt()
        shutil.rmtree(self.folder)

    def database(self, template: str = "template1") -> str:
        """The URL of a fresh database, a copy of `template` (a name, or the URL of one nobody is connected to)."""
        name = f"fresh_{os.getpid()}_{next(_numbers)}"
        self._execute("create database {} template {}", name, template.rpartition("/")[2])
        return f"postgresql://{USER}@127.0.0.1:{self.port}/{name}"

    def drop(self, url: str) -> None:
        self._execute("drop database if exists {} with (force)", url.rpartition("/")[2])

    def _execute(self, statement: str, *names: str) -> None:
        with psycopg.connect(f"postgresql://{USER}@127.0.0.1:{self.port}/postgres", autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(FOLDERS[-1] / program), "--pgdata", str(self.folder / "data"), *arguments]
        if os.geteuid() == 0:
            command = ["runuser", "-u", "postgres", "--", *command]
        # no pipe: the server would inherit it, and we would wait for its end
        with (self.folder / "made").open("ab") as said:
            done = subprocess.run(command, cwd=self.folder, stdout=said, stderr=subprocess.STDOUT)
        if done.returncode:
            raise AssertionError(f"{' '.join(command)} failed:\n{(self.folder / 'made').read_text()[-2000:]}")
