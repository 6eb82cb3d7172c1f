"""The pages of payouts, as a browser without scripts walks them; and the time that somebody else has just taken."""

import csv
import io

import pytest
from flask import Flask

from models import Payout, Role
from operations import bookings, sessions
from tests.support.builders import a_person
from tests.support.buildings import (
    ENGINEERING,
    FINANCE,
    IBAN,
    a_permit,
    an_owner,
    approve,
    begin,
    completion,
    deposit_refund,
)
from tests.support.client import Client

pytestmark = pytest.mark.usefixtures("demo")


def browser_of(portal: Flask, account: int, *roles: tuple[str, str]) -> Client:
    for name, authority in roles:
        Role.create(account=account, name=name, authority=authority)
    client = portal.test_client()
    client.set_cookie("language", "en")
    with client.session_transaction() as cookie:
        cookie["_user_id"] = sessions.begin(account, browser="Firefox", address="192.0.2.1")
    return client  # type: ignore[return-value]


@pytest.fixture
def payout() -> Payout:
    owner = an_owner()
    approve(deposit_refund(owner, a_permit(owner, state="completed")), ENGINEERING, FINANCE)
    return Payout.get()


def test_a_cashier_fetches_the_list_and_marks_what_the_bank_has_transferred(portal: Flask, payout: Payout) -> None:
    browser = browser_of(portal, a_person(first_name="Aisha").id, ("cashier", "municipality"))
    listed = browser.visit("/payouts")
    assert payout.application.reference in listed.text and IBAN not in listed.text
    headings, row = csv.reader(io.StringIO(browser.get("/payouts/pending.csv").text.removeprefix("\ufeff")))
    assert (row[0], row[2], row[3]) == (payout.application.reference, IBAN, "300.000") and len(headings) == len(row)
    form = browser.visit(f"/payouts/{payout.id}")
    assert "OM81 •••• 3456" in form.text and IBAN not in form.text
    assert "number that the bank" in form.submit(reference="").errors["reference"]
    done = form.submit(reference="TRF-٧٧")
    assert done.path == "/payouts" and "TRF-77" in done.text and "Nothing waits" in done.text
    assert "Transferred on" in browser.visit(f"/payouts/{payout.id}").text
    owner = browser_of(portal, payout.application.account_id)
    assert "The deposit was transferred" in owner.visit(f"/applications/{payout.application.reference}").text


def test_only_cashiers_of_its_authority_come_in(portal: Flask, payout: Payout) -> None:
    portal.config["WTF_CSRF_ENABLED"] = False
    paths = ("/payouts", "/payouts/pending.csv", f"/payouts/{payout.id}")
    for roles in ((), (("clerk", "municipality.finance"),), (("administrator", ""),)):
        browser = browser_of(portal, a_person().id, *roles)
        assert [browser.get(path).status_code for path in paths] == [403] * 3
        assert browser.post(paths[2], data={"reference": "x"}).status_code == 403
    elsewhere = browser_of(portal, a_person().id, ("cashier", "chamber"))
    assert [elsewhere.get(f"/payouts/{number}").status_code for number in (payout.id, 999_999)] == [404, 404]
    assert IBAN not in elsewhere.get("/payouts/pending.csv").text
    assert elsewhere.post(paths[2], data={"reference": "x"}).status_code == 404


# --- Slots, as their field shows them ----------------------------------------------------------------------------------------------


def test_a_time_taken_meanwhile_is_said_beside_the_field_and_the_next_free_ones_are_offered(portal: Flask) -> None:
    owner, (one, two, *_rest) = an_owner(), bookings.free(ENGINEERING)
    opened = begin(owner, "completion-letter", ("permit", {"permit": a_permit(owner, state="started")}))
    browser = browser_of(portal, owner.account or 0)
    step = browser.visit(f"/applications/{opened.reference}/steps/inspection")
    assert next(radio.get("value") for radio in step.html.xpath("//input[@name='inspection']")) == one.isoformat()
    for _seat in range(2):
        other = an_owner()
        completion(other, a_permit(other, state="started"), one.isoformat())
    late = step.submit(inspection=one.isoformat())
    assert late.status == 422 and "just taken" in late.errors["inspection"]
    assert next(radio.get("value") for radio in late.html.xpath("//input[@name='inspection']")) == two.isoformat()
    assert late.submit(inspection=two.isoformat()).path.endswith("/check")


def test_ticks_of_several_are_read_kept_and_shown_again(portal: Flask) -> None:
    owner = an_owner()
    opened = begin(owner, "service-letter", ("building", {"kind": "plot", "number": "412"}))
    browser = browser_of(portal, owner.account or 0)
    path = f"/applications/{opened.reference}/steps/utilities"
    step = browser.visit(path)
    assert "at least one" in step.submit().errors["utilities"]
    check = step.submit(utilities=["water", "sewerage"])
    assert check.path.endswith("/check") and "Water, Sewerage" in check.text
    ticked = browser.visit(path).html.xpath("//input[@name='utilities'][@checked]/@value")
    assert ticked == ["water", "sewerage"]
