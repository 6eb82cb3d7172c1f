"""The portal as it is run - portal, worker, bank, mailbox - each its own process, on free ports, with a folder and database of its own."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
from flask import Flask

import models
from app import create_app
from config import Settings
from operations import demonstration, fees, health
from tests.support.processes import ROOT, free_port
from tools import translations

PATIENCE = 120  # seconds for a program to come up, on a machine that is busy with other things
WAITRESS = ("-m", "waitress", "--host", "127.0.0.1", "--call")


class House:
    """Programs by name, started, killed and started again. `app` is the same portal wired in this process, for preparing and counting."""

    def __init__(self, folder: Path, database_url: str = "") -> None:
        translations.compile_all(ROOT)
        self.folder = folder
        self.environment = self._addresses(folder, database_url)
        self.environment |= self._bank_keys()
        self._programs: dict[str, subprocess.Popen[bytes]] = {}
        self.app = self._wired()

    def _addresses(self, folder: Path, database_url: str) -> dict[str, str]:
        self.port = free_port(7)
        self.ports = {"portal": self.port, "bank": self.port + 1, "mailbox": self.port + 2, "second": self.port + 4}
        self.ports |= {"floor": self.port + 5, "second floor": self.port + 6}
        smtp = self.port + 3
        return {
            "PORTAL_VAR": str(folder / "var"),
            "DATABASE_URL": database_url,
            "PORTAL_URL": f"http://127.0.0.1:{self.port}",
            "BANK_URL": f"http://localhost:{self.port + 1}/pay",
            "BANK_REST_URL": f"http://localhost:{self.port + 1}",
            "MAILBOX_URL": f"http://localhost:{self.port + 2}",
            "SMS_URLS": f"http://localhost:{self.port + 2}/cgi-bin/sendsms?username=bawaba&password=development",
            "SMS_HOURLY_BUDGET": "1000000",
            "MAIL_URLS": f"smtp://localhost:{smtp}",
            "SMTP_PORT": str(smtp),
            "PYTHONUNBUFFERED": "1",
        }

    def _bank_keys(self) -> dict[str, str]:
        command = [sys.executable, "-m", "sandbox.bank", "keys", "--data", str(self.folder / "bank")]
        told = subprocess.run(command, cwd=ROOT, env=self._whole(), check=True, capture_output=True, text=True).stdout
        return dict(line.split("=", 1) for line in told.splitlines() if "=" in line)

    def _wired(self) -> Flask:
        app = create_app(Settings.from_env(self.environment))
        health.migrate()
        fees.import_schedule(demonstration.ROOT / "migrations" / "fees.csv")
        return app

    def _whole(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("BANK_")}
        return {**inherited, **getattr(self, "environment", {})}

    def commands(self) -> dict[str, tuple[str, ...]]:
        ports = {name: str(port) for name, port in self.ports.items()}
        mailbox = (
            "--http-port",
            ports["mailbox"],
            "--smtp-port",
            self.environment["SMTP_PORT"],
            "--data",
            str(self.folder / "mailbox"),
        )
        return {
            "portal": (*WAITRESS, "--port", ports["portal"], "app:create_app"),
            "second": (*WAITRESS, "--port", ports["second"], "app:create_app"),
            "floor": (*WAITRESS, "--port", ports["floor"], "bench.floor:create_app"),
            "second floor": (*WAITRESS, "--port", ports["second floor"], "bench.floor:create_app"),
            "worker": ("-m", "flask", "work"),
            "bank": ("-m", "sandbox.bank", "--port", ports["bank"], "--data", str(self.folder / "bank"), "--late-seconds", "1"),
            "mailbox": ("-m", "sandbox.mailbox", *mailbox),
        }

    def start(self, *names: str) -> None:
        """Start programs and wait until each that has an address answers. AssertionError with what it said if it does not."""
        for name in names:
            log = (self.folder / f"{name}.log").open("ab")
            command = [sys.executable, *self.commands()[name]]
            self._programs[name] = subprocess.Popen(
                command, cwd=ROOT, env=self._whole(), stdout=log, stderr=subprocess.STDOUT, start_new_session=True
            )
            log.close()
        for name in names:
            if name in self.ports:
                self._wait_for(name)

    def _wait_for(self, name: str) -> None:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and self._programs[name].poll() is None:
            with suppress(httpx.HTTPError):
                if httpx.get(f"http://127.0.0.1:{self.ports[name]}/", timeout=5, verify=False).status_code == 200:
                    return
            time.sleep(0.02)
        raise AssertionError(f"{name} did not come up:\n{(self.folder / f'{name}.log').read_text()[-3000:]}")

    def kill(self, name: str) -> None:
        """As a power cut would: no goodbye."""
        process = self._programs.pop(name)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    @property
    def running(self) -> set[str]:
        return set(self._programs)

    def pid(self, name: str) -> int:
        return self._programs[name].pid

    def close(self) -> None:
        for name in list(self._programs):
            self.kill(name)
        models.database.close()


@contextmanager
def house(folder: Path, database_url: str = "") -> Iterator[House]:
    made = House(folder, database_url)
    try:
        yield made
    finally:
        made.close()
