"""Real life in between: a week goes by, Back, reload, two clicks, two tabs, the other language. Nothing is lost and nothing paid twice."""

import re

import pytest
from playwright.sync_api import expect

import models
from tests.journeys.conftest import Visit
from tests.journeys.story import fill_registration, receipts_of
from tests.journeys.traveller import Traveller
from tests.support.portal import Portal

RETURNS = {
    "begin": "/steps/establishment",
    "choose_company": "/steps/membership",
    "choose_membership": "/steps/company",
    "prove": "/steps/company",
    "leave_identity_provider": "/steps/(company|period)",
    "confirm_company": "/steps/period",
    "choose_period": "/(check|steps/.*)",
    "submit": "",
    "leave_for_bank": "",
}
"""After each step: where somebody is who comes back a week later and has proven again who they are."""


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
def test_the_browser_is_closed_after_each_step_and_a_week_later_one_goes_on(visit: Visit, portal: Portal, scripts: bool):
    traveller = visit("ar", scripts=scripts, person=portal.member())
    reference = ""
    for step, place in RETURNS.items():
        getattr(traveller, step)()
        reference = reference or traveller.reference
        traveller = a_week_later(visit, traveller)
        traveller.at(f"/applications/{reference}{place}")
        walk_back_to(traveller, step)
    traveller.pay()
    traveller.arrive()
    assert receipts_of(traveller) == 1
    assert application_of(traveller) == reference


def a_week_later(visit: Visit, before: Traveller) -> Traveller:
    """In a new browser: the old session is over; the dashboard leads to where one stopped."""
    before.portal.a_week_passes(before.person)
    before.go("/dashboard")
    before.at("/account/sign-in.*")
    before.context.close()
    traveller = visit(before.language, scripts=before.scripts, person=before.person)
    traveller.go("/dashboard")
    traveller.page.locator("main .tasks__link").first.click()
    traveller.at("/(applications|identity)/.*")
    if "/identity/" in traveller.page.url:
        traveller.prove()
        traveller.leave_identity_provider(onto="/applications/.*")
    return traveller


def walk_back_to(traveller: Traveller, step: str) -> None:
    """Where the step just walked had led; what was answered is there still."""
    if "/steps/company" in traveller.page.url and step in ("confirm_company", "choose_period"):
        traveller.confirm_company()
    if step == "choose_period" and "/steps/period" in traveller.page.url:
        expect(traveller.page.locator("[name=months][value='24']")).to_be_checked()
        traveller.choose_period()
    if step in ("choose_membership", "prove"):
        return_to_proof(traveller)
    if step == "leave_for_bank":
        traveller.leave_for_bank()


def return_to_proof(traveller: Traveller) -> None:
    """The walk's next step is about the proof, which this browser has brought already."""
