"""`make card`: a demo citizen's ID card without plastic, beside `make run`: virtual card and reader, PC/SC, the card reader's program.

The demo authority behind Mobile ID certifies the card too, so the running portal knows it. Nothing of the machine's own readers is
touched: PC/SC's service runs on a private socket.
"""

import os
import subprocess
import sys
import tempfile
import threading
import time
from importlib.util import find_spec
from pathlib import Path

from card_reader.simulator import service
from card_reader.simulator.card import DEMO_PIN
from card_reader.simulator.citizen import Citizen
from tools.run import CARD_AGENT, PATIENCE, House, Quiet, died_of_itself, is_free, say

DATA = Path("var/sandbox/card")
AUTHORITY = Path("var/sandbox/authority")
CERTIFICATES = {"9a": (), "9c": ("--signing",)}  # by slot, with what the authority is told
MOBILE_ID, AGENT, READER = 2, CARD_AGENT, 7  # ports after PORT; the reader has two slots, each with its own
KEY = os.environ.get("KEY", "P-256")


def main() -> int:
    if problem := unfit():
        say(*problem)
        return 1
    port = int(os.environ.get("PORT", "8000"))
    taken = [number for number in (port + AGENT, port + READER, port + READER + 1) if not is_free(number)]
    if taken:
        say(
            f"المنفذ {taken[0]} مشغول: ربما تعمل البطاقة الآن في نافذة أخرى. لم يتغير شيء.",
            f"Port {taken[0]} is taken: the card may already be running in another window. Nothing was touched.",
        )
        return 1
    if failed := certified(f"http://localhost:{port + MOBILE_ID}"):
        return failed
    with tempfile.TemporaryDirectory(prefix="card-") as folder:  # a socket's path must be short
        return run_all(Path(folder), port)


def unfit() -> tuple[str, ...]:
    """What keeps this machine from running it, in words."""
    if lacking := service.missing():
        return (
            "تحتاج البطاقة الافتراضية إلى حزم من النظام. ثبّتها بهذا الأمر ثم أعد المحاولة:",
            "The virtual card needs system packages. Install them so, then try again:",
            f"  sudo apt-get install --no-install-recommends {' '.join(lacking)}",
        )
    if find_spec("smartcard") is None:
        return (
            "يحتاج قارئ البطاقة إلى حزمه. ثبّتها بهذين الأمرين ثم أعد المحاولة:",
            "The card reader needs its packages. Install them so, then try again:",
            "  sudo apt-get install --no-install-recommends gcc python3-dev libpcsclite-dev",
            f"  {sys.executable} -m pip install --requirement card_reader/requirements.txt",
        )
    if not service.RUN_FOLDER.exists() and os.geteuid() != 0:
        return (
            "تحتاج خدمة البطاقات إلى هذا المجلد. أنشئه بهذا الأمر ثم أعد المحاولة:",
            "The smart card service wants this folder. Make it so, then try again:",
            f"  sudo mkdir --parents {service.RUN_FOLDER}",
        )
    return ()


def certified(authority_url: str) -> int:
    """The demo citizen's card in its folder, its certificates issued anew: they name where the authority answers today."""
    steps = [["card_reader.simulator", "request", "--data", str(DATA), "--key", KEY]]
    for slot, options in CERTIFICATES.items():
        files = (str(DATA / f"{slot}.request.pem"), "--out", str(DATA / f"{slot}.pem"))
        steps.append(["sandbox.authority", "issue", "--data", str(AUTHORITY), "--url", authority_url, *files, *options])
    for step in steps:
        done = subprocess.run([sys.executable, "-m", *step], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode:
            say(done.stdout, f"failed: {' '.join(step)}")
            return done.returncode
    return 0


def run_all(folder: Path, port: int) -> int:
    """Until Ctrl-C."""
    simulator = f"{sys.executable} -m card_reader.simulator"
    portals = f"--portal http://127.0.0.1:{port} --portal http://localhost:{port}"
    environment = {**os.environ, "PCSCLITE_CSOCK_NAME": str(folder / "socket"), "PYTHONUNBUFFERED": "1"}
    house = House(Quiet(sys.stdout))
    house.add_process("reader", f"{simulator} reader --data {folder} --port {port + READER}", env=environment)
    house.add_process("card", f"{simulator} insert --data {DATA} --port {port + READER}", env=environment)
    house.add_process("agent", f"{sys.executable} -m card_reader {portals} --port {port + AGENT}", env=environment)
    threading.Thread(target=announce, args=(environment["PCSCLITE_CSOCK_NAME"], port + AGENT), daemon=True).start()
    house.loop()
    return died_of_itself(house)


def announce(socket: str, agent: int) -> None:
    """Once the program at the card reader listens: it is the last to come up."""
    end = time.monotonic() + PATIENCE
    while is_free(agent) and time.monotonic() < end:
        time.sleep(0.1)
    holder = Citizen()
    say(
        "",
        f"البطاقة في القارئ. الرقم المدني {holder.civil_number}، الرمز السري {DEMO_PIN}. لإيقافها: Ctrl-C",
        f"The card is in the reader: {holder.given_name} {holder.surname}, civil number {holder.civil_number}, PIN {DEMO_PIN}.",
        f"Other programs see it so: PCSCLITE_CSOCK_NAME={socket} pkcs11-tool --test --login --pin {DEMO_PIN}",
        "Ctrl-C takes it out and stops all.",
        "",
    )


if __name__ == "__main__":
    sys.exit(main())
