"""A service file is rules alone: it imports the engine, and the registers beside it, and nothing that knows a web, a row or a network."""

import ast
import importlib
from pathlib import Path
from types import ModuleType

import pytest

from app import AUTHORITIES
from engine.registers import Register
from engine.service import Authority, Service
from tests.support.processes import ROOT

RULES_MAY_IMPORT = {"engine", "collections", "dataclasses", "datetime", "enum", "functools", "itertools", "math", "re", "typing"}
FOLDERS = {authority.code: ROOT / "blueprints" / authority.code for authority in AUTHORITIES}
FILES = [file for folder in FOLDERS.values() for file in sorted(folder.glob("*.py")) if file.name != "__init__.py"]
NAMES = [file.relative_to(ROOT).as_posix() for file in FILES]


@pytest.mark.parametrize("file", FILES, ids=NAMES)
def test_a_service_file_imports_only_the_engine(file: Path):
    own = f"blueprints.{file.parent.name}."  # files of its own authority, which are held to the same
    assert imports(file.read_text(), own) <= RULES_MAY_IMPORT


@pytest.mark.parametrize("file", FILES, ids=NAMES)
def test_a_service_file_has_no_clock_and_no_doors(file: Path):
    """Rules see the day they are given, and never a file or a process."""
    called = {ast.unparse(node.func) for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Call)}
    assert {
        name for name in called if name in ("open", "print", "eval", "exec") or name.endswith((".today", ".now", ".utcnow"))
    } == set()


@pytest.mark.parametrize("authority", AUTHORITIES, ids=lambda authority: authority.code)
def test_every_service_file_of_an_authority_is_listed(authority: Authority):
    modules = [module_of(file) for file in FILES if file.parent == FOLDERS[authority.code]]
    written = [thing for module in modules for thing in vars(module).values() if isinstance(thing, Service | Register)]
    assert {thing.code for thing in written} == {thing.code for thing in (*authority.services, *authority.registers)}


@pytest.mark.parametrize(
    "service", [service for authority in AUTHORITIES for service in authority.services], ids=lambda it: it.code
)
def test_a_service_lives_in_the_file_of_its_name(service: Service):
    authority, _dot, name = service.code.partition(".")
    module = importlib.import_module(f"blueprints.{authority}.{name.replace('-', '_')}")
    assert module.service is service
    assert len((module.__doc__ or "").splitlines()[0]) > 20


def test_the_reading_of_imports_sees_every_form():
    text = "import models.x\nfrom flask import request\ndef f():\n    from operations import fees\n    import os, sys as s\n"
    assert imports(text) == {"models", "flask", "operations", "os", "sys"}


def imports(text: str, but: str = "-") -> set[str]:
    """The packages a text imports, without modules whose names begin as `but` does."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not f"{node.module}.".startswith(but):
            found.add("." if node.level else (node.module or "").partition(".")[0])
    return found


def module_of(file: Path) -> ModuleType:
    return importlib.import_module(".".join(file.relative_to(ROOT).with_suffix("").parts))
