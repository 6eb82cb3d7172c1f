"""The drafts of services: short, of the engine's words alone, and each says which word it waits for."""

import ast
import importlib
import re
from pathlib import Path

import pytest

from tests.support.processes import ROOT

DRAFTS = ROOT / "docs" / "drafts"
FILES = sorted(DRAFTS.glob("*.py"))
README = (DRAFTS / "README.md").read_text()


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_draft_is_short_and_knows_only_the_engine(file: Path):
    text = file.read_text()
    assert len(text.splitlines()) <= 70
    imported = {node.module or "" for node in ast.walk(ast.parse(text)) if isinstance(node, ast.ImportFrom)}
    assert {module.partition(".")[0] for module in imported} <= {"collections", "engine"}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_draft_waits_for_the_words_the_readme_names(file: Path):
    row = next(line for line in README.splitlines() if line.startswith(f"| `{file.name}` |"))
    waits_for = set(re.findall(r"`(\w+)`", row.partition("waits for")[2]))
    assert missing_words(file) == waits_for != set()
    for word in waits_for:
        assert re.search(rf"(?m)^\| `{word}` \| `engine\.\w+` \| \w", README), f"README does not say what {word} means"


def missing_words(file: Path) -> set[str]:
    """The names it imports from the engine which the engine does not have."""
    return {
        alias.name
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("engine")
        for alias in node.names
        if not hasattr(importlib.import_module(node.module or ""), alias.name)
    }


def test_the_readme_lists_every_draft():
    assert set(re.findall(r"(?m)^\| `(\w+\.py)` \|", README)) == {file.name for file in FILES}
