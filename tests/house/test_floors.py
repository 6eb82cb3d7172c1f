"""What import-linter does not see: the single files, and the service files of the authorities."""

import ast
import subprocess
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OURS = {"app", "tasks", "config", "models", "statements", "databases"} | {path.parent.name for path in ROOT.glob("*/__init__.py")}
MAY_IMPORT = {
    "statements.py": set(),
    "databases.py": set(),
    "models.py": {"engine", "statements"},
    "config.py": set(),
    "tasks.py": {"config", "operations", "engine"},
    "app.py": OURS - {"app", "sandbox", "tests", "tools", "bench"},
}
ON_THEIR_OWN = ("card_reader/", "tests/card_reader/", "static/vendor/")  # with requirements of their own
AUTHORITIES = ("chamber", "municipality", "residency")
SERVICES = [
    path.relative_to(ROOT).as_posix()
    for authority in AUTHORITIES
    for path in (ROOT / "blueprints" / authority).glob("*.py")
    if path.name != "__init__.py"
]


@pytest.mark.parametrize("file", MAY_IMPORT)
def test_a_single_file_imports_only_what_is_below_it(file: str):
    assert imported_by(ROOT / file) <= MAY_IMPORT[file]


@pytest.mark.parametrize("file", SERVICES)
def test_a_service_is_rules_alone(file: str):
    assert imported_by(ROOT / file) <= {"engine", "blueprints"}
    assert all(
        module.startswith(f"{Path(file).parent.as_posix().replace('/', '.')}") for module in modules(ROOT / file, "blueprints")
    )


def test_every_package_we_import_is_pinned():
    named = {line.partition("==")[0].lower() for line in (ROOT / "constraints.txt").read_text().splitlines()}
    tracked = subprocess.run(["git", "ls-files", "*.py"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    distributions = packages_distributions()
    unnamed = {
        f"{file} imports {module}"
        for file in tracked
        if not file.startswith(ON_THEIR_OWN)
        for module in {name.partition(".")[0] for name in modules(ROOT / file)}
        if module in distributions and not {name.lower() for name in distributions[module]} & named
    }
    assert not unnamed


def test_the_reading_of_imports_sees_every_form(tmp_path: Path):
    file = tmp_path / "x.py"
    file.write_text("import models\nfrom config import Settings\ndef f():\n    import operations.fees as g\n")
    assert imported_by(file) == {"models", "config", "operations"}


def imported_by(file: Path) -> set[str]:
    """Which parts of the portal a file imports, anywhere in it."""
    return {module.partition(".")[0] for module in modules(file)} & OURS


def modules(file: Path, part: str = "") -> list[str]:
    found: list[str] = []
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: relative import"
            found.append(node.module or "")
    return [module for module in found if not part or module.partition(".")[0] == part]
