"""Rules of the look that can be computed: contrast in both schemes, directions without left and right, nothing inline."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PARTS = [path for path in (ROOT / "static/css").rglob("*.css") if path.name != "site.css"]
TEMPLATES = [path for folder in ("layouts", "components", "style") for path in (ROOT / "templates" / folder).glob("*.html")]

WRITTEN_ON = {
    "ink": ("paper", "surface", "sunken", "green-wash", "copper-wash", "good-wash", "bad-wash", "wait-wash", "told-wash"),
    "ink-soft": ("paper", "surface", "sunken", "green-wash"),
    "green": ("paper", "surface", "green-wash"),
    "green-deep": ("paper", "surface", "green-wash"),
    "on-green": ("green", "green-deep"),
    "copper": ("paper", "surface"),
    "on-band": ("band",),
    "on-band-soft": ("band",),
    "on-brass": ("brass",),
    "good": ("good-wash", "paper"),
    "bad": ("bad-wash", "paper", "surface"),
    "on-bad": ("bad",),
    "wait": ("wait-wash",),
    "told": ("told-wash",),
}
"""Text and what it lies on: 4.5 to 1 at least."""

DRAWN_ON = {"line-strong": ("paper", "surface"), "focus": ("paper", "surface"), "brass": ("band",), "green": ("paper", "surface")}
"""Frames, focus rings, signs: 3 to 1 at least."""


def colours(scheme: str) -> dict[str, str]:
    light, dark = (ROOT / "static/css/tokens.css").read_text(encoding="utf-8").split("prefers-color-scheme: dark")
    read = dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6});", light))
    return read | dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6});", dark)) if scheme == "dark" else read


def luminance(colour: str) -> float:
    channels = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """WCAG 2.2: from 1 (the same) to 21 (black on white)."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_is_measured_as_wcag_does():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("pairs", "least"), [(WRITTEN_ON, 4.5), (DRAWN_ON, 3)])
def test_colours_stand_out(scheme: str, pairs: dict[str, tuple[str, ...]], least: float):
    known = colours(scheme)
    faint = {(over, under): round(contrast(known[over], known[under]), 2) for over, unders in pairs.items() for under in unders}
    assert {pair: ratio for pair, ratio in faint.items() if ratio < least} == {}


def test_every_colour_is_a_token():
    """A colour written elsewhere would escape the dark scheme; drawings in data URIs and shades of black and white may."""
    for part in PARTS:
        if part.name != "tokens.css":
            bare = re.sub(r'url\("data:[^"]*"\)|@media print \{.*', "", part.read_text(encoding="utf-8"), flags=re.S)
            assert not set(re.findall(r"#[0-9a-f]{3,8}\b", bare)) - {"#000"}, part.name


@pytest.mark.parametrize("part", PARTS, ids=lambda path: path.name)
def test_the_stylesheets_know_no_left_and_right(part: Path):
    rules = re.sub(r"/\*.*?\*/|url\([^)]*\)", "", part.read_text(encoding="utf-8"), flags=re.S)
    edges = r"(?:(?:margin|padding|border)-)?(?:left|right|top|bottom)|float|width|height"
    physical = rf"[\s;{{](?:{edges})\s*:|:\s*(?:left|right)\b"
    assert re.findall(physical, re.sub(r"\((?:max|min)-width:[^)]*\)", "", rules)) == []


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_templates_hold_no_inline_script_or_style(template: Path):
    source = template.read_text(encoding="utf-8")
    assert not re.search(r"<style\b|\sstyle=|\son\w+=|hx-on|javascript:|hx-vals=['\"]js", source)
    assert all("src=" in attributes for attributes in re.findall(r"<script\b([^>]*)>", source))


def test_every_rule_has_a_use():
    """In a template, in a script of ours, or on a kind of line in a map; the classes of a library are its own to use."""
    styled = set(
        re.findall(r"\.([a-z][\w-]+)", re.sub(r"url\([^)]*\)", "", "".join(part.read_text(encoding="utf-8") for part in PARTS)))
    )
    users = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "static/js").glob("*.js")]
    pages = "".join(path.read_text(encoding="utf-8") for path in users)
    maps = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "static/maps").glob("*.json"))
    drawn = {f"place__{kind}" for kind in re.findall(r'"kind":\s*"(\w+)"', maps)}
    unused = {name for name in styled - drawn if not re.search(rf"\b{re.escape(name.split('--')[0])}\b", pages)}
    ours = {name for name in unused if not name.startswith(("leaflet-", "altcha", "htmx-"))}
    assert ours - {"woff2", "dir"} == set()
