"""What holds for every route alike: no other site can post to it, reading changes nothing, and signing out is one tap away."""

from typing import Any

import pytest
from flask import Flask

import models
from blueprints.operating.commands import routes
from operations import sessions
from tests.house.test_audience import sample
from tests.support.builders import a_person
from tests.support.client import Client, Page

# They come from other sites: a signature, or a key, is verified instead.
SIGNED = {
    "/open311/v2/requests.<any(json, xml):form>",  # from programs, with a key
    "/identity/provider/acs",
    "/identity/provider/logout",
    "/payments/notifications/<provider>",
    "/payments/return/<provider>",
}
WORDS = {
    "<any(ar, en):to>": "ar",
    "<any(privacy, terms, accessibility, contact):name>": "terms",
    "<challenge_id>": "0" * 32,
    "<code>": "chamber.renew-membership",
    "<path:filename>": "js/portal.js",
    "<provider>": "cybersource",
    "<purpose>": "sign-in",
    "<ticket>": "x",
    "<token>": "x",
    "<why>": "forged",
}


def paths(portal: Flask, method: str) -> list[tuple[str, str]]:
    """Every rule that takes the method, and an address it fits."""
    found = []
    for methods, rule, _whom in routes(portal):
        address = rule
        for name, word in WORDS.items():
            address = address.replace(name, word)
        if method in methods.split(","):
            found.append((rule, sample(address)))
    return found


@pytest.fixture
def inside(portal: Flask, client: Client) -> Client:
    """The browser of somebody who is signed in."""
    token = sessions.begin(a_person(civil_number="1526575"), browser="Firefox · Linux", address="192.0.2.1")
    with client.session_transaction() as cookie:
        cookie["_user_id"], cookie["_fresh"] = token, True
    return client


def test_no_post_is_taken_without_the_token_of_its_page(portal: Flask, inside: Client):
    taken = {rule for rule, path in paths(portal, "POST") if inside.post(path).status_code != 400}
    assert taken <= SIGNED, taken - SIGNED
    assert {rule for rule, _path in paths(portal, "POST")} >= SIGNED


def test_reading_changes_nothing(portal: Flask, inside: Client):
    before = everything()
    for rule, path in paths(portal, "GET"):
        assert inside.get(path).status_code in (200, 204, 303, 400, 403, 404, 422, 503), rule
    assert everything() == before


def everything() -> dict[str, Any]:
    """All rows of all tables; when a session was last seen is left out."""
    rows = {table.__name__: list(table.select().dicts()) for table in models.TABLES}
    for session in rows["Session"]:
        session.pop("seen_at")
    return rows


def test_whoever_is_signed_in_can_sign_out_from_every_page(portal: Flask, inside: Client):
    seen = []
    for rule, path in paths(portal, "GET"):
        answer = inside.get(path)
        if answer.mimetype == "text/html" and answer.status_code == 200 and rule != "/style":
            seen.append(rule)
            assert Page(inside, answer).html.xpath("//header//form[@action='/account/sign-out']"), rule
    assert {"/dashboard", "/account", "/identity/link"} <= set(seen)


def test_only_files_are_scripts(portal: Flask, inside: Client):
    """No JSONP, and nothing personal in a script: another site could load both with the person's cookie."""
    for rule, path in paths(portal, "GET"):
        answer = inside.get(path, query_string={"callback": "steal", "jsonp": "steal"})
        if not rule.startswith("/static/"):
            assert "script" not in answer.mimetype and not answer.data.startswith(b"steal"), rule
