"""A whole authority is a folder: what stands outside it and names it is listed here, and in docs/decisions.md, with why."""

import re
import subprocess

from app import AUTHORITIES
from tests.support.processes import ROOT

WHY = {
    "app.py": "its registration",
    "migrations/fees.csv": "its fees, with their sources",
    "migrations/centres.csv": "where its offices receive people",
    "operations/demonstration.py": "its demo staff",
    "operations/passwords.py": "its name is no password",
    "migrations/0023_people.sqlite.sql": "the last day of what its registers held when that column came",
    "migrations/0023_people.postgresql.sql": "the same",
    "engine/fields.py": "an example in a docstring",
    "pyproject.toml": "what the portal is, in a line",
    "README.md": "who can sign in to the demonstration",
}
"""Rules, pages, tables and operations name no authority."""
TOLD = ("blueprints/residency/", "tests/", "docs/", "translations/")  # itself, its tests, its words
SHEETS = {"layout.html", "parts.html", "sheet.html"}  # every paper's


def test_nothing_outside_its_folder_names_it_but_what_is_listed() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
    outside = [name for name in tracked if name and not name.startswith(TOLD)]
    naming = {name for name in outside if b"residency" in (ROOT / name).read_bytes()}
    assert naming == set(WHY)


def test_each_of_its_papers_is_a_template_of_the_house() -> None:
    """A paper of its own is one template more; it names no service."""
    (ours,) = [authority for authority in AUTHORITIES if authority.code == "residency"]
    papers = {paper.template for service in ours.services for paper in service.certificates}
    papers |= {base for paper in papers for base in extended(paper)} - SHEETS
    others = {
        paper.template for each in AUTHORITIES if each is not ours for service in each.services for paper in service.certificates
    }
    decided = (ROOT / "docs" / "decisions.md").read_text(encoding="utf-8")
    assert {paper for paper in papers - others if f"`{paper}`" not in decided} == set()


def test_the_list_is_told_to_people_too() -> None:
    decided = (ROOT / "docs" / "decisions.md").read_text(encoding="utf-8")
    assert {name for name in WHY if f"`{name}`" not in decided} == set()


def extended(paper: str) -> set[str]:
    text = (ROOT / "templates" / "documents" / paper).read_text(encoding="utf-8")
    return set(re.findall(r'extends "documents/([\w.]+)"', text))
