"""The way to the map: up to the step of a building's address that asks where it stands."""

from typing import Any

from playwright.sync_api import Page, expect

from tests.journeys.traveller import Traveller

SERVICE = "/services/municipality.add-address"
KROOKI: Any = {"name": "krooki.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\n% a drawing"}


def come_to_the_place(citizen: Traveller) -> None:
    citizen.go(SERVICE)
    citizen.send("/applications")
    citizen.at("/identity/.*")
    citizen.prove()
    citizen.leave_identity_provider(onto=".*/steps/plot")
    citizen.page.fill("[name=plot]", "١٢٥٠")
    citizen.page.set_input_files("[name=krooki]", KROOKI)
    citizen.send("#step")
    citizen.at(".*/steps/place")


def see_the_map(page: Page) -> None:
    """Drawn as far as the coast."""
    expect(page.locator(".place__coast")).to_be_attached()
