"""`make run`: the portal, its worker and the sandboxes together, until Ctrl-C.

The programs are in the Procfile. PORT moves all of them: the portal listens there, the sandboxes on the five ports after it.
"""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import httpx
from honcho.environ import parse_procfile
from honcho.manager import Manager
from honcho.printer import Message, Printer

from tools import setup

SANDBOX_KEYS = ("sandbox.bank", "keys", "--data", "var/sandbox/bank")  # prints NAME=value lines
CARD_AGENT = 6  # after PORT: where `make card` lets its program listen, whenever it is started
PATIENCE = 120  # seconds until everything should have answered


def main() -> int:
    port = int(os.environ.get("PORT", "8000"))
    environment = addresses(port) | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    taken = [int(number) for name, number in environment.items() if name.endswith("PORT") and not is_free(int(number))]
    if taken:
        other = f"make run PORT={port + 100}"
        say(
            f"المنفذ {taken[0]} مشغول: ربما تعمل بوابة الآن في نافذة أخرى. لم يتغير شيء. لتشغيلها على منفذ آخر: {other}",
            f"Port {taken[0]} is taken: Bawaba may already be running in another window. Nothing was touched. Elsewhere: {other}",
        )
        return 1

    environment = {**os.environ, **environment, "CARD_AGENT_PORT": str(port + CARD_AGENT)}
    environment |= keys(environment)
    if failed := setup.main(environment):
        return failed
    demo = flask_demo(environment)

    house = House(Quiet(sys.stdout))
    for name, command in parse_procfile(Path("Procfile").read_text()).processes.items():
        house.add_process(name, command, env=environment)
    threading.Thread(target=announce, args=(environment, demo), daemon=True).start()
    house.loop()
    return died_of_itself(house)


def addresses(port: int) -> dict[str, str]:
    """Who listens where, for the programs and for the portal's settings.

    The portal is 127.0.0.1 and the sandboxes are localhost, so that coming back from the bank crosses sites as in real life.
    """
    bank, mobile_id, mailbox, smtp, violations = (str(port + step) for step in (1, 2, 3, 4, 5))
    return {
        "PORT": str(port),
        "BANK_PORT": bank,
        "MOBILE_ID_PORT": mobile_id,
        "MAILBOX_PORT": mailbox,
        "SMTP_PORT": smtp,
        "VIOLATIONS_PORT": violations,
        "PORTAL_URL": f"http://127.0.0.1:{port}",
        "BANK_URL": f"http://localhost:{bank}/pay",
        "BANK_REST_URL": f"http://localhost:{bank}",
        "MOBILE_ID_URL": f"http://localhost:{mobile_id}",
        "VIOLATIONS_URL": f"http://localhost:{violations}",
        "MAILBOX_URL": f"http://localhost:{mailbox}",
        "MAIL_URLS": f"smtp://localhost:{smtp}",
        "SMS_URLS": f"http://localhost:{mailbox}/cgi-bin/sendsms?username=bawaba&password=development",
        "PYTHONUNBUFFERED": "1",
    }


def is_free(port: int) -> bool:
    with socket.socket() as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def keys(environment: dict[str, str]) -> dict[str, str]:
    """What the bank tells the portal before they do business."""
    told = subprocess.run(
        [sys.executable, "-m", *SANDBOX_KEYS], env=environment, check=True, capture_output=True, text=True
    ).stdout
    return dict(line.split("=", 1) for line in told.splitlines() if "=" in line)


def flask_demo(environment: dict[str, str]) -> str:
    """Demo people, registers and fees, once; says who can log in."""
    return subprocess.run(
        [sys.executable, "-m", "flask", "demo"], env=environment, check=True, stdout=subprocess.PIPE, text=True
    ).stdout


def announce(environment: dict[str, str], demo: str) -> None:
    if not healthy(f"{environment['PORTAL_URL']}/healthz"):
        say("البوابة لا تجيب بعد. السبب في الأسطر السابقة.", "The portal does not answer yet. The lines above say why.")
        return
    say(
        "",
        "بوابة تعمل · Bawaba is running",
        f"  البوابة · portal                {environment['PORTAL_URL']}",
        f"  البريد والرسائل · mail and SMS  {environment['MAILBOX_URL']}",
        f"  المصرف · bank                   {environment['BANK_REST_URL']}",
        f"  الهاتف · Mobile ID phone        {environment['MOBILE_ID_URL']}",
        f"  المخالفات · violations          {environment['VIOLATIONS_URL']}",
        "",
        demo.rstrip(),
        "",
        "للإيقاف: Ctrl-C · Ctrl-C stops everything",
        "",
    )


def healthy(url: str) -> bool:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            if httpx.get(url, timeout=5).status_code == 200:
                return True
        except httpx.HTTPError:
            pass
        time.sleep(0.2)
    return False


def say(*lines: str) -> None:
    print(*lines, sep="\n", flush=True)


def died_of_itself(house: "House") -> int:
    """Names the programs that stopped without being asked to; 1 if there was one."""
    for name in house.died:
        say(
            f"توقف البرنامج «{name}» من نفسه، فأوقفنا البقية. السبب في الأسطر السابقة.",
            f"{name} stopped by itself, so the others were stopped too. The lines above say why.",
        )
    return 1 if house.died else 0


class House(Manager):  # type: ignore[misc]
    """Remembers who stopped without being asked to."""

    def __init__(self, printer: Printer) -> None:
        super().__init__(printer)
        self.died: Sequence[str] = ()

    def terminate(self) -> None:
        if not self._terminating:
            self.died = [name for name, process in self._processes.items() if process.get("returncode") is not None]
        super().terminate()


class Quiet(Printer):  # type: ignore[misc]
    """What the programs say, without honcho's own remarks."""

    def write(self, message: Message) -> None:
        if message.name != "system":
            super().write(message)


if __name__ == "__main__":
    sys.exit(main())
