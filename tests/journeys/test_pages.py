"""Every page of the journey: no barrier that axe-core finds, no complaint of the browser, few requests at first sight."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.journeys.gallery import Place, gallery
from tests.journeys.traveller import EXPECTED
from tests.support.portal import Portal

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()
REQUESTS = 6
SCHEMES = {"light": {}, "dark": {"runOnly": ["color-contrast", "link-in-text-block"]}}
"""What axe looks at: in the dark only what may differ there."""
NEXT_FRAME = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
"""Colours turn with the next picture."""
FIRST_VIEWS = (
    "home",
    "service",
    "verify-valid",
    "dashboard-complete",
    "step-period",
    "check",
    "overview-to-pay",
    "overview-complete",
)
"""One page of each kind; a browser that has seen none before."""
CAPTCHA = ("sign-in", "register", "recover", "complain-without-account")
"""Pages that bring the proof of work along, which says something only once it has been set up."""


@pytest.fixture(scope="module")
def places(sqlite_portal: Portal, browser: Browser) -> list[Place]:
    return gallery(sqlite_portal, browser)


@dataclass
class Walked:
    """What was found on the way through all pages in one language."""

    barriers: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


@pytest.fixture(scope="module", params=["ar", "en"])
def walked(sqlite_portal: Portal, places: list[Place], browser: Browser, request: pytest.FixtureRequest) -> Walked:
    language, found = request.param, Walked()
    with browser.new_context(reduced_motion="reduce", **sqlite_portal.visitor()) as context:
        context.add_cookies([{"name": "language", "value": language, "url": sqlite_portal.url}])
        context.add_init_script(AXE)
        page = context.new_page()
        listen(page, found.complaints)
        for place in in_turn(places, language):
            page.emulate_media(color_scheme="light")
            stand_at(place, page, sqlite_portal)
            page.wait_for_load_state("networkidle") if place.name in CAPTCHA else None
            found.barriers += barriers(page, place)
    return found


def in_turn(places: list[Place], language: str) -> list[Place]:
    """Citizens' pages in either language; those of staff and offices, which are as many again, in one each, turn about."""
    work = [place for place in places if place.work]
    return [place for place in places if not place.work] + work[language == "en" :: 2]


def stand_at(place: Place, page: Page, portal: Portal) -> None:
    page.context.clear_cookies(name="session")
    page.context.add_cookies(list(place.cookies))
    place.show(page, portal)


def listen(page: Page, complaints: list[str]) -> None:
    page.on(
        "console",
        lambda message: complaints.append(f"{page.url}: {message.text}") if message.type in ("error", "warning") else None,
    )
    page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))


def barriers(page: Page, place: Place) -> Iterator[str]:
    for scheme, options in SCHEMES.items():
        page.emulate_media(color_scheme=scheme)
        page.evaluate(NEXT_FRAME)
        for fault in page.evaluate("async options => (await axe.run(document, options)).violations", options):
            yield from (f"{place.name}, {scheme}: {fault['id']}: {node['html'][:200]}" for node in fault["nodes"])


def test_axe_finds_nothing_on_any_page_in_the_light_or_in_the_dark(walked: Walked):
    assert walked.barriers == []


def test_no_page_makes_the_browser_complain(walked: Walked):
    assert [complaint for complaint in walked.complaints if not EXPECTED.search(complaint)] == []


def test_a_first_view_takes_six_requests_at_most(sqlite_portal: Portal, places: list[Place], browser: Browser):
    counted = {}
    for place in (place for place in places if place.name in FIRST_VIEWS):
        with browser.new_context(**sqlite_portal.visitor()) as context:
            page = context.new_page()
            asked: list[str] = []
            page.on("request", lambda request, asked=asked: asked.append(request.url) if not request.redirected_from else None)
            stand_at(place, page, sqlite_portal)
            counted[place.name] = asked
    assert set(counted) == set(FIRST_VIEWS)
    assert {name: asked for name, asked in counted.items() if len(asked) > REQUESTS} == {}
