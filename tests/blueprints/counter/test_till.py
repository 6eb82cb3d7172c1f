"""The till's pages, as a browser without scripts walks them."""

import pytest
from flask import Flask

from models import Document, Receipt, Role
from operations import outbox, sessions
from tests.support.builders import Renewal, a_person, a_submitted_renewal
from tests.support.client import Client

pytestmark = pytest.mark.usefixtures("demo")


def browser_of(portal: Flask, *roles: tuple[str, str], account: int | None = None) -> Client:
    account = account or a_person(first_name="Aisha").id
    for name, authority in roles:
        Role.create(account=account, name=name, authority=authority)
    client = portal.test_client()
    client.set_cookie("language", "en")
    with client.session_transaction() as cookie:
        cookie["_user_id"] = sessions.begin(account, browser="Firefox", address="192.0.2.1")
    return client  # type: ignore[return-value]


@pytest.fixture
def renewal() -> Renewal:
    return a_submitted_renewal()


def test_a_cashier_finds_a_bill_takes_it_and_sees_it_in_the_days_takings(portal: Flask, renewal: Renewal) -> None:
    browser = browser_of(portal, ("cashier", "chamber"))
    due = browser.visit("/counter").submit(reference=f" {renewal.reference.lower()} ")
    assert due.path == f"/counter/{renewal.reference}" and "OMR 25.000" in due.text.replace("\xa0", " ")
    assert due.submit(kind="pos").status == 422
    done = due.submit(kind="pos", slip="0042")
    receipt = Receipt.get()
    assert done.path == "/counter" and receipt.number in done.text
    takings = browser.visit("/counter/takings")
    assert receipt.number in takings.text and "By card at the counter · 0042" in takings.text
    assert f"{receipt.number},{renewal.reference},By card at the counter,25.000,0042" in browser.get("/counter/takings.csv").text
    assert "Nothing was taken" in browser.visit("/counter/takings?day=2020-01-01").text
    assert browser.visit("/counter/takings?day=x").status == 200
    outbox.drain()
    assert Document.get(Document.serial == receipt.number).digest, "the paper is drawn"
    owner = browser_of(portal, account=renewal.actor.account)
    assert "By card at the counter" in owner.visit(f"/applications/{renewal.reference}").text


def test_what_is_not_there_is_said_beside_the_number(portal: Flask, renewal: Renewal) -> None:
    browser = browser_of(portal, ("cashier", "municipality"))
    for number in (renewal.reference, "x"):
        said = browser.visit("/counter").submit(reference=number)
        assert said.status == 422 and "no application with this number" in said.errors["reference"]


def test_only_cashiers_come_in_and_only_to_their_authority(portal: Flask, renewal: Renewal) -> None:
    portal.config["WTF_CSRF_ENABLED"] = False
    elsewhere = browser_of(portal, ("cashier", "municipality"))
    own = browser_of(portal, ("cashier", "chamber"), account=renewal.actor.account)
    others = [browser_of(portal, (duty, "")) for duty in ("clerk", "supervisor", "administrator", "auditor")]
    for method in ("GET", "POST"):
        assert elsewhere.open(f"/counter/{renewal.reference}", method=method).status_code == 404
        assert own.open(f"/counter/{renewal.reference}", method=method).status_code == 403
        for other in [*others, browser_of(portal)]:
            assert other.open(f"/counter/{renewal.reference}", method=method).status_code == 403
    for other in [*others, browser_of(portal)]:
        for path in ("/counter", "/counter/takings", "/counter/takings.csv"):
            assert other.get(path).status_code == 403, path
    assert not Receipt.select().exists()
