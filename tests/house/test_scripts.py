"""The browser's side of our own scripts: what people typed stays text, and nothing on the page can take the place of what a script means."""

import re
from pathlib import Path

import pytest

from tests.support.processes import ROOT

OURS = [
    *(ROOT / "static" / "js" / name for name in ("portal.js", "card.js", "captcha.js", "photo.js", "place.js")),
    ROOT / "card_reader" / "window" / "static" / "window.js",
]
MARKUP = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|createContextualFragment|document\.write|\beval\(|new Function")
SHARED = re.compile(r"^\s*var\s|\b(?:window|document|globalThis|self)\.\w+\s*=[^=]", re.MULTILINE)


def test_these_are_all_the_scripts_we_write():
    built = {"site.js"}  # htmx and portal.js in one
    assert {path.name for path in (ROOT / "static" / "js").glob("*.js")} - built == {path.name for path in OURS[:-1]}


@pytest.mark.parametrize("script", OURS, ids=lambda path: path.name)
def test_a_script_makes_no_markup_of_text(script: Path):
    assert MARKUP.findall(script.read_text()) == []


@pytest.mark.parametrize("script", OURS, ids=lambda path: path.name)
def test_a_script_keeps_its_names_to_itself(script: Path):
    """DOM clobbering needs names that the script leaves to the page: nothing is put on window or document, nothing is undeclared."""
    text = script.read_text()
    assert SHARED.findall(text) == []
    assert '"use strict"' in text or is_a_module(script), "undeclared names are taken from the page"


def is_a_module(script: Path) -> bool:
    """Modules are strict by themselves."""
    pages = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "card_reader" / "window" / "templates").glob("*.html")]
    tags = [tag for page in pages for tag in re.findall(r"<script[^>]*>", page.read_text()) if script.name in tag]
    return bool(tags) and all('type="module"' in tag for tag in tags)
