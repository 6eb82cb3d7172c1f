"""Closings and notices, as administrators write them and everybody reads them."""

import datetime as dt

import pytest
from flask import Flask

from models import Announcement, Application
from operations.now import today
from tests.support.administrators import browser_of
from tests.support.client import Client

SERVICE = "municipality.general-request"
LAST = today() + dt.timedelta(days=2)
TEXTS = {"text_ar": "جرد <b>سنوي</b>.", "text_en": "Yearly <b>stocktaking</b>."}


pytestmark = pytest.mark.usefixtures("demo")


@pytest.fixture
def administrator(portal: Flask) -> Client:
    return browser_of(portal, "administrator")


def announce(administrator: Client, **typed: str) -> None:
    page = administrator.visit("/administration/announcements")
    done = page.submit("announce", **{"kind": "closure", "about": SERVICE, "last_day": LAST.isoformat()} | TEXTS | typed)
    assert "Announced." in done.text


def test_a_closed_service_says_so_everywhere_and_opens_again(portal: Flask, client: Client, administrator: Client) -> None:
    citizen = browser_of(portal, None)
    open_page = citizen.visit(f"/services/{SERVICE}")
    announce(administrator)
    for address in ("/", f"/services/{SERVICE}"):
        assert "Closed; opens again on" in client.visit(address).text
    assert "Yearly <b>stocktaking</b>." in citizen.visit(f"/services/{SERVICE}").text
    assert "Closed; opens again on" in citizen.visit("/dashboard").text
    assert not citizen.visit(f"/services/{SERVICE}").html.xpath("//form[@action='/applications']")
    late = open_page.submit()
    assert late.status == 422 and "opens again on" in late.text and not Application.select().exists()
    page = administrator.visit("/administration/announcements")
    page.submit(f"/administration/announcements/{Announcement.get().id}/end")
    assert citizen.visit(f"/services/{SERVICE}").html.xpath("//form[@action='/applications']")


def test_a_draft_waits_at_its_check_page(portal: Flask, administrator: Client) -> None:
    citizen = browser_of(portal, None)
    citizen.visit(f"/services/{SERVICE}").submit()
    reference = Application.get().reference
    citizen.visit(f"/applications/{reference}/steps/request").submit(subject="A tree", text="It leans.")
    check = citizen.visit(f"/applications/{reference}/steps/papers").submit("step")
    announce(administrator, last_day="")
    waiting = citizen.visit(f"/applications/{reference}/check")
    assert "Closed until further notice" in waiting.text and not waiting.html.xpath("//main//form")
    assert check.submit(f"/applications/{reference}/submission").status == 422
    assert Application.get().state == "draft"


@pytest.mark.parametrize("language", ["ar", "en"])
def test_a_notice_is_on_every_page_until_it_is_put_away(
    portal: Flask, client: Client, administrator: Client, language: str
) -> None:
    announce(administrator, kind="information", about="")
    client.set_cookie("language", language)
    said = TEXTS[f"text_{language}"]
    for address in ("/", "/about/terms", "/verify", "/account/sign-in"):
        assert said in client.visit(address).text
    number = Announcement.get().id
    back = client.visit("/about/terms").submit(f"/announcements/{number}/dismissal")
    assert back.path == "/about/terms" and said not in back.text
    assert said in browser_of(portal, None, language=language).visit("/dashboard").text


def test_what_was_typed_wrong_is_said_beside_it(administrator: Client) -> None:
    page = administrator.visit("/administration/announcements")
    assert page.submit("announce", kind="closure", about="", **TEXTS).errors.keys() == {"about"}
    assert page.submit("announce", about=SERVICE, first_day="soon").errors.keys() == {"first_day", "text_ar", "text_en"}


def test_one_comes_back_only_to_this_portal(client: Client) -> None:
    client.application.config["WTF_CSRF_ENABLED"] = False
    answer = client.post("/announcements/1/dismissal", data={"next": "https://elsewhere.example"})
    assert answer.headers["Location"] == "/"


def test_other_duties_are_refused_and_other_authorities_things_are_not_there(portal: Flask, administrator: Client) -> None:
    announce(administrator)
    portal.config["WTF_CSRF_ENABLED"] = False
    number = Announcement.get().id
    for duty in (None, "clerk", "supervisor", "cashier", "auditor"):
        other = browser_of(portal, duty)
        other.visit("/administration/announcements", status=403)
        assert other.post(f"/administration/announcements/{number}/end").status_code == 403
    chamber = browser_of(portal, "administrator", "chamber")
    assert "stocktaking" not in chamber.visit("/administration/announcements").text
    for which in (number, 404):
        assert chamber.post(f"/administration/announcements/{which}/end").status_code == 404


def test_public_pages_cost_as_few_statements_as_before(client: Client, administrator: Client) -> None:
    announce(administrator, kind="information", about="")
    seen: list[str] = []
    hooks = Announcement._meta.database.obj.query_hooks
    hooks.append(lambda event: seen.append(event.sql))
    client.visit("/")
    hooks.clear()
    assert len(seen) <= 2
