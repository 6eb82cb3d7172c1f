"""Real life in between: a week goes by, Back, reload, two clicks, two tabs, the other language. Nothing is lost and nothing paid twice."""

import pytest
from playwright.sync_api import expect

import models
from engine import digits
from tests.journeys.conftest import Visit
from tests.journeys.story import fill_registration, receipts_of
from tests.journeys.traveller import Traveller
from tests.support.portal import Portal

STEPS = {"establishment", "membership", "identity", "slo", "company", "period", "check", "overview"}
AT_THE_BANK = {"billing", "payment", "review", "receipt"}


def test_the_browser_is_closed_at_each_step_and_a_week_later_one_goes_on(visit: Visit, portal: Portal):
    traveller = visit("ar", person=portal.member())
    traveller.begin()
    reference, left = traveller.reference, set()
    while traveller.place != "complete":
        if traveller.place in left or traveller.place in AT_THE_BANK - {"billing"}:
            traveller.onward()
        else:
            left.add(traveller.place)
            traveller = a_week_later(visit, traveller)
    assert left == STEPS | {"billing"}
    assert traveller.reference == reference and receipts_of(traveller) == 1


def a_week_later(visit: Visit, before: Traveller) -> Traveller:
    """In a new browser: the old session is over, and the dashboard leads to where one stopped."""
    before.portal.a_week_passes(before.person)
    before.go("/dashboard")
    before.at("/account/sign-in.*")
    before.context.close()
    traveller = visit(before.language, scripts=before.scripts, person=before.person)
    traveller.go("/dashboard")
    traveller.page.locator("main .tasks__link").first.click()
    traveller.at("/(applications|identity)/.*")
    return traveller


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
def test_back_forward_and_reload_at_each_step(visit: Visit, portal: Portal, scripts: bool):
    """Back shows a page that works, also from the bank; forward and reload lead to where one was."""
    traveller = visit("en", scripts=scripts, person=portal.member())
    page = traveller.page
    traveller.begin()
    while traveller.place != "complete":
        traveller.onward()
        place, heading = traveller.place, page.locator("h1").inner_text()
        address = page.url
        page.go_back()
        settled(traveller)
        page.go_forward()
        expect(page).to_have_url(address)
        expect(page.locator("h1")).to_have_text(heading)
        page.reload()
        settled(traveller)
        expect(page.locator("h1")).to_have_text(heading)
        assert traveller.place == place
    assert receipts_of(traveller) == 1


def settled(traveller: Traveller) -> None:
    """A whole page stands there, and not one that says sorry."""
    page = traveller.page
    expect(page.locator("#progress.htmx-request")).to_have_count(0)
    expect(page.locator("h1")).to_have_count(1)
    expect(page.locator("[data-problem]")).to_have_count(0)
    expect(page.locator("#failure:not([hidden])")).to_have_count(0)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
def test_every_button_is_pressed_twice_and_everything_happens_once(visit: Visit, portal: Portal, scripts: bool):
    traveller = visit("ar", scripts=scripts, person=portal.member())
    traveller.clicks = 2
    traveller.walk(until="leave_for_bank")
    traveller.pay()
    traveller.arrive()
    assert receipts_of(traveller) == 1
    assert made_by(traveller) == {"applications": 1, "bills": 1, "attempts": 1}


def test_two_tabs_fill_the_same_draft_and_pay_the_same_bill(visit: Visit, portal: Portal):
    traveller = visit("ar", person=portal.member())
    traveller.walk(until="confirm_company")
    resume = f"/applications/{traveller.reference}/continue"
    with traveller.another_page():
        traveller.go(resume)
        traveller.at(".*/steps/period")
        traveller.walk(until="leave_for_bank", after="confirm_company")
        traveller.pay()
        traveller.arrive()
    traveller.page.check("[name=months][value='12']")
    traveller.send("#step")
    traveller.arrive()
    expect(traveller.page.locator(".receipt tfoot")).to_contain_text("٥٠٫٠٠٠")
    assert made_by(traveller) == {"applications": 1, "bills": 1, "attempts": 1}


def test_two_tabs_at_the_bank_charge_once(visit: Visit, portal: Portal):
    traveller = visit("en", person=portal.member())
    traveller.walk(until="submit")
    overview = traveller.page.url
    traveller.leave_for_bank()
    with traveller.another_page():
        traveller.go(overview)
        traveller.leave_for_bank()
        traveller.pay()
        traveller.arrive()
    traveller.page.reload()
    traveller.return_from_bank()
    traveller.arrive()
    assert receipts_of(traveller) == 1
    assert made_by(traveller)["attempts"] == 1


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
def test_the_language_turns_in_the_middle_of_a_form_and_the_text_stays(visit: Visit, portal: Portal, scripts: bool):
    traveller = visit("ar", scripts=scripts, person=portal.stranger(), signed_in=False)
    page = traveller.page
    traveller.go("/account/registration")
    fill_registration(traveller)
    page.check("[name=identity_type][value=passport]")
    traveller.switch_language()
    assert page.input_value("[name=arabic_name]") == "سالم الحارثي"
    assert digits.fold(page.input_value("[name=registration]")) == traveller.person.registration
    assert page.is_checked("[name=identity_type][value=passport]")
    expect(page.locator(".wrong")).to_have_count(0)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
def test_the_language_turns_in_the_middle_of_a_step(visit: Visit, portal: Portal, scripts: bool):
    traveller = visit("ar", scripts=scripts, person=portal.member())
    traveller.walk(until="confirm_company")
    traveller.page.check("[name=months][value='18']")
    traveller.switch_language()
    expect(traveller.page.locator("[name=months][value='18']")).to_be_checked()
    traveller.send("#step")
    traveller.at(".*/check")
    expect(traveller.page.locator(".quote tfoot")).to_contain_text("37.500")
    traveller.switch_language()
    traveller.at(".*/check")


def made_by(traveller: Traveller) -> dict[str, int]:
    """What the tables hold of this person."""
    with traveller.portal.tables():
        mine = (
            models.Application.select()
            .join(models.Account, on=models.Application.account)
            .join(models.Identifier)
            .where(models.Identifier.value == traveller.person.email)
        )
        bills = models.Bill.select().where(models.Bill.application.in_(list(mine)))
        attempts = models.PaymentAttempt.select().where(models.PaymentAttempt.bill.in_(list(bills)))
        return {"applications": mine.count(), "bills": bills.count(), "attempts": attempts.count()}
