"""The pages of what is one's own: the calendar, family and workers, lists; as a browser without scripts walks them."""

import datetime as dt
import io
from collections.abc import Iterator

import pytest
from flask import Flask
from icalendar import Calendar

from models import Application, Outbox, Session
from operations import demonstration, outbox, sessions
from operations.civil_numbers import owner
from operations.now import now, set_business_day
from tests.support.builders import a_person
from tests.support.client import Client
from tests.support.counting import counted

ALI, RAJESH = "1526575", "60123456"


@pytest.fixture(autouse=True)
def demo(portal: Flask) -> Iterator[None]:
    """As the demonstration's papers stand on that day: some late, some not."""
    set_business_day(dt.date(2026, 11, 22))
    demonstration.prepare()
    yield
    set_business_day(None)


def browser_of(portal: Flask, civil_number: str, *, language: str = "en", assurance: int = 2) -> Client:
    account = owner(civil_number) or a_person()
    client = portal.test_client()
    client.set_cookie("language", language)
    with client.session_transaction() as cookie:
        cookie["_user_id"] = sessions.begin(account, browser="Firefox", address="192.0.2.1")
    Session.update(assurance=assurance).where(Session.account == account).execute()
    return client  # type: ignore[return-value]


def work() -> None:
    Outbox.update(done_at=now()).where(Outbox.kind.in_(["document", "message"])).execute()
    outbox.drain()


def test_a_resident_sees_wife_and_children_and_renews_two_cards(portal: Flask) -> None:
    browser = browser_of(portal, RAJESH)
    shown = browser.visit("/people")
    for said in ("Yourself", "Wife", "Son or daughter", "Priya Rajesh Menon", "Resident card 70000002"):
        assert said in shown.text, said
    chosen = ["residency.cards:70000002", "residency.cards:70000003"]
    token = shown.values["csrf_token"]
    answer = browser.post("/people/renewals", data={"csrf_token": token, "chosen": chosen}, follow_redirects=True)
    assert "2 renewals wait for you below" in answer.text
    assert [row.answers for row in Application.select().order_by(Application.id)] == [{"card": "70000002"}, {"card": "70000003"}]
    one = browser.post("/people/renewals", data={"csrf_token": token, "chosen": chosen[:1]})
    assert one.status_code == 303 and one.location.endswith("/steps/years")


def test_nothing_chosen_is_said_and_strangers_documents_do_not_exist(portal: Flask) -> None:
    browser = browser_of(portal, RAJESH)
    assert "Choose at least one document" in browser.visit("/people").submit("/people/renewals").text
    token = browser.visit("/people").values["csrf_token"]
    for key in ("residency.cards:70000008", "residency.cards:404"):
        assert browser.post("/people/renewals", data={"csrf_token": token, "chosen": [key]}).status_code == 404
    assert not Application.select().exists()


@pytest.mark.parametrize("path", ["/people", "/calendar"])
def test_before_the_number_is_proven_the_registers_stay_shut(portal: Flask, path: str) -> None:
    shown = browser_of(portal, "0", assurance=1).visit(path)
    assert "sign in once with your ID card or Mobile ID" in shown.text and "Menon" not in shown.text


def test_an_owner_finds_a_worker(portal: Flask) -> None:
    browser = browser_of(portal, ALI)
    assert "Mohammed Aslam Khan" in browser.visit("/people?q=aslam").text
    assert "Nobody of yours is known by" in browser.visit("/people?q=priya").text


@pytest.mark.parametrize("language", ["ar", "en"])
def test_the_calendar_lists_what_is_late_what_comes_and_what_is_held(portal: Flask, language: str) -> None:
    shown = browser_of(portal, ALI, language=language).visit("/calendar")
    assert ("Registered in your name" if language == "en" else "المسجل باسمك") in shown.text
    assert "1229237" in shown.text and shown.html.xpath("//a[contains(@href,'/reminders/chamber.memberships/')]")


def test_the_file_has_an_entry_for_each_that_has_a_day(portal: Flask) -> None:
    browser = browser_of(portal, RAJESH)
    got = browser.get("/calendar.ics")
    assert got.mimetype == "text/calendar"
    events = list(Calendar.from_ical(got.data).walk("VEVENT"))
    said = {str(event["summary"]): event for event in events}
    card = next(event for title, event in said.items() if "70000004" in title)
    assert "Resident card" in card["summary"] and str(card["url"]).endswith("/reminders/residency.cards/70000004")
    assert str(card.decoded("dtstart")) == "2026-12-15" and len({str(event["uid"]) for event in events}) == len(events)
    again = list(Calendar.from_ical(browser.get("/calendar.ics").data).walk("VEVENT"))
    assert [event["uid"] for event in again] == [event["uid"] for event in events]


def test_a_list_of_workers_is_checked_filed_and_paid(portal: Flask) -> None:
    browser = browser_of(portal, ALI)
    raw = b"Resident card,Valid for\n70000008,1\n70000002,1\n"
    brought = browser.visit("/lists").submit(service="residency.renew-resident-card", file=(io.BytesIO(raw), "workers.csv"))
    path = brought.path
    assert path.startswith("/lists/") and "Checked so far" in brought.text
    work()
    checked = browser.visit(path)
    assert "1 of 2 rows can be filed" in checked.text and "is not registered for the applicant" in checked.text
    assert "Customer" not in checked.text
    checked.submit(f"{path}/confirmation")
    work()
    assert browser.visit(path).submit(f"{path}/payment").values["amount"] == "5.000"
    reference = Application.get().reference
    assert f"70000008,1,5.000,{reference},Waiting for payment," in browser.get(f"{path}/results.csv").data.decode("utf-8-sig")
    example = browser.get("/lists/example/residency.renew-resident-card.csv").data.decode("utf-8-sig").strip()
    assert example == "Resident card,Valid for"
    other = browser_of(portal, RAJESH)
    portal.config["WTF_CSRF_ENABLED"] = False
    for method, each in [
        ("GET", path),
        ("GET", f"{path}/results.csv"),
        ("POST", f"{path}/confirmation"),
        ("POST", f"{path}/payment"),
    ]:
        assert other.open(each, method=method).status_code == 404, each
    for each in ("/lists/404", "/lists/example/municipality.general-request.csv"):
        assert browser.get(each).status_code == 404


def test_the_dashboard_shows_the_next_three_and_leads_to_the_rest(portal: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = browser_of(portal, ALI)
    browser.visit("/dashboard")
    with counted(monkeypatch) as before:
        browser.get("/account/reminders")
    with counted(monkeypatch) as sent:
        shown = browser.visit("/dashboard")
    assert len(shown.html.xpath("//section[h2='Late, and due next']//li")) == 3
    assert len([said for said in sent if said not in before]) <= 6, sent
    assert shown.html.xpath("//a[@href='/calendar']") and shown.html.xpath("//a[@href='/people']")


def test_the_menu_leads_to_them(portal: Flask) -> None:
    header = browser_of(portal, ALI).visit("/dashboard").html.xpath("//header")[0]
    assert {"/calendar", "/people"} <= set(header.xpath(".//a/@href"))
