"""What `make setup` does once the packages are there, and `make run` before it starts anything. As often as you like."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tools import translations

AUTHORITY = ("sandbox.authority", "make", "--data", "var/sandbox/authority", "--url")
USUAL_AUTHORITY_URL = "http://localhost:8002"  # Mobile ID's sandbox answers for the certificates it uses


def main(environment: Mapping[str, str] = os.environ) -> int:
    """`environment` is the programs': where the sandboxes are, which database."""
    Path("var").mkdir(exist_ok=True)
    translations.compile_all()
    steps = ((*AUTHORITY, environment.get("MOBILE_ID_URL", USUAL_AUTHORITY_URL)), ("flask", "migrate"))
    for step in steps:
        command = [sys.executable, "-m", *step]
        done = subprocess.run(command, env=dict(environment), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode:
            print(done.stdout, f"failed: {' '.join(command)}", sep="\n")
            return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
