"""The public check of a membership: a day and nothing else, a few times for everybody, then for people."""

import datetime as dt

import pytest

from operations import demonstration
from operations.now import set_business_day
from tests.support.builders import a_solution
from tests.support.client import Client, Page

PATH = "/check/chamber.memberships"


@pytest.fixture(autouse=True)
def business_day(demo: None) -> None:
    set_business_day(dt.date(2026, 11, 22))


def ask(client: Client, number: str, by: str = "number", **more: str) -> Page:
    return client.visit(PATH).submit("check", number=number, by=by, **more)


def test_a_membership_that_stands_shows_its_last_day_and_nothing_of_the_company(client: Client) -> None:
    for number, by in (("1128046", "number"), ("١٢٧٩٥٣١", "parent")):
        page = ask(client, number, by)
        assert "It stands until 31 December 2026." in page.text
        assert not {"Shamsa", "Sohar", "شمسة", "Fourth", "7324674"} & set(page.text.split())
    assert "1128046" not in ask(client, "1279531", "parent").text


def test_one_that_has_ended_says_since_when(client: Client) -> None:
    assert "It ended on 19 March 2018." in ask(client, "91868").text


def test_unknown_numbers_all_get_the_same_answer(client: Client) -> None:
    said = {ask(client, number, by).text.replace(number, "") for number, by in (("404", "number"), ("91868", "parent"))}
    assert len({text.replace(" checked", "") for text in said}) == 1 and "Nothing stands under this number." in said.pop()
    assert ask(client, "").status == 422


def test_after_three_questions_a_person_must_ask(client: Client) -> None:
    for _time in range(3):
        assert not client.visit(PATH).html.xpath("//altcha-widget")
        ask(client, "91868")
    assert client.visit(PATH).html.xpath("//altcha-widget")
    page = ask(client, "91868")
    assert page.status == 422 and "ended" not in page.text
    assert "sign in to go on asking" in page.text
    solution = a_solution("question")
    assert "It ended on 19 March 2018." in ask(client, "91868", altcha=solution).text
    assert ask(client, "91868", altcha=solution).status == 422  # a solution serves once


def test_who_is_signed_in_goes_on_asking(client: Client) -> None:
    form = client.visit("/account/sign-in")
    form.submit(who="ali@example.om", password=demonstration.PASSWORD, altcha=a_solution("sign-in"), noscript=None)
    for _time in range(5):
        assert "ended" in ask(client, "91868").text


def test_nobody_asks_without_end(client: Client) -> None:
    page = client.visit(PATH)
    assert {page.submit("check", number="1").status for _time in range(20)} == {200, 422}
    assert page.submit("check", number="1").status == 429


def test_other_registers_cannot_be_asked(client: Client) -> None:
    assert client.visit("/check/chamber.establishments", status=404).status == 404


@pytest.mark.parametrize("page", ["/", "/verify"])
def test_the_check_is_found(page: str, client: Client) -> None:
    assert client.visit(page).html.xpath(f"//main//a[@href='{PATH}']")
