"""The telecom as its own process, and what a person does with the phone."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.support.processes import free_port, running

ALI, ALIS_NUMBER = "+96899416689", "1526575"
SHAMSA, SHAMSAS_NUMBER = "+96892345678", "7324674"
PIN = "1234"


@dataclass
class RunningTelecom:
    """Where it answers and where its authority keeps its files."""

    url: str
    authority: Path
    http: httpx.Client

    def answer(self, phone: str, **said: Any) -> httpx.Response:
        return self.http.post(f"/phone/{phone}/answer", json=said)

    def settings(self, phone: str, **wished: Any) -> None:
        self.http.post(f"/phone/{phone}/settings", json=wished).raise_for_status()

    def state(self, phone: str) -> dict[str, Any]:
        state: dict[str, Any] = self.http.get(f"/phone/{phone}/state").json()
        return state


@contextmanager
def running_telecom(folder: Path, *options: str) -> Iterator[RunningTelecom]:
    port = free_port()
    url = f"http://localhost:{port}"
    command = [sys.executable, "-m", "sandbox.mobile_id", "--port", str(port), "--data", str(folder / "data"), *options]
    with running(command, f"{url}/healthz"), httpx.Client(base_url=url) as http:
        yield RunningTelecom(url, folder / "authority", http)
