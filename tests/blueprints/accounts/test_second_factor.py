"""Signing in with two factors, as staff meet it; and attacks on it."""

import pytest
from flask import Flask

from models import Account, Session
from tests.support.authenticator import Authenticator, a_clerk, set_up
from tests.support.builders import PASSWORD, a_person, a_solution
from tests.support.client import Client, Page

WHO = "muna@bawaba.example"
SHOW, SET_UP = "/account/second-factor", "/account/second-factor/new"


@pytest.fixture(autouse=True)
def muna(portal: Flask) -> Account:
    return a_clerk(email=WHO, first_name="Muna")


def password_shown(client: Client, path: str = "/account/sign-in", who: str = WHO) -> Page:
    return client.visit(path).submit(who=who, password=PASSWORD, altcha=a_solution("sign-in"), noscript=None)


def app_of(page: Page) -> Authenticator:
    return Authenticator(page.html.xpath("//*[@class='setting-up__key']")[0].text_content())


def codes_of(page: Page) -> set[str]:
    return {item.text_content() for item in page.html.xpath("//ul[@class='recovery-codes']/li")}


def test_staff_set_it_up_at_their_first_sign_in_and_get_their_codes_once(client: Client) -> None:
    page = password_shown(client, "/account/sign-in?next=/account")
    assert page.path == SET_UP and not Session.select().exists()
    assert page.html.xpath("//img[starts-with(@src, 'data:image/svg+xml')]/@alt")
    assert page.submit(code="000000").errors.keys() == {"code"}
    codes = page.submit(code=app_of(page).code())
    assert len(codes_of(codes)) == 10
    assert "Muna" in codes.text and Session.select().count() == 1
    assert codes.html.xpath("//main//a[@href='/account']")
    assert client.visit(SET_UP).path == "/dashboard"


def test_what_is_shown_after_setting_up_can_be_used_at_once(client: Client) -> None:
    """Its cookie is a new one, and so are the tokens of its forms."""
    page = password_shown(client)
    codes = page.submit(code=app_of(page).code())
    token = codes.html.xpath("//header//input[@name='csrf_token']/@value")[0]
    assert client.post("/account/sign-out", data={"csrf_token": token}).status_code == 303
    assert client.get("/account").status_code == 303


def test_staff_show_it_at_every_sign_in(client: Client, muna: Account) -> None:
    app, _codes = set_up(muna)
    page = password_shown(client, "/account/sign-in?next=/account")
    assert page.path == SHOW and client.get("/account").status_code == 303
    assert page.submit(code="").errors.keys() == {"code"}
    wrong = page.submit(code="000000")
    assert wrong.status == 422 and "does not fit" in wrong.errors["code"]
    assert page.submit(code=app.code()).path == "/account"
    assert Session.select().count() == 1


def test_a_recovery_code_lets_in_and_the_last_ones_are_announced(client: Client, muna: Account) -> None:
    _app, codes = set_up(muna)
    for code in codes[:8]:
        client.delete_cookie("session")
        page = password_shown(client).submit(code=code)
    assert page.path == "/dashboard" and "Few recovery codes are left" in page.text
    client.delete_cookie("session")
    assert password_shown(client).submit(code=codes[0]).status == 422


def test_the_cookie_of_the_first_factor_is_no_session_and_worth_nothing_afterwards(
    client: Client, portal: Flask, muna: Account
) -> None:
    app, _codes = set_up(muna)
    password_shown(client)
    held = client.get_cookie("session").value
    client.visit(SHOW).submit(code=app.code())
    thief = portal.test_client()
    thief.set_cookie("session", held)
    for path in ("/account", "/dashboard"):
        assert thief.get(path).status_code == 303
    assert thief.visit(SHOW).path == "/account/sign-in"
    assert thief.visit(SET_UP).path == "/account/sign-in"


def test_others_are_not_asked(client: Client) -> None:
    a_person(email="salim@bawaba.example")
    assert password_shown(client, who="salim@bawaba.example").path == "/dashboard"
    for path in (SHOW, SET_UP):
        assert client.visit(path).path == "/dashboard"
    assert client.visit("/account/confirmation?next=/account/second-factor/codes").submit(password=PASSWORD).status == 404


@pytest.mark.parametrize("path", [SHOW, SET_UP, "/account/second-factor/codes", "/account/second-factor/renewal"])
def test_every_post_needs_the_token_of_its_page(client: Client, path: str) -> None:
    assert client.post(path, data={"code": "000000"}).status_code == 400


def test_five_codes_are_enough(client: Client, muna: Account) -> None:
    set_up(muna)
    page = password_shown(client)
    said = [page.submit(code="000000").text for _n in range(6)]
    assert ["five codes" in words for words in said] == [False] * 5 + [True]


def test_the_app_is_replaced_by_whoever_shows_the_old_one(client: Client, muna: Account) -> None:
    app, codes = set_up(muna)
    password_shown(client).submit(code=app.code())
    asked = client.visit("/account/second-factor/renewal")
    assert asked.path == "/account/confirmation"
    assert asked.submit(password=PASSWORD, code="").errors.keys() == {"code"}
    page = asked.submit(password=PASSWORD, code=codes[0])
    assert page.path == "/account/second-factor/renewal"
    new = page.submit(code=app_of(page).code())
    assert "Keep your recovery codes" in new.text
    made = client.visit("/account/second-factor/codes").submit()
    assert len(codes_of(made)) == 10


def test_the_administrators_command_takes_it_away(client: Client, portal: Flask, muna: Account) -> None:
    set_up(muna)
    run = portal.test_cli_runner()
    assert run.invoke(args=["accounts", "reset-second-factor", WHO]).exit_code == 0
    assert password_shown(client).path == SET_UP
    nobody = run.invoke(args=["accounts", "reset-second-factor", "nobody@bawaba.example"])
    assert nobody.exit_code == 1 and "Nobody on the staff" in nobody.output
