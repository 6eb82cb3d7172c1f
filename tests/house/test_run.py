"""`make run`: where everything listens, and what happens at the edges."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from config import Settings
from tests.support.processes import ROOT, free_port, stop
from tools.run import addresses

SUPERVISED = """
import sys
from tools.run import House, Quiet, died_of_itself
house = House(Quiet(sys.stdout))
for name, command in {programs!r}.items():
    house.add_process(name, command)
house.loop()
sys.exit(died_of_itself(house))
"""


def test_port_moves_everything():
    here, there = addresses(8000), addresses(9100)
    fixed = {name for name in here if here[name] == there[name]}
    assert fixed == {"PYTHONUNBUFFERED"}
    ports = [int(there[name]) for name in ("PORT", "BANK_PORT", "MOBILE_ID_PORT", "MAILBOX_PORT", "SMTP_PORT", "VIOLATIONS_PORT")]
    assert ports == [9100, 9101, 9102, 9103, 9104, 9105]
    assert not any("800" in value for value in there.values())


def test_what_development_assumes_is_what_run_starts():
    told, assumed = Settings.from_env(addresses(8000)), Settings()
    assert told == assumed


def test_the_bank_is_another_site_than_the_portal():
    assert addresses(8000)["PORTAL_URL"].startswith("http://127.0.0.1:")
    assert addresses(8000)["BANK_URL"].startswith("http://localhost:")


def test_a_taken_port_is_said_plainly_and_nothing_is_touched(tmp_path: Path):
    port = free_port(6)
    environment = {**os.environ, "PORT": str(port), "PORTAL_VAR": str(tmp_path / "var")}
    with socket.create_server(("127.0.0.1", port + 2)):
        done = subprocess.run(
            [sys.executable, "-m", "tools.run"], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=20
        )
    assert done.returncode == 1
    assert f"المنفذ {port + 2} مشغول" in done.stdout
    assert f"Port {port + 2} is taken" in done.stdout
    assert not (tmp_path / "var").exists()


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_one_ctrl_c_stops_every_program_and_its_children(sign: signal.Signals):
    first, second = free_port(), free_port()
    house = supervise({"a": serve(first), "b": f"{serve(second)} & wait"})
    try:
        assert wait_until(lambda: answers(first) and answers(second))
        house.send_signal(sign)
        said, _none = house.communicate(timeout=15)
    finally:
        stop(house)
    assert wait_until(lambda: not answers(first) and not answers(second))
    assert house.returncode == 0
    assert "stopped by itself" not in said


def test_a_program_that_dies_takes_the_others_along_and_is_named_in_both_languages():
    port = free_port()
    house = supervise({"bank": serve(port), "worker": "sleep 1; echo what went wrong; exit 3"})
    try:
        said, _none = house.communicate(timeout=20)
    finally:
        stop(house)
    assert house.returncode == 1
    assert "what went wrong" in said
    assert "worker stopped by itself" in said
    assert "توقف البرنامج «worker» من نفسه" in said
    assert "bank stopped" not in said
    assert not answers(port)


def supervise(programs: dict[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", SUPERVISED.format(programs=programs)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def serve(port: int) -> str:
    return f"{sys.executable} -m http.server --bind 127.0.0.1 --directory docs {port}"


def answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/", timeout=2).status_code == 200
    except httpx.HTTPError:
        return False


def wait_until(true: Callable[[], bool], patience: float = 10) -> bool:
    end = time.monotonic() + patience
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.1)
    return False
