"""Changing fees, as a browser without scripts walks it."""

import datetime as dt

import pytest
from flask import Flask

from models import FeeProposal, FeeRule
from operations.now import today
from tests.support.administrators import browser_of
from tests.support.client import Client

DAY = (today() + dt.timedelta(days=30)).isoformat()


pytestmark = pytest.mark.usefixtures("demo")


@pytest.fixture
def first(portal: Flask) -> Client:
    return browser_of(portal, "administrator")


def written(first: Client) -> int:
    """A draft that changes the first year's fee of the fourth grade."""
    begun = first.visit("/administration/fees").submit("begin", authority="chamber")
    number = FeeProposal.select().order_by(FeeProposal.id.desc()).get().id
    assert begun.path == f"/administration/fees/{number}"
    rule = FeeRule.get((FeeRule.code == "chamber.first-year") & (FeeRule.variant == "fourth")).id
    form = first.visit(f"/administration/fees/{number}/changes/{rule}")
    assert form.submit("change", amount="two", effective_from="tomorrow", source="").errors.keys() == {"effective_from", "source"}
    assert form.submit("change", amount="two", effective_from=DAY, source="x").errors.keys() == {"amount"}
    back = form.submit("change", amount="٣٠", effective_from=DAY, source="Decision 12/2027")
    assert "Decision 12/2027" in back.text and "OMR 30.000" in back.text and "Fourth grade: One year" in back.text
    return int(number)


@pytest.mark.parametrize("language", ["ar", "en"])
def test_one_writes_and_another_approves(portal: Flask, first: Client, language: str) -> None:
    number = written(first)
    page = f"/administration/fees/{number}"
    first.visit(page).submit(f"{page}/proposal")
    assert not first.visit(page).html.xpath(f"//form[@action='{page}/approval']")
    second = browser_of(portal, "administrator", "chamber", language)
    second.visit("/administration")
    second.visit("/administration/fees")
    second.visit(page).submit(f"{page}/approval")
    assert FeeRule.get(FeeRule.source == "Decision 12/2027").amount.baisa == 30_000


def test_a_rejection_says_why(portal: Flask, first: Client) -> None:
    number = written(first)
    page = f"/administration/fees/{number}"
    first.visit(page).submit(f"{page}/proposal")
    second = browser_of(portal, "administrator")
    assert second.visit(page).submit("reject", reason=" ").errors.keys() == {"reason"}
    second.visit(page).submit("reject", reason="Not published yet")
    assert "Not published yet" in first.visit(page).text


def test_a_line_is_taken_out_and_a_proposal_withdrawn(first: Client) -> None:
    number = written(first)
    page = first.visit(f"/administration/fees/{number}")
    removal = next(form.get("action") for form in page.html.forms if "removal" in form.get("action", ""))
    assert "Decision 12/2027" not in page.submit(removal).text
    assert page.submit(f"/administration/fees/{number}/withdrawal").path == "/administration/fees"


@pytest.mark.parametrize("duty", [None, "clerk", "supervisor", "cashier", "auditor"])
def test_other_duties_are_refused(portal: Flask, first: Client, duty: str | None) -> None:
    number = written(first)
    other = browser_of(portal, duty)
    for address in ("/administration", "/administration/fees", f"/administration/fees/{number}"):
        other.visit(address, status=403)


def test_another_authoritys_proposal_looks_like_none(portal: Flask, first: Client) -> None:
    portal.config["WTF_CSRF_ENABLED"] = False
    number, other = written(first), browser_of(portal, "administrator", "municipality")
    rule = FeeRule.get(FeeRule.code == "chamber.first-year").id
    for end in ("", f"/changes/{rule}"):
        there, nowhere = (other.visit(f"/administration/fees/{which}{end}", status=404) for which in (number, 404))
        assert (there.heading, there.text) == (nowhere.heading, nowhere.text)
    for end in ("approval", "rejection", "proposal", "withdrawal", "lines/1/removal"):
        assert other.post(f"/administration/fees/{number}/{end}", data={"reason": "x"}).status_code == 404
    assert other.post("/administration/fees", data={"authority": "chamber"}).status_code == 404
