"""An ID card in the reader, on the true road: Chromium, the card reader's program, PC/SC, a virtual card certified by the demo authority."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from playwright.sync_api import Page, expect

from card_reader.simulator.card import AUTHENTICATION, SIGNATURE, VirtualCard
from card_reader.simulator.citizen import Citizen, request
from sandbox.authority.authority import Authority
from tests.journeys.conftest import Visit
from tests.journeys.traveller import Traveller
from tests.support.card import PIN, VirtualReader, key, virtual_reader
from tests.support.portal import Person, Portal, eventually
from tests.support.processes import ROOT, stop

CARD = "/identity/sign-in/card"


@dataclass
class Counter:
    """A computer with a reader, its program running. `opened` holds the addresses of the PIN windows it opened."""

    reader: VirtualReader
    opened: Path
    seen: int = 0

    def window(self, traveller: Traveller) -> Page:
        """The window that the program opens next, in the person's browser."""
        eventually(lambda: len(self._addresses()) > self.seen)
        self.seen += 1
        page = traveller.context.new_page()
        page.goto(self._addresses()[self.seen - 1])
        return page

    def _addresses(self) -> list[str]:
        return self.opened.read_text().splitlines() if self.opened.exists() else []

    def holds(self, portal: Portal, person: Person) -> None:
        """That person's card, and no other, is in the reader."""
        self.reader.pull()
        self.reader.insert(card_of(portal, person))


@pytest.fixture(scope="module")
def counter(sqlite_portal: Portal, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counter]:
    folder = tmp_path_factory.mktemp("counter")
    opened, browser = folder / "opened", folder / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" >> {opened}\n')
    browser.chmod(0o755)
    asked = ["--portal", sqlite_portal.url, "--port", str(sqlite_portal.agent_port), "--browser", f"{browser} %s"]
    with virtual_reader() as reader, (folder / "log").open("ab") as log:
        program = subprocess.Popen(
            [sys.executable, "-m", "card_reader", *asked],
            cwd=ROOT,
            env={**os.environ, **reader.environment},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            eventually(lambda: answers(sqlite_portal))
            yield Counter(reader, opened)
        finally:
            stop(program)


def answers(portal: Portal) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{portal.agent_port}/", timeout=2).status_code == 403
    except httpx.HTTPError:
        return False


def card_of(portal: Portal, person: Person) -> VirtualCard:
    """As `make card` makes it: the demo authority certifies both keys."""
    authority = Authority(portal.folder / "sandbox" / "authority")
    citizen = Citizen(person.civil_number, f"Person {person.number}", "Al Harthy")
    card = VirtualCard(pin=PIN)
    for slot in (AUTHENTICATION, SIGNATURE):
        own = key("P-256", slot)
        asked = request(citizen, own).public_bytes(Encoding.PEM)
        card.install(slot, own, authority.answer_request(asked, signing=slot == SIGNATURE))
    return card


def types(window: Page, pin: str) -> None:
    window.fill("[name=pin]", pin)
    window.press("[name=pin]", "Enter")


@pytest.mark.parametrize("language", ["ar", "en"])
def test_a_person_signs_in_with_the_card_in_the_reader(language: str, portal: Portal, visit: Visit, counter: Counter) -> None:
    person = portal.member()
    counter.holds(portal, person)
    traveller = visit(language, extra_http_headers={})
    page = traveller.page
    traveller.go("/account/sign-in?next=/account")
    page.click(f"nav a[href^='{CARD}']")
    expect(page.locator("[data-state=ready]")).to_be_visible()
    page.click("[data-card-form] button")
    expect(page.locator("[data-state=working]")).to_be_visible()
    window = counter.window(traveller)
    expect(window.locator("html")).to_have_attribute("lang", language)
    expect(window.locator("body")).to_contain_text(portal.url)
    types(window, "654321")
    expect(window.locator("#wrong")).to_be_visible()
    types(window, PIN)
    page.wait_for_url(f"{portal.url}/account")
    expect(page.locator("#header .menu")).to_be_visible()


def test_a_card_pulled_out_and_put_back_is_noticed_by_the_page(portal: Portal, visit: Visit, counter: Counter) -> None:
    person = portal.member()
    counter.holds(portal, person)
    traveller = visit("en", extra_http_headers={})
    traveller.go(CARD)
    expect(traveller.page.locator("[data-state=ready]")).to_be_visible()
    counter.reader.pull()
    expect(traveller.page.locator("[data-state=problem]")).to_be_visible()
    counter.reader.insert(card_of(portal, person))
    expect(traveller.page.locator("[data-state=ready]")).to_be_visible()


def test_a_step_is_proven_by_the_card_and_the_renewal_goes_on(portal: Portal, visit: Visit, counter: Counter) -> None:
    person = portal.member()
    counter.holds(portal, person)
    traveller = visit("ar", person=person, extra_http_headers={})
    traveller.begin()
    traveller.choose_company()
    traveller.choose_membership()
    traveller.page.click("main a[href$='/card']")
    expect(traveller.page.locator("[data-state=ready]")).to_be_visible()
    traveller.page.click("[data-card-form] button")
    types(counter.window(traveller), PIN)
    traveller.at("/identity/.*/single-log-out")
    traveller.leave_identity_provider()


def test_somebody_elses_card_proves_nothing(portal: Portal, visit: Visit, counter: Counter) -> None:
    person = portal.member()
    counter.holds(portal, portal.stranger())
    traveller = visit("en", person=person, extra_http_headers={})
    traveller.begin()
    traveller.choose_company()
    traveller.choose_membership()
    traveller.page.click("main a[href$='/card']")
    traveller.page.click("[data-card-form] button")
    types(counter.window(traveller), PIN)
    expect(traveller.page.locator(".notice--error")).to_contain_text("somebody else")
    traveller.complaints.clear()  # the browser notes that the page's answer was 403: that is the point
