"""The pages of lists, as a browser without scripts walks them."""

import io

import pytest
from flask import Flask

from models import Application, Batch, Outbox, Session
from operations import outbox, sessions
from operations.now import now
from tests.support.builders import a_company, a_person
from tests.support.client import Client
from tests.support.offices import agreed, an_office, an_operator

CUSTOMER = "61000001"


pytestmark = pytest.mark.usefixtures("demo")


def browser_of(portal: Flask, account: int, *, assurance: int = 2, language: str = "en") -> Client:
    client = portal.test_client()
    client.set_cookie("language", language)
    with client.session_transaction() as cookie:
        cookie["_user_id"] = sessions.begin(account, browser="Firefox", address="192.0.2.1")
    Session.update(assurance=assurance).where(Session.account == account).execute()
    return client  # type: ignore[return-value]


@pytest.fixture
def operator(portal: Flask) -> int:
    """Of an office with one customer, who owns a company."""
    amal = an_operator(an_office())
    agreed(amal.office, a_person(civil_number=CUSTOMER), amal)  # type: ignore[arg-type]
    return amal.account  # type: ignore[return-value]


def listed(headings: str = "Civil number of the customer,Commercial registration,OCCI number,Renewal period") -> bytes:
    company = a_company(CUSTOMER)
    return f"{headings}\n{CUSTOMER},{company},9{company},12\n404,{company},9{company},12\n".encode()


def bring(browser: Client, raw: bytes) -> str:
    brought = browser.visit("/office/batches").submit(file=(io.BytesIO(raw), "may <b>.csv"))
    assert brought.status == 200 and "Checked so far" in brought.text
    return brought.path


def work() -> None:
    Outbox.update(done_at=now()).where(Outbox.kind.in_(["document", "message"])).execute()
    outbox.drain()


def test_a_list_is_checked_filed_paid_and_downloaded(portal: Flask, operator: int) -> None:
    browser = browser_of(portal, operator)
    path = bring(browser, listed())
    work()
    checked = browser.visit(path)
    assert "1 of 2 rows can be filed, for OMR 25.000" in checked.text.replace("\xa0", " ") and "may <b>.csv" in checked.text
    assert "No customer of this office has this civil number" in checked.text and not Application.select().exists()
    assert "Filed so far: 0 of 1" in checked.submit(f"{path}/confirmation").text
    work()
    checkout = browser.visit(path).submit(f"{path}/payment")
    assert checkout.values["amount"] == "25.000"
    told = browser.get(f"{path}/results.csv")
    reference = Application.get().reference
    assert told.mimetype == "text/csv" and f"25.000,{reference},Waiting for payment," in told.data.decode("utf-8-sig")
    assert "Filed" in browser.visit("/office/batches").text


def test_the_file_to_fill_in_is_read_again_in_both_languages(portal: Flask, operator: int) -> None:
    for language in ("ar", "en"):
        browser = browser_of(portal, operator, language=language)
        example = browser.get("/office/batches/example/chamber.renew-membership.csv").data.decode("utf-8-sig").strip()
        bring_path = browser.visit("/office/batches").submit(file=(io.BytesIO(listed(example)), "x.csv"))
        assert bring_path.path.startswith("/office/batches/")


def test_without_proof_the_page_leads_to_it_and_files_nothing(portal: Flask, operator: int) -> None:
    browser = browser_of(portal, operator, assurance=1)
    path = bring(browser, listed())
    work()
    checked = browser.visit(path)
    assert "Sign in once with your ID card or Mobile ID" in checked.text and f'action="{path}/confirmation"' not in checked.text
    token = checked.values["csrf_token"]
    assert browser.post(f"{path}/confirmation", data={"csrf_token": token}).status_code == 422
    assert Batch.get().state == "checked"


@pytest.mark.parametrize(("raw", "said"), [(b"", "This file is empty."), (b"a,b\n1,2\n", "lacks a column")])
def test_what_is_no_list_is_said_beside_the_file(portal: Flask, operator: int, raw: bytes, said: str) -> None:
    refused = browser_of(portal, operator).visit("/office/batches").submit(file=(io.BytesIO(raw), "x.csv"))
    assert refused.status == 422 and said in refused.errors["file"]


def test_nobody_else_sees_or_moves_it(portal: Flask, operator: int) -> None:
    path = bring(browser_of(portal, operator), listed())
    customer = browser_of(portal, a_person().id)
    other = browser_of(portal, an_operator(an_office()).account)  # type: ignore[arg-type]
    paths = [("GET", path), ("GET", f"{path}/results.csv"), ("POST", f"{path}/confirmation"), ("POST", f"{path}/payment")]
    portal.config["WTF_CSRF_ENABLED"] = False
    for method, each in paths:
        assert other.open(each, method=method).status_code == 404, each
        assert customer.open(each, method=method).status_code == 403, each
    for method, each in (("GET", "/office/batches"), ("GET", "/office/batches/example/chamber.renew-membership.csv")):
        assert customer.open(each, method=method).status_code == 403, each
    assert other.get("/office/batches/example/municipality.general-request.csv").status_code == 404
