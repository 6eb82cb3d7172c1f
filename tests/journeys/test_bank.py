"""What a bank may answer, and what the person then sees: never two receipts, never a dead end."""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Visit
from tests.journeys.story import receipts_of
from tests.journeys.traveller import APPROVED, DECLINED, LATE, NEVER, REVIEWED, TWICE, Traveller
from tests.support.portal import Portal, eventually

OVERVIEW = "/applications/[^/]+"
WAIT = "/payments/[^/]+"


@pytest.fixture
def payer(visit: Visit, portal: Portal) -> Traveller:
    """At the bank's first page."""
    traveller = visit("ar", person=portal.member())
    traveller.walk(until="leave_for_bank")
    return traveller


def to_the_application(traveller: Traveller) -> None:
    traveller.page.locator("main a.button[href^='/applications/']").click()
    traveller.at(OVERVIEW)


def test_a_declined_card_then_another(payer: Traveller):
    payer.pay(DECLINED)
    payer.at(WAIT)
    expect(payer.page.locator(".notice--error")).to_be_visible()
    to_the_application(payer)
    expect(payer.page.locator(".notice--error")).to_be_visible()
    payer.leave_for_bank()
    payer.pay(APPROVED)
    payer.arrive()
    assert receipts_of(payer) == 1


def test_who_cancels_at_the_bank_owes_nothing_and_may_pay_later(payer: Traveller):
    payer.page.locator("form.cancel button").click()
    payer.at_bank("receipt")
    payer.return_from_bank()
    payer.at(WAIT)
    expect(payer.page.locator(".notice--info")).to_be_visible()
    to_the_application(payer)
    assert receipts_of(payer) == 0
    payer.leave_for_bank()
    payer.pay()
    payer.arrive()


def test_a_payment_under_review_cannot_be_paid_again(payer: Traveller):
    payer.pay(REVIEWED)
    payer.at(WAIT)
    to_the_application(payer)
    expect(payer.page.locator(".notice--warning")).to_be_visible()
    expect(payer.page.locator("form[action$='/payments']")).to_have_count(0)
    assert receipts_of(payer) == 0


def test_a_bank_that_never_tells_is_asked(payer: Traveller):
    """The person closes the bank's page and comes back by the dashboard."""
    payer.fill_billing()
    payer.fill_card(NEVER)
    payer.pay_at_bank()
    payer.go("/dashboard")
    payer.page.locator("main .tasks__link").first.click()
    payer.at(OVERVIEW)
    payer.send("/check")
    payer.arrive()
    assert receipts_of(payer) == 1


def test_a_bank_that_answers_twice_makes_one_receipt(payer: Traveller):
    payer.pay(TWICE)
    payer.arrive()
    eventually(lambda reference=payer.reference: told_twice(payer, reference))
    assert receipts_of(payer) == 1


def told_twice(payer: Traveller, reference: str) -> bool:
    """The bank's own list says that both posts were delivered."""
    with payer.another_page() as page:
        page.goto(f"{payer.portal.bank_url}/?lang=en")
        return "2 / 2" in page.locator("tr", has_text=reference).first.inner_text()


def test_a_bank_that_answers_late_is_waited_for(payer: Traveller):
    """The portal's page looks by itself, and goes on as soon as the bank has said it."""
    payer.fill_billing()
    payer.fill_card(LATE)
    payer.pay_at_bank()
    payer.page.locator("form[data-return] button").click(timeout=20_000)
    payer.arrive()
    assert receipts_of(payer) == 1
