"""docs/services.md says what the catalogue says, and a service is a small file."""

import statistics
from pathlib import Path

from flask import Flask

from app import AUTHORITIES
from blueprints.operating import catalogue_page
from blueprints.operating.catalogue_page import source
from tests.support.processes import ROOT

SERVICES = [service for authority in AUTHORITIES for service in authority.services]


def test_the_page_of_the_services_is_what_the_catalogue_says(portal: Flask, tmp_path: Path):
    """Else: `flask services document`."""
    page = (ROOT / "docs" / "services.md").read_text(encoding="utf-8")
    assert page == catalogue_page.page()
    done = portal.test_cli_runner().invoke(args=["services", "document", str(tmp_path / "services.md")])
    assert done.exit_code == 0 and (tmp_path / "services.md").read_text(encoding="utf-8") == page


def test_the_page_has_a_row_with_the_source_for_every_service():
    page = catalogue_page.page()
    for service in SERVICES:
        (row,) = [line for line in page.splitlines() if line.startswith(f"| `{service.code.partition('.')[2]}` |")]
        assert row.endswith(f"| {source(service)} |"), service.code


def test_the_median_service_is_at_most_70_lines():
    lines = {service.code: len(file_of(service.code).read_text(encoding="utf-8").splitlines()) for service in SERVICES}
    assert statistics.median(lines.values()) <= 70, lines


def file_of(code: str) -> Path:
    return ROOT / "blueprints" / f"{code.replace('.', '/').replace('-', '_')}.py"
