"""Administrators as tests need them: of everything, or of one authority; signed in as actors or as browsers."""

from flask import Flask

from engine.actor import Actor
from models import Role
from operations import sessions
from tests.support.builders import a_person, signed_in
from tests.support.client import Client


def an_administrator(where: str = "", locale: str = "en", **person: str) -> Actor:
    account = a_person(**person)
    Role.create(account=account, name="administrator", authority=where)
    return signed_in(account, locale)


def browser_of(portal: Flask, duty: str | None, where: str = "", language: str = "en", **person: str) -> Client:
    """A browser in which somebody with that duty (None: nobody's) has signed in."""
    account = a_person(**person)
    if duty:
        Role.create(account=account, name=duty, authority=where)
    client = portal.test_client()
    client.set_cookie("language", language)
    with client.session_transaction() as cookie:
        cookie["_user_id"] = sessions.begin(account, browser="Firefox", address="192.0.2.1")
    return client  # type: ignore[return-value]
