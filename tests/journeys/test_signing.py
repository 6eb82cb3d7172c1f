"""Signing the declaration on the true road: Chromium, the card reader's program and its windows, PC/SC, a virtual card, the queue."""

import io

import pytest
from playwright.sync_api import expect
from pyhanko.keys import load_cert_from_pemder
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

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
    traveller.walk(until="submit", after="begin")
    traveller.send("#sign")
    expect(traveller.page.locator("[data-state=ready]")).to_be_visible(timeout=20_000)
    traveller.page.click("[data-card-form] button")
    return traveller


def agrees(counter: Counter, traveller: Traveller) -> None:
    """The first window asks whether the certificate may be shown."""
    expect(traveller.page.locator("[data-state=confirming]")).to_be_visible()
    window = counter.window(traveller)
    window.locator("form button").first.click()


@pytest.mark.parametrize("language", ["ar", "en"])
def test_an_applicant_signs_with_the_card_in_the_reader(language: str, portal: Portal, visit: Visit, counter: Counter) -> None:
    person = portal.member()
    counter.holds(portal, person)
    traveller = to_the_reader(visit, person, language)
    agrees(counter, traveller)
    window = counter.window(traveller)
    expect(window.locator("body")).to_contain_text(traveller.reference)
    types(window, PIN)
    traveller.at("/applications/[^/]+/check")
    expect(traveller.page.locator("#declaration .notice--success")).to_contain_text(f"Person {person.number}")
    with traveller.page.expect_download() as download:
        traveller.page.click("#declaration a[download]")
    assert stands(download.value.path().read_bytes(), portal)
    traveller.send("/submission")
    traveller.at("/applications/[^/]+")
    expect(traveller.page.locator("#documents")).to_contain_text(f"Person {person.number}")


def test_somebody_elses_card_signs_nothing(portal: Portal, visit: Visit, counter: Counter) -> None:
    counter.holds(portal, portal.stranger())
    traveller = to_the_reader(visit, portal.member(), "en")
    agrees(counter, traveller)
    expect(traveller.page.locator("[data-failure]")).to_contain_text("somebody else")
    traveller.complaints.clear()  # the browser notes that the portal's answer was 403: that is the point


def stands(pdf: bytes, portal: Portal) -> bool:
    trust = ValidationContext(trust_roots=[load_cert_from_pemder(str(portal.folder / "sandbox" / "authority" / "root.pem"))])
    [signature] = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    return bool(validate_pdf_signature(signature, trust).bottom_line)
