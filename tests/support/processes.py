"""Programs of their own process that live as long as a test needs them."""

import os
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx

from gateways import tls

ROOT = Path(__file__).parents[2]


def free_port(count: int = 1) -> int:
    """A port nobody listens on; with `count`, the first of so many in a row.

    Below the range from which the system takes ports for outgoing connections, each worker of a run in a stretch of its own.
    """
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    start = 12_000 + worker % 16 * 1_000
    seconds = time.monotonic_ns() // 1_000 % 900
    for offset in range(900):
        port = start + (seconds + offset) % 900
        if all(_is_free(port + step) for step in range(count)):
            return port
    raise RuntimeError("no free port left")


def _is_free(port: int) -> bool:
    with socket.socket() as door:
        return door.connect_ex(("127.0.0.1", port)) != 0


@contextmanager
def running(
    command: Sequence[str],
    health_url: str,
    *,
    environment: Mapping[str, str] | None = None,
    cwd: Path = ROOT,
    patience: float = 30,
) -> Iterator[subprocess.Popen[bytes]]:
    """Start a program, wait until `health_url` answers 200, and stop it with all its children whatever happens.

    `environment` comes on top of ours. Raises AssertionError with what the program said if it does not come up.
    """
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            command,
            cwd=cwd,
            env={**os.environ, **(environment or {})},
            stdout=said,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            if not answers(health_url, process, patience):
                said.seek(0)
                raise AssertionError(f"{' '.join(command)} did not come up:\n{said.read()[-4000:].decode(errors='replace')}")
            yield process
        finally:
            stop(process)


def answers(url: str, process: subprocess.Popen[bytes], patience: float) -> bool:
    end = time.monotonic() + patience
    while time.monotonic() < end and process.poll() is None:
        with suppress(httpx.HTTPError):
            if httpx.get(url, timeout=5, verify=tls.usual()).status_code == 200:
                return True
        time.sleep(0.05)
    return False


def stop(process: subprocess.Popen[bytes], patience: float = 10) -> None:
    """Ask the whole group to end, then make it."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, sign)
        with suppress(subprocess.TimeoutExpired):
            process.wait(patience)
