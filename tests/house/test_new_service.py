"""`make service`: what it writes works as it stands, in a copy of this tree."""

import csv
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

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
