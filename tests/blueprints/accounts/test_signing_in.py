"""Signing in and out, the session's end, and attacks on both."""

import datetime as dt
from pathlib import Path
from secrets import token_hex

import pytest
from flask import Flask

from models import Account, Session
from operations.now import now
from tests.support.builders import PASSWORD, a_person, a_solution
from tests.support.client import Client, Page
from tests.support.postbox import last_code

FORM = "/account/sign-in"
WHO = "salim@bawaba.example"


@pytest.fixture(autouse=True)
def salim(portal: Flask) -> Account:
    return a_person(email=WHO, phone="+96899416689")


def signing_in(client: Client, path: str = FORM, *, follow: bool = True, **typed: str) -> Page:
    sent = {"altcha": a_solution("sign-in"), "noscript": None, "who": WHO, "password": PASSWORD}
    return client.visit(path).submit(**sent | typed, follow=follow)


def test_a_person_signs_in(client: Client) -> None:
    page = signing_in(client)
    assert (page.status, page.path) == (200, "/dashboard")
    assert "Salim" in page.text


def test_a_wrong_password_is_answered_like_an_unknown_person(client: Client) -> None:
    wrong, unknown = signing_in(client, password="not the one"), signing_in(client, who="nobody@bawaba.example")
    assert wrong.status == unknown.status == 422
    assert wrong.text.split("Sign in", 1)[1] == unknown.text.split("Sign in", 1)[1]
    assert (wrong.values["who"], wrong.values["password"]) == (WHO, "")


def test_signing_in_needs_a_captcha_of_its_own(client: Client) -> None:
    assert signing_in(client, altcha=a_solution("recovery")).status == 422
    assert signing_in(client, altcha="").status == 422
    assert not Session.select().exists()


def test_without_scripts_a_mailed_code_follows_the_password(client: Client) -> None:
    page = signing_in(client, f"{FORM}?next=/account", altcha="", noscript="1")
    assert page.path == "/account/sign-in/code" and not Session.select().exists()
    assert page.submit(code="000000").status == 422
    assert page.submit(code=last_code()).path == "/account"


def test_a_person_goes_on_to_where_they_were_going(client: Client) -> None:
    asked = client.visit("/account")
    assert asked.path == FORM
    assert signing_in(client, asked.address).path == "/account"


@pytest.mark.parametrize(
    "evil",
    [
        "//evil.example",
        "///evil.example",
        "https://evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/%09/evil.example",
        "/\t/evil.example",
    ],
)
def test_nobody_is_sent_to_another_site(client: Client, evil: str) -> None:
    location = signing_in(client, f"{FORM}?next={evil}", follow=False).response.headers["Location"]
    assert location == "/dashboard" or location.startswith("/%09")


def test_the_token_changes_when_a_person_signs_in(client: Client, portal: Flask) -> None:
    """Session fixation: a cookie somebody planted is worth nothing afterwards."""
    client.visit(FORM)
    planted = client.get_cookie("session").value
    signing_in(client)
    victim = client.get_cookie("session").value
    assert planted != victim
    attacker = portal.test_client()
    attacker.set_cookie("session", planted)
    assert attacker.get("/account").status_code == 303


def test_signing_in_keeps_nothing_of_the_cookie_before(client: Client) -> None:
    with client.session_transaction() as cookie:
        cookie["planted"] = "by somebody"
        cookie["next"] = "/verify"
    assert signing_in(client).path == "/dashboard"
    with client.session_transaction() as cookie:
        assert "planted" not in cookie and "next" not in cookie and "challenge" not in cookie


def test_signing_in_needs_the_token_of_its_page(client: Client) -> None:
    """CSRF on log-in: another site cannot sign a visitor in as somebody else."""
    answer = client.post(FORM, data={"who": WHO, "password": PASSWORD, "altcha": a_solution("sign-in")})
    assert answer.status_code == 400 and not Session.select().exists()


@pytest.mark.parametrize(
    "path",
    [
        "/account/sign-out",
        "/account/registration",
        "/account/recovery",
        "/account/codes/again",
        "/account/sessions/1/end",
        "/account/sessions/others/end",
    ],
)
def test_every_post_needs_the_token_of_its_page(client: Client, path: str) -> None:
    assert client.post(path).status_code == 400


def test_signing_out_ends_the_session_even_for_a_copied_cookie(client: Client, portal: Flask) -> None:
    page = signing_in(client)
    copied = client.get_cookie("session").value
    token = page.html.xpath("//header//input[@name='csrf_token']/@value")[0]
    out = Page(client, client.post("/account/sign-out", data={"csrf_token": token}, follow_redirects=True))
    assert "signed out" in out.text
    thief = portal.test_client()
    thief.set_cookie("session", copied)
    assert thief.get("/account").status_code == 303


@pytest.mark.parametrize("evil", ["//evil.example", "///evil.example", "https://evil.example/", "/\\evil.example"])
def test_signing_out_and_changing_the_language_lead_to_no_other_site(client: Client, evil: str) -> None:
    token = signing_in(client).html.xpath("//header//input[@name='csrf_token']/@value")[0]
    there = client.get(f"/language/en?next={evil}").headers["Location"]
    out = client.post(f"/account/sign-out?next={evil}", data={"csrf_token": token, "next": evil, "RelayState": evil})
    assert (there, out.status_code, out.headers["Location"]) == ("/", 303, "/")


def test_a_session_that_ran_out_is_explained(client: Client) -> None:
    signing_in(client)
    Session.update(seen_at=now() - dt.timedelta(minutes=31)).execute()
    page = client.visit("/account")
    assert page.path == FORM and "Your session has ended" in page.text
    assert signing_in(client, page.address).path == "/account"


def test_a_first_visit_is_not_told_of_an_end(client: Client) -> None:
    assert "has ended" not in client.visit(FORM).text


def test_staying_keeps_the_session_and_a_quiet_page_does_not(client: Client) -> None:
    signing_in(client)
    Session.update(seen_at=now() - dt.timedelta(minutes=20)).execute()
    client.get("/account", headers={"X-Quiet": "1"})
    assert Session.get().seen_at < now() - dt.timedelta(minutes=19)
    assert client.get("/account/stay").status_code == 204
    assert Session.get().seen_at > now() - dt.timedelta(minutes=1)


def test_a_session_that_is_over_cannot_stay(client: Client) -> None:
    assert client.get("/account/stay").status_code == 401


def test_twenty_tries_a_minute_are_enough(client: Client) -> None:
    sent = [client.visit(FORM).submit(who=WHO, password="wrong", altcha="x", noscript=None).status for _n in range(21)]
    assert sent == [422] * 20 + [429]


def test_without_scripts_five_tries_a_minute_are_enough(client: Client) -> None:
    sent = [client.visit(FORM).submit(who=WHO, password="wrong", noscript="1").status for _n in range(6)]
    assert sent == [422] * 5 + [429]


def test_only_forms_that_exist_have_challenges(client: Client) -> None:
    assert client.get("/account/challenge/sign-in").json["parameters"]["data"] == {"purpose": "sign-in"}
    assert client.get("/account/challenge/anything").status_code == 404


def test_signing_in_twice_in_one_browser_leaves_one_session(client: Client) -> None:
    page = client.visit(FORM)
    page.submit(who=WHO, password=PASSWORD, altcha=a_solution("sign-in"), noscript=None)
    assert client.visit(FORM).path == "/dashboard"
    assert Session.select().where(Session.ended_at.is_null()).count() == 1


@pytest.mark.parametrize("path", [FORM, "/account/registration"])
def test_passwords_are_masked_and_password_managers_are_welcome(client: Client, path: str) -> None:
    fields = client.visit(path).html.xpath("//main//input[contains(@name, 'password') or @name='confirmation']")
    assert fields and {field.get("type") for field in fields} == {"password"}
    assert {field.get("autocomplete") for field in fields} <= {"current-password", "new-password"}
    for script in (Path("static") / "js").glob("*.js"):
        assert "paste" not in script.read_text(), script


def test_an_endless_address_to_go_on_to_does_not_burst_the_cookie(client: Client) -> None:
    """A browser drops a cookie of more than 4096 bytes: a link could keep people from ever finishing to sign in."""
    page = signing_in(client, f"{FORM}?next=/{token_hex(4000)}", altcha="", noscript="1")
    cookie = client.get_cookie("session")
    assert page.path == "/account/sign-in/code" and cookie and len("session") + len(cookie.value) < 4096
    assert page.submit(code=last_code()).status == 200 and Session.select().count() == 1


def test_a_password_does_not_grow_old(client: Client, salim: Account) -> None:
    Account.update(created_at=now() - dt.timedelta(days=3650), active_at=now() - dt.timedelta(days=3650)).execute()
    assert signing_in(client).path == "/dashboard"
