"""`make service`: what it writes works as it stands, in a copy of this tree."""

import csv
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.pofile import read_po, write_po

from app import AUTHORITIES
from tests.support.processes import ROOT
from tools.service import enlisted, main, make

LEFT_OUT = shutil.ignore_patterns(".*", "var", "node_modules", "__pycache__", "journeys", "documents_golden")
PARTS = (
    "app.py",
    "tasks.py",
    "config.py",
    "models.py",
    "statements.py",
    "databases.py",
    "pyproject.toml",
    "engine",
    "gateways",
    "operations",
    "blueprints",
    "migrations",
)
PARTS += ("templates", "translations", "static", "tools", "tests", "docs", "demo")
HOUSE = """from blueprints.chamber import registers, renew_membership
from engine.service import Authority

authority = Authority(
    code="chamber",
    services=(renew_membership.service,),
    registers=(registers.establishments,),
)
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    copy = tmp_path / "portal"
    copy.mkdir()
    for name in PARTS:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, copy / name, ignore=LEFT_OUT)
        else:
            shutil.copy(ROOT / name, copy / name)
    return copy


COMMAND = re.compile(r"^(?:make|flask) .+$|`((?:make|flask) [^`]+)`", re.MULTILINE)
LEFT_TO_OTHERS = {"make check", "make test", "flask registers import FILE.csv"}  # the first two are this very run


def commands_of(document: str) -> list[str]:
    """What a document tells to type, in its order: the lines of its blocks and what stands in its sentences."""
    found = (match.group(1) or match.group() for match in COMMAND.finditer(document))
    return [command for command in dict.fromkeys(found) if command not in LEFT_TO_OTHERS]


@pytest.fixture
def workplace(tree: Path) -> dict[str, str]:
    """The tree as somebody works in it: packages installed, database there. Returns the environment of their shell."""
    for name in ("Makefile", "requirements.txt", "constraints.txt"):
        shutil.copy(ROOT / name, tree / name)
    programs = tree / ".venv" / "bin"
    programs.mkdir(parents=True)
    for name, words in (("python", ""), ("flask", "-m flask")):
        (programs / name).write_text(f'#!/bin/sh\nexec {sys.executable} {words} "$@"\n')
        (programs / name).chmod(0o755)
    (tree / ".venv" / "ready").touch()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "PORTAL_", "MAKE"))}
    shell = kept | {"PYTHONDONTWRITEBYTECODE": "1", "PATH": f"{programs}:{os.environ['PATH']}"}
    typed(tree, shell, "flask migrate")
    return shell


def typed(tree: Path, shell: dict[str, str], command: str) -> str:
    done = subprocess.run(command, shell=True, cwd=tree, env=shell, capture_output=True, text=True)
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return done.stdout


def in_arabic(tree: Path) -> None:
    """What the fourth step asks of a person: every text in Arabic."""
    file = tree / "translations" / "ar" / "LC_MESSAGES" / "messages.po"
    with file.open("rb") as text:
        catalog = read_po(text)
    for message in catalog:
        if message.id and not message.string:
            message.string = "بطاقة"
    with file.open("wb") as text:
        write_po(text, catalog)


def test_who_does_what_the_document_says_has_a_service(tree: Path, workplace: dict[str, str]):
    """docs/adding-a-service.md alone: its commands, in its order, and the Arabic."""
    commands = commands_of((ROOT / "docs" / "adding-a-service.md").read_text(encoding="utf-8"))
    assert commands == [
        "make service NAME=chamber/print_card",
        "flask services list",
        "flask fees import migrations/fees.csv",
        "flask fees show",
        "flask fees document",
        "make translate",
        "flask services document",
    ]
    said = {}
    for command in commands:
        said[command] = typed(tree, workplace, command)
        if command == "make translate":
            in_arabic(tree)
            typed(tree, workplace, "python -m tools.translations compile")
    assert "chamber.print-card\tPrint card\tPrint card\tchamber\tclerk\n" in said["flask services list"]
    assert "chamber.print-card" in said["flask fees show"]
    assert "| `print-card` | Print card · بطاقة |" in (tree / "docs" / "services.md").read_text(encoding="utf-8")
    page = "from app import create_app as c; print(c().test_client().get('/services/chamber.print-card').text)"
    assert "بطاقة</h1>" in typed(tree, workplace, f'python -c "{page}"')
    typed(tree, workplace, "python -m pytest -n0 -p no:cacheprovider tests/blueprints/chamber/test_print_card.py")


def run(tree: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "PORTAL_"))}
    return subprocess.run(
        [sys.executable, "-m", *words],
        cwd=tree,
        env=environment | {"PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
    )


def test_a_new_service_is_listed_and_its_test_passes(tree: Path):
    made = run(tree, "tools.service", "chamber/print_card")
    assert made.returncode == 0, made.stdout + made.stderr
    assert "blueprints/chamber/print_card.py" in made.stdout
    assert "make translate" in made.stdout
    listed = run(tree, "flask", "services", "list").stdout.splitlines()
    assert {line.partition("\t")[0] for line in listed} == {
        "chamber.print-card",
        *(service.code for authority in AUTHORITIES for service in authority.services),
    }
    assert "chamber.print-card\tPrint card\tPrint card\tchamber\tclerk" in listed
    tested = run(
        tree, "pytest", "-n0", "-p", "no:cacheprovider", "tests/blueprints/chamber/test_print_card.py",
        "tests/house/test_floors_of_services.py",
    )  # fmt: skip
    assert tested.returncode == 0, tested.stdout
    for check in (["check"], ["format", "--check"]):
        clean = run(tree, "ruff", *check, "blueprints/chamber", "tests/blueprints/chamber/test_print_card.py")
        assert clean.returncode == 0, clean.stdout
    with pytest.raises(ValueError, match="is there already"):
        make(tree, "chamber", "print_card")


def test_its_fee_is_in_the_schedule_and_unset(tree: Path):
    make(tree, "chamber", "print_card")
    with (tree / "migrations" / "fees.csv").open(encoding="utf-8", newline="") as lines:
        *before, row = csv.DictReader(lines)
    assert before
    assert (row["code"], row["amount"], row["confirmed"]) == ("chamber.print-card", "", "no")


@pytest.mark.parametrize(
    "words", [[], ["print_card"], ["chamber/Print"], ["chamber/../x"], ["chamber/print-card"], ["a/b", "c/d"]]
)
def test_a_name_that_cannot_be_one_is_shown_how_it_looks(words: list[str], capsys: pytest.CaptureFixture[str]):
    assert main(*words) == 2
    assert "NAME=chamber/print_card" in capsys.readouterr().out


def test_an_authority_that_is_not_there_is_told_which_are(tree: Path):
    with pytest.raises(ValueError, match=r"There is no authority 'harbour'.*chamber"):
        make(tree, "harbour", "berth")
    assert not (tree / "blueprints" / "harbour").exists()


def test_a_service_joins_the_others_in_order():
    first = enlisted(HOUSE, "chamber", "print_card")
    assert first.splitlines()[0] == "from blueprints.chamber import print_card, registers, renew_membership"
    assert "    services=(renew_membership.service, print_card.service),\n    registers=" in first
    many = first
    for number in range(10):
        many = enlisted(many, "chamber", f"a_rather_long_name_{number}")
    compile(many, "authority", "exec")
    assert max(map(len, many.splitlines())) <= 130
    assert many.count("a_rather_long_name_3") == 2


def test_an_authority_written_another_way_is_left_alone():
    with pytest.raises(ValueError, match="does not list its services"):
        enlisted("import blueprints\nservices = []\n", "chamber", "print_card")
