"""A forgotten password: by code, by link, and for nobody."""

import re

import pytest
from flask import Flask

from models import Account, CodeSent
from tests.support.builders import PASSWORD, a_person, a_solution
from tests.support.client import Client, Page
from tests.support.postbox import delivered, last_code, last_link

NEW = "three boats at low tide"
WHO = "salim@bawaba.example"


@pytest.fixture(autouse=True)
def salim(portal: Flask) -> Account:
    return a_person(email=WHO, phone="+96899416689")


def recovering(client: Client, who: str = WHO) -> Page:
    return client.visit("/account/recovery").submit(who=who, altcha=a_solution("recovery"), noscript=None)


def signs_in(client: Client, password: str) -> bool:
    return (
        client.visit("/account/sign-in").submit(who=WHO, password=password, altcha=a_solution("sign-in"), noscript=None).path
        == "/dashboard"
    )


@pytest.mark.parametrize(("who", "channel"), [(WHO, "mail"), ("٩٩٤١٦٦٨٩", "sms")])
def test_a_code_sets_a_new_password(client: Client, who: str, channel: str) -> None:
    page = recovering(client, who)
    assert page.path == "/account/recovery/password"
    done = page.submit(code=last_code(channel), password=NEW, confirmation=NEW)
    assert done.path == "/account/sign-in" and "new password is set" in done.text
    assert not signs_in(client, PASSWORD) and signs_in(client, NEW)


def test_a_link_sets_a_new_password_only_by_its_button(client: Client) -> None:
    recovering(client)
    link = last_link()
    client.visit(link)
    page = client.visit(link)
    assert page.submit(password=NEW, confirmation="other").status == 422
    assert page.submit(password=NEW, confirmation=NEW).path == "/account/sign-in"
    assert client.visit(link, status=404)
    assert signs_in(client, NEW)


def test_an_unknown_address_gets_the_very_same_page(client: Client, portal: Flask) -> None:
    answers = []
    for who in (WHO, "nobody@bawaba.example"):
        page = recovering(portal.test_client(), who)
        wrong = page.submit(code="000000", password=NEW, confirmation=NEW)
        answers.append([(shown.status, shown.path, _without_tokens(shown)) for shown in (page, wrong)])
    assert answers[0] == answers[1]
    assert [message["to"] for message in delivered()] == [WHO]


def _without_tokens(page: Page) -> str:
    return (
        re.sub(r'value="[^"]{20,}"', "", page.response.text)
        .replace("n•••@", "s•••@")
        .replace("1:00", "0:59")
        .replace('"60"', '"59"')
    )


def test_another_country_gets_no_sms_and_the_reason(client: Client) -> None:
    page = recovering(client, "+447911123456")
    assert page.status == 422 and "inside Oman only" in page.errors["who"]
    assert not CodeSent.select().exists()


def test_five_wrong_codes_close_the_challenge(client: Client) -> None:
    page = recovering(client)
    code = last_code()
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    for _n in range(5):
        assert page.submit(code=wrong, password=NEW, confirmation=NEW).status == 422
    closed = page.submit(code=code, password=NEW, confirmation=NEW)
    assert closed.status == 422 and "fifth" in closed.errors["code"]
    assert signs_in(client, PASSWORD)


def test_the_page_says_what_an_sms_is_worth(client: Client) -> None:
    assert "Whoever holds your SIM card reads your SMS" in client.visit("/account/recovery").text
