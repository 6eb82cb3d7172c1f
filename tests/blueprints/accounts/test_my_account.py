"""The page of one's own account."""

import pytest
from flask import Flask

from models import Account, Session
from tests.support.builders import PASSWORD, a_person, a_solution
from tests.support.client import Client, Page

WHO = "salim@bawaba.example"


@pytest.fixture(autouse=True)
def salim(portal: Flask) -> Account:
    return a_person(email=WHO, phone="+96899416689", civil_number="7324674")


def signed_in(client: Client) -> Page:
    client.visit("/account/sign-in").submit(who=WHO, password=PASSWORD, altcha=a_solution("sign-in"), noscript=None)
    return client.visit("/account")


def test_a_person_sees_their_data_sessions_and_what_happened(client: Client) -> None:
    page = signed_in(client)
    for shown in ("Salim Al-Harthy", "سالم الحارثي", WHO, "+96899416689", "7324674", "Proven"):
        assert shown in page.text


def test_a_person_sees_their_browsers_and_what_happened(client: Client) -> None:
    signed_in(client)
    browsers, events = client.visit("/account/sessions").text, client.visit("/account/events").text
    for shown in ("This browser", "127.0.0.1", "Password", "Last used"):
        assert shown in browsers
    assert "Signed in from a browser not seen before" in events and "with the password" in events


def test_a_person_signs_out_everywhere_else(client: Client, portal: Flask) -> None:
    other = portal.test_client()
    signed_in(other)
    signed_in(client)
    page = client.visit("/account/sessions").submit("/account/sessions/others/end")
    assert "everywhere else" in page.text and client.get("/account").status_code == 200
    assert other.get("/account").status_code == 303


def test_a_person_ends_one_session(client: Client, portal: Flask) -> None:
    other = portal.test_client()
    signed_in(other)
    theirs = Session.get()
    signed_in(client)
    page = client.visit("/account/sessions").submit(f"/account/sessions/{theirs.id}/end")
    assert page.status == 200 and other.get("/account").status_code == 303


def test_somebody_elses_session_is_not_there(client: Client, portal: Flask) -> None:
    a_person(email="other@bawaba.example")
    stranger = portal.test_client()
    stranger.visit("/account/sign-in").submit(
        who="other@bawaba.example", password=PASSWORD, altcha=a_solution("sign-in"), noscript=None
    )
    theirs = Session.get()
    page = signed_in(client)
    token = page.html.xpath("//input[@name='csrf_token']/@value")[0]
    assert client.post(f"/account/sessions/{theirs.id}/end", data={"csrf_token": token}).status_code == 404
    assert stranger.get("/account").status_code == 200


def test_a_visitor_is_asked_to_sign_in(client: Client) -> None:
    assert client.visit("/account").path == "/account/sign-in"
