"""`make bench` prints rows that can be read by a program, and a row for every bar of docs/speed.md. How fast is for people to judge."""

import re
import subprocess
import sys

from tests.support.processes import ROOT

ROW = re.compile(r"[a-z0-9_]+(/[a-z]+)? [0-9.e+-]+ [a-zA-Z/]+", re.ASCII)


def test_every_bar_has_its_row() -> None:
    command = [sys.executable, "-m", "bench", "--quick", "--without-postgresql"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-4000:]
    lines = done.stdout.splitlines()
    assert [line for line in lines if not ROW.fullmatch(line)] == []
    names = {line.split()[0] for line in lines}
    bars = re.findall(r"^\| `([^`]+)` \|", (ROOT / "docs" / "speed.md").read_text(), re.MULTILINE)
    assert len(bars) > 20
    assert {bar for bar in bars if "_postgresql" not in bar} <= names
