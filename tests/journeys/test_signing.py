"""Signing the declaration on the true road: Chromium, the card reader's program and its windows, PC/SC, a virtual card, the queue."""

import subprocess
from pathlib import Path

from playwright.sync_api import expect

from tests.journeys.conftest import Visit
from tests.journeys.test_card import Counter, counter, types
from tests.journeys.traveller import Traveller
from tests.support.card import PIN
from tests.support.portal import Person, Portal

__all__ = ["counter"]


def to_the_reader(visit: Visit, person: Person, language: str) -> Traveller:
    """From the service to the page that signs, once the queue has drawn the declaration."""
    traveller = visit(language, person=person, extra_http_headers={})
    traveller.begin()
    traveller.walk(until="choose_period", after="begin")
    traveller.send("#sign")
    expect(traveller.page.locator("[data-state=ready]")).to_be_visible(timeout=20_000)
    traveller.page.click("[data-card-form] button")
    return traveller


def agrees(counter: Counter, traveller: Traveller) -> None:
    """The first window asks whether the certificate may be shown."""
    expect(traveller.page.locator("[data-state=confirming]")).to_be_visible()
    window = counter.window(traveller)
    window.locator("form button").first.click()


def test_an_applicant_signs_with_the_card_in_the_reader(portal: Portal, visit: Visit, counter: Counter) -> None:
    person = portal.member()
    counter.holds(portal, person)
    traveller = to_the_reader(visit, person, "ar")
    agrees(counter, traveller)
    window = counter.window(traveller)
    expect(window.locator("body")).to_contain_text(traveller.reference)
    types(window, PIN)
    traveller.at("/applications/[^/]+/check")
    expect(traveller.page.locator("#declaration .notice--success")).to_contain_text(f"Person {person.number}")
    with traveller.page.expect_download() as download:
        traveller.page.click("#declaration a[download]")
    assert stands(download.value.path())
    traveller.send("/submission")
    traveller.at("/applications/[^/]+")
    expect(traveller.page.locator("#documents")).to_contain_text(f"Person {person.number}")


def test_somebody_elses_card_signs_nothing(portal: Portal, visit: Visit, counter: Counter) -> None:
    counter.holds(portal, portal.stranger())
    traveller = to_the_reader(visit, portal.member(), "en")
    agrees(counter, traveller)
    expect(traveller.page.locator("[data-failure]")).to_contain_text("somebody else")
    traveller.complaints.clear()  # the browser notes that the portal's answer was 403: that is the point


def stands(paper: Path) -> bool:
    """As another program judges it."""
    said = subprocess.run(["pdfsig", "-nocert", paper], capture_output=True, text=True, timeout=30).stdout
    return "Signature is Valid." in said and "Total document signed" in said
