"""The card pages in Chromium with the Web eID extension: what its content script says and hears, as web-eid.js documents it, and a card
whose key lies in software. The journey with our own reader program is another file's.
"""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from sandbox.authority.authority import Authority
from tests.journeys.conftest import Visit
from tests.journeys.traveller import Traveller
from tests.support.cards import Card, a_card
from tests.support.portal import Person, Portal

CARD = "/identity/sign-in/card"
# Answers as the content script does: an ack at once, then what the native program said.
EXTENSION = """
addEventListener("message", async ({ source, data }) => {
  if (source !== window || !/^web-eid:(status|authenticate)$/.test(data?.action)) return;
  const reply = (suffix, more) => postMessage({ action: `${data.action}-${suffix}`, ...more }, location.origin);
  reply("ack");
  if (data.action === "web-eid:status") return reply("success", { library: "2.1.0", extension: "2.3.0", nativeApp: "2.6.0" });
  const token = await window.cardSigns(data.challengeNonce);
  if (token) reply("success", JSON.parse(token)); else reply("failure", { error: { code: "ERR_WEBEID_USER_CANCELLED" } });
});
"""
# What a frame, another site's window or a careless script could send: none of it is the extension's.
OTHERS = """
setInterval(() => {
  const success = { action: "web-eid:status-success" };
  dispatchEvent(new MessageEvent("message", { origin: "https://evil.example", source: window, data: success }));
  dispatchEvent(new MessageEvent("message", { origin: location.origin, source: null, data: success }));
  for (const data of ["web-eid:status-success", ["web-eid:status-success"], { action: { toString: () => success.action } }, { action: 1 }, null])
    dispatchEvent(new MessageEvent("message", { origin: location.origin, source: window, data }));
}, 50);
"""
Sign = Callable[[str], str]


@pytest.fixture
def person(portal: Portal) -> Person:
    return portal.member()


def card_of(portal: Portal, person: Person) -> Card:
    authority = Authority(portal.folder / "sandbox" / "authority")
    return a_card(authority, person.civil_number, f"Person {person.number}")


def with_extension(traveller: Traveller, sign: Sign) -> Page:
    traveller.page.expose_function("cardSigns", sign)
    traveller.page.add_init_script(EXTENSION)
    return traveller.page


@pytest.mark.parametrize("language", ["ar", "en"])
def test_a_card_signs_in_through_the_extension(language: str, portal: Portal, visit: Visit, person: Person) -> None:
    card = card_of(portal, person)
    page = with_extension(visit(language), lambda nonce: card.token(nonce, origin=portal.url))
    page.goto(f"{portal.url}/account/sign-in?next=/account")
    page.click(f"nav a[href^='{CARD}']")
    expect(page.locator("[data-state=extension]")).to_be_visible()
    page.click("[data-card-form] button")
    page.wait_for_url(f"{portal.url}/account")
    expect(page.locator("h1")).to_be_visible()


def test_whoever_cancels_is_told_and_may_begin_again(portal: Portal, visit: Visit, person: Person) -> None:
    card = card_of(portal, person)
    answers = iter([lambda _nonce: "", lambda nonce: card.token(nonce, origin=portal.url)])
    page = with_extension(visit("en"), lambda nonce: next(answers)(nonce))
    page.goto(f"{portal.url}{CARD}")
    page.click("[data-card-form] button")
    expect(page.locator("[data-failure]")).to_have_text(re.compile("You stopped it"))
    page.click("[data-card-form] button")
    page.wait_for_url(f"{portal.url}/dashboard")


def test_a_refused_card_says_why_and_the_page_is_ready_again(portal: Portal, visit: Visit, person: Person) -> None:
    card = card_of(portal, person)
    page = with_extension(visit("en"), lambda nonce: card.token(nonce, origin="https://evil.example"))
    page.goto(f"{portal.url}{CARD}")
    page.click("[data-card-form] button")
    expect(page.locator(".notice--error")).to_have_text(re.compile("does not belong to this request"))
    expect(page.locator("[data-state=extension]")).to_be_visible()


def test_without_extension_and_program_the_page_says_how_to_get_one(portal: Portal, visit: Visit) -> None:
    traveller = visit("en")
    page = traveller.page
    page.goto(f"{portal.url}{CARD}")
    expect(page.locator("[data-state=absent]")).to_be_visible()
    expect(page.locator("[data-card-form] button")).to_be_hidden()
    assert page.locator("[data-state=absent] a").get_attribute("href") == "/help/card-reader"
    traveller.complaints.clear()  # the browser complains that nobody listens at the program's port: that is the point


def test_what_others_say_is_not_taken_for_the_extension(portal: Portal, visit: Visit) -> None:
    traveller = visit("en")
    page = traveller.page
    page.add_init_script(OTHERS)
    page.goto(f"{portal.url}{CARD}")
    expect(page.locator("[data-state=absent]")).to_be_visible()
    expect(page.locator("[data-state=extension]")).to_be_hidden()
    traveller.complaints.clear()  # as above
