"""A smart card service of our own: pcscd on a private socket, with virtual readers. The machine's own is not touched."""

import os
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

DAEMON = Path("/usr/sbin/pcscd")
DRIVERS = Path("/usr/lib/pcsc/drivers/serial")
RUN_FOLDER = Path("/run/pcscd")
# pcscd takes an open socket over as systemd would hand it: number 3, told to the process of that number
TAKE_OVER = 'LISTEN_PID=$$ exec "$@" 3<&0 </dev/null'


@dataclass(frozen=True)
class PrivateService:
    """`environment` is for the programs that shall see it, set before they first use PC/SC."""

    process: subprocess.Popen[bytes]
    environment: Mapping[str, str]

    def stop(self) -> None:
        """As if it had crashed, if anybody is connected."""
        self.process.terminate()
        try:
            self.process.wait(2)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def missing() -> list[str]:
    """The Debian packages that are not installed."""
    needed = {"pcscd": DAEMON.exists(), "vsmartcard-vpcd": (DRIVERS / "libifdvpcd.so").exists()}
    return [package for package, there in needed.items() if not there]


def start(folder: Path, readers: Mapping[str, int]) -> PrivateService:
    """Start it; its files go to `folder`. Each reader has a name and a port, and a second slot at the port after.

    The folder's path is short: a socket's may have some hundred letters. Raises OSError when it cannot be run here.
    """
    RUN_FOLDER.mkdir(parents=True, exist_ok=True)  # wanted even by a pcscd that listens elsewhere
    configuration = folder / "readers"
    configuration.mkdir(parents=True, exist_ok=True)
    (configuration / "virtual").write_text("\n".join(_entry(folder, name, port) for name, port in readers.items()))
    address = folder / "socket"
    address.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as door, (folder / "log").open("ab") as log:
        door.bind(str(address))
        address.chmod(0o600)
        door.listen(64)
        process = subprocess.Popen(
            ["/bin/sh", "-c", TAKE_OVER, "sh", str(DAEMON), "--foreground", "--config", str(configuration)],
            env={**os.environ, "LISTEN_FDS": "1"},
            stdin=door.fileno(),
            stdout=log,
            stderr=log,
        )
    return PrivateService(process, {"PCSCLITE_CSOCK_NAME": str(address)})


@contextmanager
def running(folder: Path, readers: Mapping[str, int]) -> Iterator[PrivateService]:
    """The same for as long as the block."""
    service = start(folder, readers)
    try:
        yield service
    finally:
        service.stop()


def _entry(folder: Path, name: str, port: int) -> str:
    """The driver keeps its state in itself: each entry needs a copy of its own."""
    driver = folder / f"virtual-{port}.so"
    driver.write_bytes((DRIVERS / "libifdvpcd.so").read_bytes())
    return f'FRIENDLYNAME "{name}"\nDEVICENAME /dev/null:{port:#x}\nLIBPATH {driver}\nCHANNELID {port:#x}\n'
