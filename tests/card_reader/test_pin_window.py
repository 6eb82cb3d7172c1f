"""The PIN window as a person meets it: in Chromium, 480 pixels wide, called by a portal's page, with the true PC/SC behind."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import waitress
from playwright.sync_api import BrowserContext, Page, expect

from card_reader.__main__ import window_opener
from card_reader.agent import HEADER
from card_reader.reader import Readers
from card_reader.settings import Settings
from card_reader.simulator.card import PIN, VirtualCard
from tests.card_reader.counter import CLIENT, NONCE, Counter, counter, type_pin, until_read
from tests.card_reader.shelf import CardOnShelf, Shelf
from tests.support.card import PIN as SECRET
from tests.support.card import VirtualReader, card, until
from tests.support.processes import free_port

SIZE = {"width": 480, "height": 720}
NAMES = {"ar": "قارئ البطاقة", "en": "Card reader"}
PROBLEMS = ("no-service", "no-reader", "no-card", "reader-busy", "not-supported", "mute-card")


@dataclass
class Portal:
    """A page of a site allowed to ask: on this computer, for the browser of the tests reaches no other."""

    url: str
    framed: str = ""
    seen: list[str] = field(default_factory=list)

    def page(self, environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        self.seen.append(environ["PATH_INFO"])
        start("200 OK", [("Content-Type", "text/html; charset=utf-8")])
        frame = f'<iframe src="{self.framed}" width=400 height=400></iframe>' if self.framed else ""
        return [f"<!doctype html><title>Portal</title><h1>Portal</h1>{frame}".encode()]


@pytest.fixture(scope="module")
def portal() -> Iterator[Portal]:
    port = free_port()
    made = Portal(f"http://localhost:{port}")
    server = waitress.create_server(made.page, host="127.0.0.1", port=port)
    threading.Thread(target=server.run, daemon=True).start()
    yield made


@pytest.fixture
def at(readers: Readers, portal: Portal) -> Iterator[Counter]:
    with counter(readers, portals={portal.url}) as made:
        yield made


@pytest.fixture
def person(new_context: Callable[..., BrowserContext]) -> BrowserContext:
    return new_context(viewport=SIZE)


def logs_in(page: Page, at: Counter, lang: str = "en") -> str:
    """The portal's page asks, as its script does; the address of the window that opens. The answer will be in `window.answer`."""
    page.evaluate(
        """([url, body, header]) => {
            window.answer = null;
            fetch(url, { method: "POST", headers: { "Content-Type": "application/json", [header]: "1" }, body: JSON.stringify(body) })
                .then(async (said) => window.answer = [said.status, await said.json()]);
        }""",
        [f"{at.url}/v1/authenticate", {"challengeNonce": NONCE, "lang": lang}, HEADER],
    )
    return at.windows.get(timeout=10)


def answer(page: Page) -> tuple[int, dict[str, Any]]:
    status, said = page.wait_for_function("window.answer").json_value()
    return status, said


def fits_the_window(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_a_person_logs_in_from_the_portals_page(
    at: Counter, plugged: VirtualCard, portal: Portal, person: BrowserContext, lang: str
):
    page, window = person.new_page(), person.new_page()
    faults: list[str] = []
    window.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.goto(portal.url)
    window.goto(logs_in(page, at, lang))
    expect(window.locator("html")).to_have_attribute("dir", "rtl" if lang == "ar" else "ltr")
    expect(window.locator("header")).to_contain_text(NAMES[lang])
    expect(window.locator(".asking")).to_contain_text(portal.url)
    expect(window.locator("#pin")).to_be_focused()
    expect(window.locator("#pin")).to_have_attribute("type", "password")
    expect(window.locator(".tries")).to_have_text("بقيت ٣ محاولات." if lang == "ar" else "3 tries left.")
    fits_the_window(window)
    window.keyboard.type(SECRET)
    window.keyboard.press("Enter")
    expect(window.locator(".told--good h1")).to_be_visible()
    status, token = answer(page)
    assert (status, token["format"]) == (200, "web-eid:1.0")
    assert not faults
    assert SECRET not in "".join(portal.seen) + page.content()


def test_a_page_that_is_no_portals_gets_nothing(at: Counter, plugged: VirtualCard, portal: Portal, person: BrowserContext):
    """The same page under the computer's other name is another origin."""
    page = person.new_page()
    page.goto(portal.url.replace("localhost", "127.0.0.1"))
    for options in ("{}", f"{{headers: {{'{HEADER}': '1'}}}}", "{method: 'POST', mode: 'no-cors', body: '{}'}"):
        said = page.evaluate(
            f"fetch('{at.url}/v1/status', {options}).then(s => s.type == 'opaque' ? 'opaque' : s.text(), e => 'refused')"
        )
        assert said in ("refused", "opaque")
    assert at.windows.empty()


def test_the_window_is_never_framed_nor_read_by_another_site(
    at: Counter, plugged: VirtualCard, portal: Portal, person: BrowserContext
):
    page = person.new_page()
    page.goto(portal.url)
    window = logs_in(page, at)
    until_read(window, 'name="turn"')
    assert page.evaluate(f"fetch('{window}').then(s => s.text(), e => 'refused')") == "refused"
    portal.framed = window
    try:
        framing = person.new_page()
        framing.goto(portal.url)
        assert all(frame.locator("form").count() == 0 for frame in framing.frames)
    finally:
        portal.framed = ""
    framing.evaluate(f"location.href = '{window}'")
    framing.wait_for_load_state()
    assert framing.locator("form").count() == 0


def test_wrong_pins_warn_and_the_last_is_refused(at: Counter, plugged: VirtualCard, portal: Portal, person: BrowserContext):
    page, window = person.new_page(), person.new_page()
    page.goto(portal.url)
    window.goto(logs_in(page, at))
    window.fill("#pin", "111111")
    window.get_by_role("button", name="Log in").click()
    expect(window.locator("#warning")).to_contain_text("last go")
    expect(window.locator("#wrong")).to_have_text("That is not the PIN.")
    expect(window.locator("#pin")).to_have_value("")
    expect(window.locator("#pin")).to_be_focused()
    fits_the_window(window)
    window.fill("#pin", "222222")
    window.get_by_role("button", name="Log in").click()
    expect(window.locator(".told--bad h1")).to_have_text("Only one try is left, and we will not spend it.")
    assert answer(page)[1]["code"] == "last-try"
    assert plugged.tries[PIN] == 1


def test_the_window_follows_the_card(
    at: Counter, plugged: VirtualCard, pcsc: VirtualReader, portal: Portal, person: BrowserContext
):
    page, window = person.new_page(), person.new_page()
    page.goto(portal.url)
    window.goto(logs_in(page, at))
    expect(window.locator("#pin")).to_be_visible()
    pcsc.pull()
    expect(window.locator("h1")).to_have_text("The card was taken out before we were done.")
    pcsc.insert(card())
    window.locator("#pin").fill(SECRET)
    window.keyboard.press("Enter")
    assert answer(page)[0] == 200


def test_the_person_can_cancel_show_the_pin_and_change_the_language(
    at: Counter, plugged: VirtualCard, portal: Portal, person: BrowserContext
):
    page, window = person.new_page(), person.new_page()
    page.goto(portal.url)
    window.goto(logs_in(page, at))
    window.get_by_role("button", name="Show").click()
    expect(window.locator("#pin")).to_have_attribute("type", "text")
    window.get_by_role("link", name="العربية").click()
    expect(window.locator("html")).to_have_attribute("dir", "rtl")
    window.get_by_role("button", name="إلغاء").click()
    expect(window.locator(".told--bad h1")).to_have_text("أُلغي الطلب.")
    assert answer(page)[1]["code"] == "cancelled"


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_it_works_without_scripts(at: Counter, slots: VirtualReader, new_context: Callable[..., BrowserContext], lang: str):
    said, address = at.begin(lang=lang, origin=next(iter(at.settings.portals)))
    window = new_context(viewport=SIZE, java_script_enabled=False).new_page()
    window.goto(address)
    expect(window.locator("h1")).to_have_text(
        "القارئ جاهز، ولا بطاقة فيه." if lang == "ar" else "The reader is ready, and empty."
    )
    slots.insert(card())
    expect(window.locator("#pin")).to_be_visible()
    window.fill("#pin", "12")
    window.keyboard.press("Enter")
    expect(window.locator("#wrong")).to_be_visible()
    window.fill("#pin", SECRET)
    window.keyboard.press("Enter")
    expect(window.locator(".told--good")).to_be_visible()
    assert said.result(10).status_code == 200


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_every_state_fits_the_window_in_both_languages(person: BrowserContext, lang: str):
    shelf = Shelf()
    with counter(shelf) as at:
        window = person.new_page()
        said, address = at.begin(
            "/v1/sign", {"hash": "A" * 43 + "=", "hashFunction": "SHA-256", "what": "إقرار " + "x" * 180}, lang=lang
        )
        titles = set()
        for code in PROBLEMS:
            shelf.service, shelf.reader = code != "no-service", code != "no-reader"
            shelf.problem = code if code in PROBLEMS[3:] else None
            until(lambda code=code: at.desk.current.view.code == code)
            window.goto(address)
            fits_the_window(window)
            titles.add(window.inner_text("h1"))
        assert len(titles) == len(PROBLEMS)
        shelf.problem, shelf.card = None, CardOnShelf()
        type_pin(address, SECRET)
        assert said.result(10).status_code == 200


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_on_a_reader_with_keys_the_pin_is_typed_there(person: BrowserContext, lang: str):
    held = CardOnShelf(pin_pad=True, pad=["111111", SECRET])
    with counter(Shelf(held)) as at:
        said, address = at.begin(lang=lang)
        window = person.new_page()
        window.goto(address)
        expect(window.locator("h1")).to_have_text(
            "اكتب الرقم السري على لوحة القارئ" if lang == "ar" else "Type the PIN on the reader"
        )
        assert window.locator("input").count() == 0
        held.typed.set()
        expect(window.locator("#wrong")).to_be_visible()
        held.typed.set()
        expect(window.locator(".told--good")).to_be_visible()
        assert said.result(10).status_code == 200


@pytest.mark.parametrize("code", ["cancelled", "timeout"])
def test_the_readers_own_keys_can_cancel(code: str):
    held = CardOnShelf(pin_pad=True, pad=[code])
    with counter(Shelf(held)) as at:
        said, _ = at.begin()
        held.typed.set()
        assert said.result(10).json()["code"] == code


# The window's address.


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}],
)
def test_a_form_of_another_site_is_not_taken(headers: dict[str, str]):
    held = CardOnShelf()
    with counter(Shelf(held)) as at:
        _, window = at.begin()
        until_read(window, 'name="turn"')
        for data in ({"turn": "1", "pin": "111111"}, {"cancel": "1"}):
            assert CLIENT.post(window, data=data, headers={"Origin": at.url} | headers).status_code == 403
        assert (held.verified, at.desk.busy) == (0, True)


def test_a_form_without_an_origin_is_not_taken():
    with counter(Shelf(CardOnShelf())) as at:
        _, window = at.begin()
        assert CLIENT.post(window, data={"cancel": "1"}).status_code == 403


def test_the_address_is_good_for_one_request_only():
    with counter(Shelf(CardOnShelf())) as at:
        said, first = at.begin()
        type_pin(first, SECRET)
        assert said.result(10).status_code == 200
        assert "Your card was accepted" in until_read(first, "accepted")
        _, second = at.begin()
        assert first != second
        for method in ("GET", "POST"):
            over = CLIENT.request(method, first, headers={"Origin": at.url})
            assert (over.status_code, "انتهت صلاحية" in over.text) == (404, True)
        assert len(second.rsplit("/", 1)[1]) >= 43  # 256 bits


def test_the_page_is_shut_off_by_its_headers():
    with counter(Shelf(CardOnShelf())) as at:
        _, window = at.begin()
        page = CLIENT.get(window)
        assert "default-src 'none'" in page.headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
        assert "unsafe" not in page.headers["Content-Security-Policy"]
        assert page.headers["Cache-Control"] == "no-store"
        assert "Access-Control-Allow-Origin" not in page.headers
        assert CLIENT.options(window, headers={"Origin": at.url}).status_code == 405
        assert " style=" not in page.text and "<script>" not in page.text


def test_the_browser_is_opened_by_the_command_of_the_settings(tmp_path: Path):
    script = tmp_path / "browser"
    script.write_text(f'#!/bin/sh\necho "$1" > {tmp_path}/opened\n')
    script.chmod(0o755)
    assert window_opener(Settings(frozenset(), browser=f"{script} %s"))("http://127.0.0.1:8006/window/x")
    assert (tmp_path / "opened").read_text() == "http://127.0.0.1:8006/window/x\n"
    assert not window_opener(Settings(frozenset(), browser="no-such-browser"))("http://127.0.0.1/")
