"""The short form of `make torture`: a few kills, on both databases."""

import subprocess
import sys

import pytest

from tests.support.processes import ROOT

pytestmark = pytest.mark.xdist_group("torture")
KILLS = "6"


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_nothing_is_lost_or_done_twice_when_everything_is_killed(database: str) -> None:
    command = [
        sys.executable,
        "-m",
        "bench.torture",
        "--kills",
        KILLS,
        "--crash-every",
        "3",
        "--database",
        database,
        "--seed",
        "1",
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    assert "violations 0 count" in done.stdout
