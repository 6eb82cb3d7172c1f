"""Security headers on every kind of answer, and cookies that stay on our own site."""

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from engine.errors import NotAllowed, TooMany, Unavailable
from engine.wording import _
from tests.support.builders import PASSWORD, a_person, a_solution
from tests.support.client import Client

EXPECTED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
DIRECTIVES = {
    "default-src": "'none'",
    "object-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "worker-src": "'self'",
    "manifest-src": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
}


def broken() -> str:
    raise RuntimeError("a defect of ours")


def forbidden() -> str:
    raise NotAllowed


def too_many() -> str:
    raise TooMany(_("Please wait a little"), retry_after=60)


def unavailable() -> str:
    raise Unavailable(_("A service we depend on is not answering"))


@pytest.fixture
def answers(own_portal: Flask) -> dict[str, TestResponse]:
    """One of every kind the portal gives."""
    client = own_portal.test_client()
    for view in (broken, forbidden, too_many, unavailable):
        own_portal.add_url_rule(f"/{view.__name__}", view_func=view)
    own_portal.config["PROPAGATE_EXCEPTIONS"] = False
    htmx = {"HX-Request": "true", "HX-Request-Type": "partial"}
    return {
        "a page 200": client.get("/"),
        "a fragment 200": client.get("/", headers=htmx),
        "a redirect 303": client.get("/dashboard"),
        "the language 303": client.get("/language/en"),
        "a stale form 400": client.post("/account/sign-in", data={"email": "x"}),
        "forbidden 403": client.get("/forbidden"),
        "unknown 404": client.get("/nowhere"),
        "an unknown file 404": client.get("/static/nowhere.css"),
        "a method 405": client.post("/dashboard/../nowhere"),
        "monitoring 503": client.get("/healthz"),
        "too many 429": client.get("/too_many"),
        "a defect 500": client.get("/broken"),
        "unavailable 503": client.get("/unavailable"),
        "a file 200": client.get("/static/js/portal.js"),
        "a look 200": client.head("/"),
        "the gateway 400": client.post("/payments/return/cybersource", data={"decision": "ACCEPT"}),
    }


def test_every_answer_carries_every_header(answers: dict[str, TestResponse]):
    for name, answer in answers.items():
        assert {header: answer.headers.get(header) for header in EXPECTED} == EXPECTED, name
        policy = dict(part.split(" ", 1) for part in answer.headers["Content-Security-Policy"].split("; "))
        assert policy.pop("form-action").startswith("'self' http://localhost:8001"), name
        assert policy == DIRECTIVES, name
        assert "camera=()" in answer.headers["Permissions-Policy"], name
        for header in ("Content-Security-Policy", *EXPECTED):
            assert len(answer.headers.getlist(header)) == 1, name


def test_no_other_site_may_read_an_answer(client: Client):
    for origin in ("https://evil.example", "null", "http://localhost:8001"):
        asked = {"Origin": origin, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "X-CSRFToken"}
        for answer in (client.get("/", headers=asked), client.options("/account/sign-in", headers=asked)):
            assert not [name for name, _value in answer.headers if name.startswith("Access-Control-")], origin


def test_the_answers_are_the_kinds_they_are_called(answers: dict[str, TestResponse]):
    told = {name: answer.status_code for name, answer in answers.items() if "a method" not in name and "the gateway" not in name}
    assert told == {name: int(name[-3:]) for name in told}


def test_what_is_personal_is_kept_by_no_cache_and_files_may_be(answers: dict[str, TestResponse]):
    for name, answer in answers.items():
        if name == "a file 200":
            assert "no-store" not in answer.headers.get("Cache-Control", "")
        elif "file" not in name:
            assert answer.headers["Cache-Control"] == "no-store", name


def test_a_defect_tells_the_person_nothing_of_itself(answers: dict[str, TestResponse]):
    for word in ("RuntimeError", "a defect of ours", "Traceback", ".py"):
        assert word not in answers["a defect 500"].text
    assert answers["too many 429"].headers["Retry-After"] == "60"


def test_without_https_the_browser_is_not_told_to_insist_on_it(answers: dict[str, TestResponse]):
    assert [name for name, answer in answers.items() if "Strict-Transport-Security" in answer.headers] == []


def test_under_https_every_answer_insists_on_it(production: Flask):
    client = production.test_client()
    for path in ("/", "/nowhere", "/static/js/portal.js", "/static/nowhere", "/dashboard", "/healthz"):
        answer = client.get(path, base_url="https://bawaba.example")
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains", path
        assert "form-action 'self' https://pay.bank.example;" in answer.headers["Content-Security-Policy"], path


def test_under_https_cookies_are_ours_alone(production: Flask):
    cookies = signed_in_cookies(production, "https://bawaba.example")
    assert set(cookies) == {"__Host-session", "__Host-browser", "__Host-language"}
    assert cookies["__Host-session"] == {"secure", "httponly", "path=/", "samesite=lax"}
    for name in ("__Host-browser", "__Host-language"):
        assert cookies[name] - {"max-age"} == {"secure", "httponly", "path=/", "samesite=lax"}


def test_without_https_cookies_still_stay_with_us(portal: Flask):
    cookies = signed_in_cookies(portal, "http://127.0.0.1:8000")
    assert set(cookies) == {"session", "browser", "language"}
    assert cookies["session"] == {"httponly", "path=/", "samesite=lax"}


def signed_in_cookies(portal: Flask, address: str) -> dict[str, set[str]]:
    """Name and attributes of every cookie somebody gets who chooses a language and signs in; values and dates left out."""
    person = a_person()
    client = portal.test_client()
    portal.config["WTF_CSRF_ENABLED"] = False
    given: list[str] = client.get("/language/ar", base_url=address).headers.getlist("Set-Cookie")
    email = next(row.value for row in person.identifiers if row.type == "email")
    answer = client.post(
        "/account/sign-in", base_url=address, data={"who": email, "password": PASSWORD, "altcha": a_solution("sign-in")}
    )
    assert answer.status_code == 303
    given += answer.headers.getlist("Set-Cookie")
    cookies: dict[str, set[str]] = {}
    for line in given:
        first, *attributes = line.split("; ")
        names = {attribute.lower() for attribute in attributes if not attribute.lower().startswith(("expires", "max-age"))}
        assert not any(name.startswith("domain") for name in names)
        cookies[first.partition("=")[0]] = names
    return cookies
