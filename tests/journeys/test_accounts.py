"""Accounts in a browser: codes that come again, both ways to log in, a forgotten password, sessions that end."""

import datetime as dt

import pytest
from playwright.sync_api import expect

import models
from engine import digits
from tests.journeys import story
from tests.journeys.conftest import Visit
from tests.journeys.traveller import Traveller
from tests.support.portal import Portal

NEW_PASSWORD = "nine dhows off the coast of sur"


def minutes_pass(portal: Portal, destination: str, minutes: int = 2) -> None:
    """The last code went to that address so many minutes ago."""
    with portal.tables():
        for challenge in list(models.OneTimeCode.select().where(models.OneTimeCode.destination == destination)):
            challenge.sent_at -= dt.timedelta(minutes=minutes)
            challenge.save()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
def test_a_code_that_did_not_arrive_is_sent_again_and_the_first_no_longer_counts(visit: Visit, portal: Portal, scripts: bool):
    traveller = visit("ar", scripts=scripts, person=portal.stranger(), signed_in=False)
    page, person = traveller.page, traveller.person
    traveller.go("/account/registration")
    story.fill_registration(traveller)
    traveller.solve_captcha()
    traveller.send("#new-account")
    traveller.at("/account/registration/email")
    traveller.type_code(portal.code(person.email))
    traveller.at("/account/registration/phone")
    first = portal.code(person.phone)
    minutes_pass(portal, person.phone)
    page.reload()
    page.locator("form[action$='/codes/again'] button").click()
    second = portal.code(person.phone, count=2)
    expect(page.locator(".notice--success")).to_be_visible()
    if first != second:
        traveller.type_code(first)
        traveller.refused("code")
    traveller.type_code(second)
    traveller.at("/dashboard")


def test_a_mobile_number_in_arabic_digits_is_as_good_as_the_mail(visit: Visit, portal: Portal):
    traveller = visit("ar", person=portal.member(), signed_in=False)
    traveller.go("/account/sign-in?next=/verify")
    traveller.sign_in(who=digits.arabic(traveller.person.phone.removeprefix("+968")))
    traveller.at("/verify")


def test_a_wrong_password_is_said_beside_the_form_and_the_browser_has_nothing_to_complain_about(visit: Visit, portal: Portal):
    traveller = visit("ar", person=portal.member(), signed_in=False)
    traveller.go("/account/sign-in")
    for _attempt in range(2):
        traveller.page.fill("[name=who]", traveller.person.email)
        traveller.page.fill("[name=password]", "not the password")
        traveller.solve_captcha()
        traveller.send("#sign-in")
        traveller.refused()
    traveller.sign_in()
    traveller.at("/dashboard")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
def test_a_forgotten_password_is_replaced_and_every_browser_signed_out(visit: Visit, portal: Portal, scripts: bool):
    elsewhere = visit("en", person=portal.member())
    traveller = visit("en", scripts=scripts, person=elsewhere.person, signed_in=False)
    page, person = traveller.page, traveller.person
    traveller.go("/account/sign-in")
    page.click("a[href$='/account/recovery']")
    traveller.at("/account/recovery")
    page.fill("[name=who]", person.email)
    traveller.solve_captcha()
    traveller.send("#recovery")
    traveller.at("/account/recovery/password")
    page.fill("[name=code]", portal.code(person.email))
    page.fill("[name=password]", NEW_PASSWORD)
    page.fill("[name=confirmation]", NEW_PASSWORD)
    page.locator("main form:has([name=password]) button.button--primary").click()
    traveller.at("/account/sign-in")
    traveller.sign_in(password=NEW_PASSWORD)
    elsewhere.go("/dashboard")
    elsewhere.at("/account/sign-in.*")


def test_another_session_is_seen_and_ended_from_here(visit: Visit, portal: Portal):
    here = visit("ar", person=portal.member())
    elsewhere = visit("en", person=here.person)
    elsewhere.go("/dashboard")
    here.go("/account/sessions")
    ends = here.page.locator("form[action$='/end']:not([action*='others'])")
    expect(ends).to_have_count(1)
    ends.locator("button").click()
    expect(here.page.locator(".notice--success")).to_be_visible()
    expect(ends).to_have_count(0)
    elsewhere.go("/dashboard")
    elsewhere.at("/account/sign-in.*")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
def test_after_signing_out_back_shows_nothing(visit: Visit, portal: Portal, scripts: bool):
    traveller = visit("ar", scripts=scripts, person=portal.member())
    traveller.go("/account")
    sign_out(traveller)
    traveller.page.go_back()
    traveller.page.reload()
    traveller.at("/account/sign-in.*")


def sign_out(traveller: Traveller) -> None:
    traveller.page.locator("#header summary").click()
    traveller.page.locator("form[action$='/sign-out'] button").click()
    traveller.at("/")
    expect(traveller.page.locator("#header .menu")).to_have_count(0)
