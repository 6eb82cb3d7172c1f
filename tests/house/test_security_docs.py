"""docs/security and docs/promises.md say only what is so: tests and guards named there exist, no requirement of ASVS is left out."""

import ast
import datetime as dt
import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from tests.support.processes import ROOT

SECURITY = ROOT / "docs" / "security"
PAGES = sorted(SECURITY.glob("*.md"))
A_TEST = re.compile(r"`(tests/[\w/]+\.py)::((?:\w+::)?\w+)(?:\[[^]`]*\])?`")
REASONS = ("**Not met**: ", "**Not applicable**: ")
# OWASP ASVS 5.0.0: how many requirements each section has, and the level of each.
TABLE = """
2.1 122  2.2 112  2.3 12223  2.4 23
3.1 3  3.2 113  3.3 12223  3.4 11222233  3.5 11122333  3.6 3  3.7 22333
6.1 122  6.2 111111112222  6.3 11223333  6.4 112233  6.5 22222333  6.6 2223  6.7 33  6.8 2222
7.1 222  7.2 1111  7.3 22  7.4 11222  7.5 223  7.6 22
10.1 22  10.2 223  10.3 22223  10.4 1111122222233333  10.5 22222  10.6 22  10.7 222
"""
LEVELS = dict(zip(TABLE.split()[::2], TABLE.split()[1::2], strict=True))


@cache
def names_in(path: Path) -> frozenset[str]:
    """What a module defines: functions, classes, constants, and as Class.name what its classes hold."""
    body = ast.parse(path.read_text()).body
    classes = [node for node in body if isinstance(node, ast.ClassDef)]
    return frozenset(defined_in(body)) | {f"{each.name}.{name}" for each in classes for name in defined_in(each.body)}


def defined_in(body: list[ast.stmt]) -> Iterator[str]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        yield from (name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name))


def problem_with(test: tuple[str, str]) -> str | None:
    """Why that test cannot be named: where it lives instead, if it moved."""
    path, name = ROOT / test[0], test[1].replace("::", ".")
    if path.exists() and name in names_in(path):
        return None
    moved = [str(other.relative_to(ROOT)) for other in (ROOT / "tests").rglob("test_*.py") if name in names_in(other)]
    return f"{test[0]}::{name} is not there" + (f"; it is in {', '.join(moved)}" if moved else "")


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_every_test_named_exists(page: Path):
    named = A_TEST.findall(page.read_text())
    assert named or page.name == "rules.md"
    assert [problem for test in named if (problem := problem_with(test))] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_every_name_of_code_in_these_pages_exists(page: Path):
    """As `operations.codes.spend`: a module of ours and what it defines."""
    named = re.findall(r"`((?:\w+\.)+\w+)(?:\[[^`]*\])?(?:\(\))?`", page.read_text())
    ours = [name for name in named if (ROOT / name.partition(".")[0]).is_dir() or name.startswith(("app.", "config."))]
    assert [name for name in ours if not exists(name)] == []


def exists(name: str) -> bool:
    parts = name.split(".")
    for end in range(len(parts) - 1, 0, -1):
        module, wanted = ROOT.joinpath(*parts[:end]), ".".join(parts[end:])
        if any(path.exists() and wanted in names_in(path) for path in (module.with_suffix(".py"), module / "__init__.py")):
            return True
    return False


def requirements() -> Iterator[tuple[str, str, str]]:
    """Number, level and all the words of each requirement of asvs.md."""
    for entry in re.split(r"\n(?=- \*\*|#)", (SECURITY / "asvs.md").read_text()):
        if found := re.match(r"- \*\*([\d.]+)\*\* \(level (\d)\) (.*)", entry, re.DOTALL):
            yield found[1], found[2], " ".join(found[3].split())


def test_every_requirement_is_there_once_with_its_level():
    expected = [(f"{section}.{n}", level) for section, levels in LEVELS.items() for n, level in enumerate(levels, 1)]
    assert [(number, level) for number, level, _words in requirements()] == expected


def test_every_requirement_is_met_by_a_test_or_has_a_reason():
    unproven = [number for number, _level, words in requirements() if not (A_TEST.search(words) or reason(words))]
    assert unproven == []


def test_the_page_counts_itself_rightly():
    judged = [next((why for why in REASONS if why in words), "met") for _number, _level, words in requirements()]
    said = f"Of {len(judged)} requirements {judged.count('met')} are met, {judged.count(REASONS[0])} are not, "
    assert said + f"{judged.count(REASONS[1])} do not apply." in " ".join((SECURITY / "asvs.md").read_text().split())


def reason(words: str) -> str:
    """What is said after Not met or Not applicable."""
    return next((words.partition(why)[2] for why in REASONS if why in words), "")


def test_every_threat_names_its_guard_and_its_test():
    threats = re.findall(
        r"^- \*\*(.+?)\*\*(.*?)(?=^- \*\*|^#|\Z)", (SECURITY / "threats.md").read_text(), re.DOTALL | re.MULTILINE
    )
    assert len(threats) > 20
    for threat, words in threats:
        assert A_TEST.search(words), threat
        assert re.search(r"`(?:\w+\.)+\w+`", A_TEST.sub("", words)), threat


def test_the_limits_written_are_the_limits_kept():
    rows = re.findall(
        r"^\|.*?\| `([\w.]+)(?:\[\"([\w.]+)\"\])?` \| `(.+?)` \|$", (SECURITY / "rules.md").read_text(), re.MULTILINE
    )
    assert len(rows) > 20
    for name, key, written in rows:
        kept = value_of(name)
        assert repr(plain(kept[key] if key else kept)) == written, name


def value_of(name: str) -> Any:
    module, _dot, attribute = name.rpartition(".")
    try:
        return getattr(import_module(module), attribute)
    except ModuleNotFoundError:  # a class's field
        return getattr(value_of(module), attribute)


def plain(value: Any) -> Any:
    """Times as whole seconds."""
    if isinstance(value, dt.timedelta):
        return int(value.total_seconds())
    if isinstance(value, tuple):
        return tuple(plain(each) for each in value)
    return {key: plain(each) for key, each in value.items()} if isinstance(value, dict) else value


def test_every_file_that_the_promises_name_exists():
    named = set(re.findall(r"`(?:tests/)?([\w/]+\.py|[\w/]+/)`", (ROOT / "docs" / "promises.md").read_text()))
    folders = (ROOT / "tests", ROOT)
    missing = [
        name
        for name in named
        if not any((folder / name).exists() for folder in folders) and not list((ROOT / "tests").rglob(name))
    ]
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_lines_are_short_enough_to_read(page: Path):
    assert [number for number, line in enumerate(page.read_text().splitlines(), 1) if len(line) > 150] == []
