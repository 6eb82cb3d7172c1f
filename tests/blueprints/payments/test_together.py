"""Paying several bills at once, as a browser without scripts walks it."""

import pytest
from flask import Flask

from gateways.payments import Outcome
from models import PaymentAttempt, Receipt
from operations import applications, sessions, settlement
from operations.outside import outside
from tests.support.builders import Renewal, a_person, a_submitted_renewal, signed_in
from tests.support.client import Client

pytestmark = pytest.mark.usefixtures("demo")


@pytest.fixture
def two() -> list[Renewal]:
    payer = signed_in(a_person(civil_number="55501234"))
    return [a_submitted_renewal(actor=payer), a_submitted_renewal(actor=payer)]


def browser_of(portal: Flask, renewal: Renewal | None = None) -> Client:
    client = portal.test_client()
    client.set_cookie("language", "en")
    with client.session_transaction() as cookie:
        account = renewal.actor.account if renewal else a_person().id
        cookie["_user_id"] = sessions.begin(account, browser="Firefox", address="192.0.2.1")
    return client  # type: ignore[return-value]


def captured(uuid: str) -> None:
    bank, amount = outside.bank, sum(row.amount for row in PaymentAttempt)
    said = settlement.Verdict(Outcome.CAPTURED, bank.mode, bank.profile, amount, "OMR", "7", "100", "visa", "411111xxxxxx1111")
    assert settlement.settle(uuid, said, "query")


def test_two_bills_are_chosen_paid_and_receipted(portal: Flask, two: list[Renewal]) -> None:
    browser = browser_of(portal, two[0])
    assert "Pay several at once" in browser.visit("/dashboard").text
    chosen = browser.visit("/payments")
    assert "OMR 50.000" in chosen.text.replace("\xa0", " ")
    references = [each.reference for each in two]
    checkout = chosen.submit(application=references)
    assert checkout.path.endswith("/checkout") and checkout.values["amount"] == "50.000"
    assert all(reference in checkout.text for reference in references)
    uuid = checkout.values["transaction_uuid"]
    assert "Waiting for the bank" in browser.visit(f"/payments/{uuid}").heading
    captured(uuid)
    paid = browser.visit(f"/payments/{uuid}")
    assert paid.heading == "Paid" and all(receipt.number in paid.text for receipt in Receipt)
    assert "Nothing waits for a payment" in browser.visit("/payments").text


def test_what_was_closed_meanwhile_is_said_to_go_back(portal: Flask, two: list[Renewal]) -> None:
    browser = browser_of(portal, two[0])
    uuid = browser.visit("/payments").submit(application=[each.reference for each in two]).values["transaction_uuid"]
    applications.withdraw(two[1].actor, two[1].reference)
    captured(uuid)
    assert f"{two[1].reference} · given back" in browser.visit(f"/payments/{uuid}").text


def test_choosing_nothing_is_said_at_the_choice(portal: Flask, two: list[Renewal]) -> None:
    refused = browser_of(portal, two[0]).visit("/payments").submit(application=None)
    assert refused.status == 422 and "Choose at least one" in refused.text


def test_nobody_pays_or_sees_somebody_elses(portal: Flask, two: list[Renewal]) -> None:
    stranger, owner = browser_of(portal), browser_of(portal, two[0])
    assert "Nothing waits for a payment" in stranger.visit("/payments").text
    token = stranger.visit("/account/data").values["csrf_token"]
    stolen = stranger.post("/payments", data={"csrf_token": token, "application": [two[0].reference]})
    assert stolen.status_code == 404 and not PaymentAttempt.select().exists()
    uuid = owner.visit("/payments").submit(application=[each.reference for each in two]).values["transaction_uuid"]
    for path in (f"/payments/{uuid}", f"/payments/{uuid}/checkout"):
        assert stranger.get(path).status_code == 404
