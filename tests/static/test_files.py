"""What lies under static/: small enough, built from its parts, and what others made is what they made."""

import gzip
import hashlib
import re
from pathlib import Path

import pytest

from static.build import JOINED, STATIC, join

KIB = 1024
SOURCES = [line.split("\t") for line in (STATIC / "vendor/SOURCES").read_text(encoding="utf-8").splitlines()[1:]]


def compressed(path: str) -> int:
    return len(gzip.compress((STATIC / path).read_bytes(), 6))


def test_the_stylesheet_is_small():
    assert compressed("css/site.css") <= 25 * KIB


def test_the_script_is_small():
    assert compressed("js/site.js") <= 25 * KIB


def test_the_fonts_are_small_and_few():
    fonts = list((STATIC / "fonts").glob("*.woff2"))
    assert len(fonts) == 2, "with the page, its style, its script and its icon they make the six requests of a first view"
    assert sum(font.stat().st_size for font in fonts) <= 120 * KIB


@pytest.mark.parametrize("target", JOINED)
def test_a_built_file_equals_its_parts_joined(target: str):
    assert (STATIC / target).read_text(encoding="utf-8") == join(JOINED[target]), "run: python static/build.py"


def test_the_stylesheet_names_fonts_that_exist_with_their_fingerprint():
    named = re.findall(r'\.\./(fonts/[^?"]+)\?v=(\w+)', (STATIC / "css/site.css").read_text(encoding="utf-8"))
    assert len(named) == 2
    for path, version in named:
        assert hashlib.sha256((STATIC / path).read_bytes()).hexdigest().startswith(version)


@pytest.mark.parametrize(("path", "digest"), [(row[0], row[-1]) for row in SOURCES])
def test_a_vendored_file_is_the_one_sources_names(path: str, digest: str):
    assert hashlib.sha256((STATIC / path).read_bytes()).hexdigest() == digest


def test_every_vendored_file_has_its_source():
    present = {
        str(path.relative_to(STATIC)) for folder in ("vendor", "fonts") for path in (STATIC / folder).iterdir() if path.is_file()
    }
    assert present - {"vendor/SOURCES", "vendor/bring.py"} == {row[0] for row in SOURCES}


def test_versions_are_those_of_the_lock_file():
    lock = (Path(STATIC).parent / "package-lock.json").read_text(encoding="utf-8")
    for _, package, version, *_ in SOURCES:
        assert re.search(rf'"node_modules/{re.escape(package)}": {{\s+"version": "{re.escape(version)}"', lock)
