"""From the reminder to the renewal in two taps, and to no more reminders."""

import datetime as dt

import pytest

from engine.catalogue import catalogue
from models import Application, NoReminder
from operations import demonstration, identifiers, reminders
from operations.now import set_business_day
from tests.support.builders import a_solution
from tests.support.client import Client, Page

RENEW = "/reminders/chamber.memberships/1128046"


@pytest.fixture(autouse=True)
def business_day(demo: None) -> None:
    set_business_day(dt.date(2026, 11, 22))


def sign_in(page: Page, who: str = "shamsa@example.om") -> Page:
    return page.submit("sign-in", who=who, password=demonstration.PASSWORD, altcha=a_solution("sign-in"), noscript=None)


def test_the_link_leads_through_signing_in_to_a_renewal_that_is_filled_in(client: Client) -> None:
    page = sign_in(client.visit(RENEW))
    assert page.path == RENEW and "31 December 2026" in page.text
    assert not Application.select().exists()  # looking begins nothing
    assert page.submit("/applications").path.startswith("/identity/")
    begun = Application.get()
    assert begun.answers == {"registration": "1279531", "membership": "1128046"}


def test_somebody_elses_is_not_there(client: Client) -> None:
    sign_in(client.visit("/account/sign-in"), "ali@example.om")
    assert client.visit(RENEW, status=404).status == 404
    assert client.visit("/reminders/chamber.memberships/404", status=404).status == 404
    assert client.visit("/reminders/chamber.establishments/1279531", status=404).status == 404


def test_the_mails_link_stops_them_only_when_the_button_is_pressed(client: Client) -> None:
    account = identifiers.account_of("shamsa@example.om")
    assert account
    link = f"/reminders/chamber.memberships/stop/{reminders.token(account, catalogue.registers['chamber.memberships'])}"
    page = client.visit(link)
    assert not NoReminder.select().exists()
    assert "You will not be reminded any more." in page.submit().text
    assert NoReminder.get().account_id == account.id
    assert client.visit(link[:-1] + "0" if link[-1] != "0" else link[:-1] + "1", status=404).status == 404


def test_the_account_turns_them_off_and_on(client: Client) -> None:
    sign_in(client.visit("/account/sign-in"))
    page = client.visit("/account").client.visit("/account/reminders")
    assert "60, 30, 7" in page.text
    off = page.submit()
    assert NoReminder.select().count() == 1 and "You will not be reminded any more." in off.text
    off.submit()
    assert not NoReminder.select().exists()
    assert client.post("/account/reminders", data={"register": "nothing", "on": "1"}).status_code in (400, 404)
