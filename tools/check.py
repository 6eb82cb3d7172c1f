"""`make check`: every check at once, so that one go shows all that is wrong; `python -m tools.check types floors` runs some."""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

CHECKS = {
    "types": ("mypy",),
    "templates": ("tools.templates",),
    "unused": ("tools.unused",),
    "floors": ("importlinter.cli", "lint_imports"),
    "translations": ("tools.translations", "check"),
    "formatting": ("ruff", "format", "--check", "--quiet", "."),
    "style": ("ruff", "check", "--quiet", "."),
}
AT_ONCE = 3


def main(*names: str) -> int:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        passed = list(pool.map(run, names or CHECKS))
    return 0 if all(passed) else 1


def run(name: str) -> bool:
    start = time.monotonic()
    done = subprocess.run(command(*CHECKS[name]), capture_output=True, text=True)
    sys.stdout.write(f"{'ok' if done.returncode == 0 else 'NO':3} {name} ({time.monotonic() - start:.0f} s)\n")
    if done.returncode:
        sys.stdout.write(f"{done.stdout}{done.stderr}\n")
    sys.stdout.flush()
    return done.returncode == 0


def command(module: str, *arguments: str) -> list[str]:
    if module == "importlinter.cli":  # has no -m of its own
        return [str(Path(sys.executable).with_name("lint-imports")), "--no-logo"]
    return [sys.executable, "-m", module, *arguments]


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
