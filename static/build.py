"""Join the parts into the one stylesheet and the one script that a page asks for: `python static/build.py` after a change.

The results are committed, so that running the portal needs no build; a test compares them with their parts.
"""

import hashlib
import re
from pathlib import Path

STATIC = Path(__file__).resolve().parent

JOINED = {
    "css/site.css": ("css/tokens.css", "css/base.css", "css/components/*.css"),
    "js/site.js": ("vendor/htmx.min.js", "js/portal.js"),
}


def join(patterns: tuple[str, ...]) -> str:
    """The parts in the order given, those of one pattern by name."""
    parts = [part for pattern in patterns for part in sorted(STATIC.glob(pattern))]
    return re.sub(r"\.\./(fonts/[\w.-]+)", stamped, "\n".join(part.read_text(encoding="utf-8").strip() for part in parts)) + "\n"


def stamped(address: re.Match[str]) -> str:
    """A font's address with its fingerprint, the same as `asset()` makes: it may be kept for a year, and preloaded."""
    return f"{address[0]}?v={hashlib.sha256((STATIC / address[1]).read_bytes()).hexdigest()[:12]}"


if __name__ == "__main__":
    for target, patterns in JOINED.items():
        (STATIC / target).write_text(join(patterns), encoding="utf-8")
