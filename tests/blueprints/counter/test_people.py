"""The counter, as a clerk's browser without scripts walks it: who it is, filing for them, the cashier, and what nobody else may."""

import io

import pytest
from flask import Flask

from models import Account, Application, AuditEntry, Delegation, Document, Receipt, Role
from operations import casework
from tests.blueprints.counter.test_till import browser_of
from tests.support.builders import a_company, a_person, signed_in
from tests.support.client import Client

SERVICE = "municipality.general-request"
DESK = "municipality.administration"
NAMES = {"first_name": "Salim", "family_name": "Al Balushi", "arabic_name": "سالم البلوشي"}


pytestmark = pytest.mark.usefixtures("demo")


@pytest.fixture
def maryam(portal: Flask) -> Client:
    return browser_of(portal, ("clerk", DESK), account=a_person(first_name="Maryam", family_name="Al Shidi").id)


def serve(clerk: Client, number: str = "6543210", **typed: str) -> None:
    page = clerk.visit("/counter/people").submit(
        "person", **{"kind": "civil-card", "number": number, "original": "y"} | NAMES | typed
    )
    assert page.path == "/dashboard" and "You are acting for" in page.text


def file(browser: Client) -> str:
    browser.visit(f"/services/{SERVICE}").submit()
    reference = str(Application.select().order_by(Application.id.desc()).get().reference)
    browser.visit(f"/applications/{reference}/steps/request").submit(subject="A tree", text="It leans over the road.")
    browser.visit(f"/applications/{reference}/steps/papers").submit(paper=(io.BytesIO(b"%PDF-1.7\n"), "plan.pdf"))
    browser.visit(f"/applications/{reference}/check").submit()
    return reference


def test_from_the_document_to_the_receipt(portal: Flask, maryam: Client) -> None:
    nameless = maryam.visit("/counter/people").submit("person", kind="civil-card", number="٦٥٤٣٢١٠", original="y")
    assert nameless.status == 422 and "has an account yet" in nameless.errors["first_name"]
    assert "seen" not in maryam.visit("/counter/people").submit("person", kind="civil-card", number="1").errors
    serve(maryam)
    assert "at the counter" in maryam.visit("/dashboard").text
    reference = file(maryam)
    overview = maryam.visit(f"/applications/{reference}").text
    assert "Filed by Maryam Al Shidi · Counter of: Municipality of Sohar" in overview
    assert "Identity checked at the counter" in overview and "Civil card, original seen" in overview
    other = a_person(first_name="Hamad")
    Role.create(account=other, name="clerk", authority=DESK)
    casework.decide(signed_in(other), reference, casework.Outcome.APPROVE, reason="Yes")
    assert f"with this number: {reference}" in maryam.visit(f"/applications/{reference}").text
    assert maryam.get(f"/counter/{reference}").status_code == 403
    cashier = browser_of(portal, ("cashier", "municipality"))
    cashier.visit(f"/counter/{reference}").submit(kind="cash")
    assert Receipt.select().count() == 1 and Application.get(Application.reference == reference).state == "completed"
    assert "Counter of: Municipality of Sohar" in str(Document.get(Document.kind == "certificate").content["rows"])
    portal.config["WTF_CSRF_ENABLED"] = False
    assert maryam.post("/office/acting/end").headers["Location"].startswith("/counter/people")
    assert maryam.get(f"/applications/{reference}").status_code == 404


def test_a_step_that_asks_for_mobile_id_is_open_to_whom_the_clerk_has_seen(portal: Flask) -> None:
    clerk = browser_of(portal, ("clerk", "chamber"))
    number = a_company("6543210")
    serve(clerk)
    clerk.visit("/services/chamber.renew-membership").submit()
    reference = Application.get().reference
    page = clerk.visit(f"/applications/{reference}/steps/establishment")
    assert number in page.text, "their companies are listed by the number that was seen"
    page.submit(registration=number)
    clerk.visit(f"/applications/{reference}/steps/membership").submit(membership=f"9{number}")
    for name in ("company", "period"):
        answer = clerk.get(f"/applications/{reference}/steps/{name}")
        assert answer.status_code == 200 or "identity" not in answer.headers.get("Location", ""), answer.headers


def test_a_mistake_is_said_beside_its_field(maryam: Client) -> None:
    page = maryam.visit("/counter/people")
    assert page.submit("person", kind="civil-card", number="12a", original="y").errors.keys() == {"number"}
    assert page.submit("person", kind="civil-card", number="77", **NAMES).errors.keys() == {"original"}
    assert page.submit("person", kind="civil-card", number="77", address="n@bawaba.example", original="y").errors.keys() == {
        "address"
    }
    assert page.submit("person", number="77", original="y", **NAMES | {"first_name": "سالم"}).errors.keys() == {"first_name"}
    assert not Delegation.select().where(Delegation.desk != "").exists()


def test_the_card_page_talks_to_the_reader_and_refuses_what_no_card_signed(maryam: Client) -> None:
    shown = maryam.visit("/counter/people/card")
    assert "With their card and PIN" in shown.text and "Municipality of Sohar" in shown.text
    assert shown.submit(token="x").status == 422
    assert not Delegation.select().where(Delegation.desk != "").exists()


def test_a_clerk_of_several_desks_chooses_and_finds_the_counter_in_the_menu(portal: Flask) -> None:
    clerk = browser_of(portal, ("clerk", DESK), ("clerk", "chamber"))
    assert "/counter/people" in clerk.get("/dashboard").text
    assert "Chamber of Commerce" in clerk.visit("/counter/people?desk=chamber").text
    assert clerk.get("/counter/people?desk=municipality.engineering").status_code == 404


ROUTES = [("GET", "/counter/people"), ("POST", "/counter/people"), ("GET", "/counter/people/card"), ("POST", "/counter/people/card"),
          ("POST", "/counter/people/card/challenge")]  # fmt: skip


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_nobody_but_clerks_serves_anybody(method: str, path: str, portal: Flask) -> None:
    portal.config["WTF_CSRF_ENABLED"] = False
    typed = {"kind": "civil-card", "number": "6543210", "original": "y"} | NAMES
    people = [browser_of(portal)] + [
        browser_of(portal, (duty, "")) for duty in ("supervisor", "cashier", "administrator", "auditor")
    ]
    for browser in people:
        assert browser.open(path, method=method, data=typed if method == "POST" else None).status_code == 403
    elsewhere = browser_of(portal, ("clerk", "chamber"))
    if "challenge" not in path:
        assert elsewhere.open(f"{path}?desk={DESK}", method=method, data=typed if method == "POST" else None).status_code == 404
    assert not Account.select().where(Account.identity_number == "6543210").exists()
    assert not AuditEntry.select().where(AuditEntry.action == "counter.identified").exists()
