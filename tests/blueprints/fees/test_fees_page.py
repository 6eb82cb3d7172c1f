"""docs/fees.md says what the schedule says, and every fee that a service asks for is on it with its source."""

from pathlib import Path

import pytest
from flask import Flask

from app import AUTHORITIES
from blueprints.fees import document
from blueprints.fees.commands import FEES_PAGE, FIRST_SCHEDULE
from engine.service import Service
from operations import fees

SERVICES = [service for authority in AUTHORITIES for service in authority.services]


def test_the_page_of_the_fees_is_what_the_schedule_says(portal: Flask, tmp_path: Path) -> None:
    """Else: `flask fees document`."""
    page = FEES_PAGE.read_text(encoding="utf-8")
    assert page == document.page(fees.written(FIRST_SCHEDULE))
    done = portal.test_cli_runner().invoke(args=["fees", "document", str(tmp_path / "fees.md")])
    assert done.exit_code == 0 and (tmp_path / "fees.md").read_text(encoding="utf-8") == page


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.code)
def test_every_fee_of_a_service_is_traced_to_a_row_with_its_source(service: Service) -> None:
    lines = FEES_PAGE.read_text(encoding="utf-8").splitlines()
    for code in service.fee_codes:
        rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith(f"| `{code}`")]
        assert rows and all(len(row) == 6 and row[-1] for row in rows), code


def test_the_words_of_a_fine_say_how_often_and_after_which_grace(portal: Flask) -> None:
    fees.import_schedule(FIRST_SCHEDULE)
    shown = portal.test_cli_runner().invoke(args=["fees", "show"]).output
    (once,) = [line for line in shown.splitlines() if line.startswith("residency.resident-fine")]
    (monthly,) = [line for line in shown.splitlines() if line.startswith("residency.resident-card-late")]
    assert "10.000 once >30d  unconfirmed" in once and "5.000 /month >30d  unconfirmed" in monthly
