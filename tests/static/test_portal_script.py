"""portal.js and htmx in a real browser: where the focus goes, what is said, what is sent once, what is not lost."""

import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect

from tests.static.stage import application, serving


@pytest.fixture
def app() -> Flask:
    return application()


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    with serving(app) as address:
        yield address


@pytest.fixture
def page(new_context: Callable[..., BrowserContext]) -> Page:
    return new_context().new_page()


def fill(page: Page) -> None:
    page.check("#period")
    page.fill("#name", "سالم")


def test_a_first_view_needs_six_requests_and_breaks_no_policy(page: Page, address: str):
    asked, complaints = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None)
    page.goto(address, wait_until="networkidle")
    assert len(asked) <= 6 and complaints == []


def test_a_link_swaps_the_content_and_the_focus_moves_to_the_heading_which_is_announced(page: Page, address: str):
    page.goto(address)
    page.evaluate("window.same = true")
    page.click("#next")
    expect(page).to_have_title(re.compile("^Step · "))
    expect(page.locator("h1")).to_be_focused()
    expect(page.locator("#live")).to_have_text("Period")
    assert page.url == f"{address}/step" and page.evaluate("window.same"), "the page was swapped, not loaded"
    page.go_back()
    expect(page.locator("h1")).to_have_text("Home")
    assert page.locator("main").count() == 1 and page.url == f"{address}/"


def test_a_refused_form_shows_its_errors_keeps_the_text_and_takes_the_focus(page: Page, address: str):
    page.goto(f"{address}/step")
    page.fill("#remarks", "kept")
    before = page.evaluate("history.length")
    page.click("#go")
    expect(page.locator(".wrong")).to_be_focused()
    assert page.input_value("#remarks") == "kept" and page.evaluate("history.length") == before
    page.click(".wrong a >> nth=1")
    expect(page.locator("#name")).to_be_focused()


def test_three_clicks_send_one_request(page: Page, app: Flask, address: str):
    page.goto(f"{address}/step")
    fill(page)
    page.evaluate("for (const time of [1, 2, 3]) document.querySelector('#go').click()")
    expect(page.locator(".panel h1")).to_be_focused()
    assert len(app.config["POSTS"]) == 1


def test_a_failure_says_so_loses_nothing_and_can_be_tried_again(page: Page, app: Flask, address: str):
    page.goto(f"{address}/step")
    fill(page)
    page.fill("#remarks", "break")
    page.click("#go")
    expect(page.locator("#failure")).to_contain_text("The register does not answer.")
    assert page.input_value("#remarks") == "break"
    page.fill("#remarks", "well")
    page.click("[data-retry]")
    expect(page.locator(".panel")).to_be_visible()
    assert [sent["remarks"] for sent in app.config["POSTS"]] == ["break", "well"]


def test_a_lost_connection_says_so(page: Page, address: str):
    page.goto(f"{address}/step")
    fill(page)
    page.context.set_offline(True)
    page.click("#go")
    expect(page.locator("#failure")).to_be_visible()
    page.context.set_offline(False)
    page.click("[data-retry]")
    expect(page.locator(".panel")).to_be_visible()


def test_leaving_with_unsaved_text_asks_first(page: Page, address: str):
    page.goto(f"{address}/step")
    page.fill("#name", "سالم")
    asked = []
    page.once("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.click(".back")
    page.wait_for_timeout(300)  # time enough to leave wrongly
    assert asked == ["confirm"] and page.url == f"{address}/step" and page.input_value("#name") == "سالم"


@pytest.mark.parametrize("scripts", [True, False])
def test_changing_the_language_keeps_what_was_typed(new_context: Callable[..., BrowserContext], address: str, scripts: bool):
    page = new_context(java_script_enabled=scripts).new_page()
    page.goto(f"{address}/step")
    page.fill("#name", "سالم")
    page.check("#period-1")
    page.click("[data-language]")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert page.input_value("#name") == "سالم" and page.is_checked("#period-1")


def test_the_password_can_be_shown(page: Page, address: str):
    page.goto(f"{address}/step")
    page.fill("#secret", "s3cret")
    page.click("[data-reveal]")
    assert page.get_attribute("#secret", "type") == "text"
    page.click("[data-reveal]")
    assert page.get_attribute("#secret", "type") == "password"


def test_a_session_about_to_end_can_be_kept(page: Page, address: str):
    page.goto(f"{address}/?seconds=121")
    expect(page.locator("#timeout")).to_be_visible()
    page.click("button[data-stay]")
    expect(page.locator("#timeout")).to_be_hidden()


def test_without_scripts_every_page_is_reached_and_nothing_useless_is_shown(
    new_context: Callable[..., BrowserContext], address: str
):
    page = new_context(java_script_enabled=False).new_page()
    page.goto(address)
    page.click("#next")
    expect(page.locator("[data-reveal]")).to_be_hidden()
    page.click("#go")
    expect(page.locator(".wrong")).to_be_visible()
    fill(page)
    page.click("#go")
    expect(page.locator(".panel")).to_be_visible()


@pytest.mark.parametrize("width", [320, 1280])
def test_nothing_runs_over_the_edge_also_with_text_twice_as_large(page: Page, address: str, width: int):
    page.set_viewport_size({"width": width, "height": 700})
    for path in ("/", "/step", "/done"):
        page.goto(address + path)
        for size in ("100%", "200%") if width > 320 else ("100%",):
            page.evaluate("size => { document.documentElement.style.fontSize = size; }", size)
            assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), (path, size)
