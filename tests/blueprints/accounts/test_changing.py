"""Changing addresses and password, taking the data, closing: as people meet them, and attacks on them."""

import io
import zipfile

import pytest
from flask import Flask

from models import Account
from operations import outbox
from tests.support.builders import PASSWORD, a_person, a_solution
from tests.support.client import Client, Page
from tests.support.postbox import delivered, last_code

WHO = "salim@bawaba.example"
OTHER = "three boats at low tide"


@pytest.fixture(autouse=True)
def salim(portal: Flask) -> Account:
    return a_person(email=WHO, phone="+96899416689", civil_number="7324674", locale="en")


@pytest.fixture
def inside(client: Client) -> Client:
    client.visit("/account/sign-in").submit(who=WHO, password=PASSWORD, altcha=a_solution("sign-in"), noscript=None)
    return client


def confirmed(client: Client, path: str) -> Page:
    page = client.visit(path)
    return page.submit(password=PASSWORD) if page.path == "/account/confirmation" else page


def test_the_password_is_asked_once_and_leads_on(inside: Client) -> None:
    asked = inside.visit("/account/email")
    assert asked.path == "/account/confirmation"
    assert asked.submit(password="").errors.keys() == {"password"}
    assert asked.submit(password="wrong").errors.keys() == {"password"}
    assert asked.submit(password=PASSWORD).path == "/account/email"
    assert inside.visit("/account/phone").path == "/account/phone"


@pytest.mark.parametrize("evil", ["//evil.example", "https://evil.example/", "/\\evil.example"])
def test_nobody_is_led_to_another_site(inside: Client, evil: str) -> None:
    page = inside.visit(f"/account/confirmation?next={evil}").submit(password=PASSWORD, follow=False)
    assert page.response.headers["Location"] == "/account"


def test_a_new_email_is_proven_by_its_code(inside: Client) -> None:
    page = confirmed(inside, "/account/email")
    assert WHO in page.text and page.submit(email="salim").errors.keys() == {"email"}
    code_page = page.submit(email="new@falaj.example")
    assert code_page.path == "/account/email/code"
    assert code_page.submit(code="000000").status == 422
    mine = code_page.submit(code=last_code(to="new@falaj.example"))
    assert mine.path == "/account" and "new@falaj.example" in mine.text and "Your e-mail is changed" in mine.text
    assert "The e-mail address was changed" in inside.visit("/account/events").text


def test_a_new_mobile_is_proven_by_its_code(inside: Client) -> None:
    code_page = confirmed(inside, "/account/phone").submit(phone="92777777")
    assert code_page.path == "/account/phone/code"
    assert "+96892777777" in code_page.submit(code=last_code("sms")).text


def test_another_code_can_be_asked_for_and_comes_back_to_its_page(inside: Client) -> None:
    page = confirmed(inside, "/account/email").submit(email="new@falaj.example")
    assert page.submit("resend").path == "/account/email/code"


def test_the_challenge_of_one_person_is_worth_nothing_to_another(inside: Client, portal: Flask) -> None:
    confirmed(inside, "/account/email").submit(email="new@falaj.example")
    with inside.session_transaction() as cookie:
        challenge = cookie["challenge"]
    a_person(email="other@bawaba.example")
    other = portal.test_client()
    other.visit("/account/sign-in").submit(
        who="other@bawaba.example", password=PASSWORD, altcha=a_solution("sign-in"), noscript=None
    )
    with other.session_transaction() as cookie:
        cookie["challenge"] = challenge
    assert other.visit("/account/email/code").path == "/account/confirmation"


def test_the_password_is_changed_with_the_old_one(inside: Client) -> None:
    page = inside.visit("/account/password")
    assert list(page.submit(old="", password="", confirmation="").errors) == ["old", "password"]
    assert page.submit(old="wrong", password=OTHER, confirmation=OTHER).errors.keys() == {"old"}
    assert page.submit(old=PASSWORD, password=OTHER, confirmation="else").errors.keys() == {"confirmation"}
    assert page.submit(old=PASSWORD, password=OTHER, confirmation=OTHER).path == "/account"
    assert inside.get("/account").status_code == 200


def test_a_new_browser_is_told_of_once(client: Client, inside: Client, portal: Flask) -> None:
    assert [mail["subject"] for mail in delivered()] == ["Signed in from a new browser"]
    client.delete_cookie("session")
    client.visit("/account/sign-in").submit(who=WHO, password=PASSWORD, altcha=a_solution("sign-in"), noscript=None)
    assert len(delivered()) == 1
    cookie = client.get_cookie("browser")
    assert cookie.http_only and cookie.same_site == "Lax" and cookie.max_age > 365 * 24 * 3600
    other = portal.test_client()
    other.visit("/account/sign-in").submit(who=WHO, password=PASSWORD, altcha=a_solution("sign-in"), noscript=None)
    assert len(delivered()) == 2


def test_a_copy_of_ones_data_is_asked_for_waited_for_and_downloaded(inside: Client, portal: Flask) -> None:
    waiting = confirmed(inside, "/account/data/copy").submit()
    assert waiting.path == "/account/data" and "being made" in waiting.text
    outbox.drain()
    (link,) = inside.visit("/account/data").html.xpath("//a[contains(@href, '/account/data/copy/')]/@href")
    file = inside.get(link)
    assert file.headers["Content-Disposition"].startswith("attachment")
    assert {"data.json", "read-me.html"} <= set(zipfile.ZipFile(io.BytesIO(file.data)).namelist())
    a_person(email="other@bawaba.example")
    other = portal.test_client()
    other.visit("/account/sign-in").submit(
        who="other@bawaba.example", password=PASSWORD, altcha=a_solution("sign-in"), noscript=None
    )
    confirmed(other, "/account/data/copy")
    assert other.get(link).status_code == 404


def test_an_account_is_closed_and_comes_back_by_signing_in(inside: Client) -> None:
    page = confirmed(inside, "/account/closing")
    gone = page.submit()
    assert gone.path == "/" and "closes in seven days" in gone.text and inside.get("/account").status_code == 303
    back = inside.visit("/account/sign-in").submit(who=WHO, password=PASSWORD, altcha=a_solution("sign-in"), noscript=None)
    assert "You came back" in back.text and Account.get(Account.first_name == "Salim").closing_at is None


@pytest.mark.parametrize(
    "path",
    ["confirmation", "confirmation/anew", "email", "email/code", "phone", "phone/code", "password", "data/copy", "closing"],
)
def test_every_post_needs_the_token_of_its_page(inside: Client, path: str) -> None:
    assert inside.post(f"/account/{path}").status_code == 400


def test_whoever_has_no_password_signs_in_again(inside: Client) -> None:
    page = inside.visit("/account/confirmation?next=/account/closing").submit(
        "/account/confirmation/anew?next=/account/closing", follow=False
    )
    assert page.response.headers["Location"] == "/identity/sign-in/card?next=/account/closing"
    assert inside.get("/account").status_code == 303
