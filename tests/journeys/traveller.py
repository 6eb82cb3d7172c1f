"""Somebody with a browser, walking through the portal: each step of the renewal as one method, the same with and without scripts.

Elements are found by their form, name or place, never by their words, so that a journey reads the same in both languages.
Every complaint of the browser (a refused style, a script's error) is kept in `complaints`; each journey ends by looking at them.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.support.builders import PASSWORD
from tests.support.portal import Person, Portal, eventually

SERVICE = "/services/chamber.renew-membership"
APPROVED, DECLINED, REVIEWED = "4111111111111111", "4000000000009995", "4000000000000259"
TWICE, LATE, NEVER = "4000000000000226", "4000000000000333", "4000000000000515"
EXPECTED = re.compile(
    r"Failed to load resource: the server responded with a status of (401|403|404|409|422|429)"
    "|Scripts may close only the windows that were opened by them"
)
"""Chromium's own remarks on an answer that is not a success, and on a window of the card reader's program, which a person would close."""


class Traveller:
    def __init__(self, portal: Portal, context: BrowserContext, *, language: str, scripts: bool, person: Person | None) -> None:
        self.portal, self.context, self.language, self.scripts = portal, context, language, scripts
        self.complaints: list[str] = []
        self.clicks = 1  # how often an impatient hand presses a button
        context.on("console", lambda message: self._heard(message.type, message.text))
        context.on("weberror", lambda error: self._heard("error", str(error.error)))
        context.add_cookies([{"name": "language", "value": language, "url": portal.url}])
        self.page = context.new_page()
        if person:
            self.person = person

    def _heard(self, kind: str, text: str) -> None:
        if kind in ("error", "warning") and not EXPECTED.match(text):
            self.complaints.append(f"{self.page.url}: {text}")

    # --- Moving about ---------------------------------------------------------------------------------------------------------

    def go(self, path: str) -> None:
        self.page.goto(path if path.startswith("http") else f"{self.portal.url}{path}")

    def at(self, pattern: str) -> None:
        """Wait until the page's path and query are so, and its heading is there."""
        expect(self.page).to_have_url(re.compile(rf"^{re.escape(self.portal.url)}{pattern}$"))
        expect(self.page.locator("h1")).to_have_count(1)

    def button(self, form: str) -> Locator:
        """The main button of a form (a selector, or the end of its action)."""
        chosen = form if form.startswith(("#", "main")) else f"main form[action$='{form}']"
        return self.page.locator(f"{chosen} button.button:not([type=button])").first

    def send(self, form: str) -> None:
        self.button(form).click(click_count=self.clicks)

    def switch_language(self) -> None:
        self.language = "en" if self.language == "ar" else "ar"
        self.page.locator("#header [data-language]").click()
        expect(self.page.locator("html")).to_have_attribute("lang", self.language)

    def refused(self, field: str | None = None) -> None:
        """The error summary is shown, with scripts it has the focus; the error stands at that field."""
        expect(self.page.locator(".wrong")).to_be_visible()
        if self.scripts:
            expect(self.page.locator(".wrong")).to_be_focused()
        if field:
            expect(self.page.locator(f"[name='{field}']").first).to_have_attribute("aria-invalid", "true")

    @property
    def reference(self) -> str:
        return re.search(r"/applications/([A-Z]+-\d{4}-\d{7}-\d)", self.page.url)[1]  # type: ignore[index]

    # --- Accounts -------------------------------------------------------------------------------------------------------------

    def solve_captcha(self) -> None:
        """It starts by itself when the form is touched."""
        if self.scripts:
            expect(self.page.locator("altcha-widget [data-state=verified]")).to_be_visible()

    def sign_in(self, who: str | None = None, password: str = PASSWORD) -> None:
        """From the sign-in page; without scripts a mailed code stands in for the CAPTCHA."""
        before = len(self.portal.messages(self.person.email))
        self.page.fill("[name=who]", who or self.person.email)
        self.page.fill("[name=password]", password)
        self.solve_captcha()
        self.send("#sign-in")
        if not self.scripts:
            self.at("/account/sign-in/code")
            self.type_code(self.portal.code(self.person.email, before + 1))
        expect(self.page.locator("#header .menu")).to_be_visible()

    def type_code(self, code: str) -> None:
        self.page.fill("[name=code]", code)
        self.page.locator("main form:has([name=code]) button.button--primary").click()

    # --- The renewal, step by step --------------------------------------------------------------------------------------------

    def begin(self, onto: str = ".*/steps/establishment") -> None:
        self.go(SERVICE)
        self.send("/applications")
        self.at(onto)

    def choose_company(self) -> None:
        self.page.check(f"[name=registration][value='{self.person.registration}']")
        self.send("#step")
        self.at(".*/steps/membership")

    def choose_membership(self, onto: str = "/identity/.*") -> None:
        self.page.check(f"[name=membership][value='{self.person.membership}']")
        self.send("#step")
        self.at(onto)

    def prove(self) -> None:
        """By a phone that confirms at once."""
        self.portal.confirm_at_once(self.person)
        self.page.fill("[name=phone]", self.person.phone)
        self.send("#mobile-id")
        self.at("/identity/.*/single-log-out")

    def leave_identity_provider(self, onto: str = ".*/steps/company") -> None:
        self.send("main")
        self.at(onto)

    def confirm_company(self) -> None:
        self.send("#step")
        self.at(".*/steps/period")

    def choose_period(self, months: int = 24) -> None:
        self.page.check(f"[name=months][value='{months}']")
        self.send("#step")
        self.at(".*/check")

    def submit(self) -> None:
        self.send("/submission")
        self.at("/applications/[^/]+")

    def leave_for_bank(self) -> None:
        """Scripts send the last form by themselves."""
        self.send("/payments")
        if not self.scripts:
            self.at("/payments/.*/checkout")
            self.page.locator("form[data-onwards] button").click(click_count=self.clicks)
        self.at_bank("billing")

    ROAD = (
        "begin",
        "choose_company",
        "choose_membership",
        "prove",
        "leave_identity_provider",
        "confirm_company",
        "choose_period",
        "submit",
        "leave_for_bank",
    )

    def walk(self, until: str, after: str | None = None) -> None:
        """Every step up to and with `until`, from the one after `after`."""
        start = self.ROAD.index(after) + 1 if after else 0
        for step in self.ROAD[start : self.ROAD.index(until) + 1]:
            getattr(self, step)()

    PLACES = (
        ("establishment", r"/steps/establishment$", lambda self: self.choose_company()),
        ("membership", r"/steps/membership$", lambda self: self.choose_membership(onto="/(identity/[^/]+|.*/steps/company)")),
        ("slo", r"/single-log-out$", lambda self: self.leave_identity_provider(onto="/applications/.*")),
        ("identity", r"/identity/[^/]+$", lambda self: self.prove()),
        ("company", r"/steps/company$", lambda self: self.confirm_company()),
        ("period", r"/steps/period$", lambda self: self.choose_period()),
        ("check", r"/check$", lambda self: self.submit()),
        ("overview", r"/applications/[^/]+$", lambda self: self.leave_for_bank()),
        ("billing", r"/billing$", lambda self: self.fill_billing()),
        ("payment", r"/payment$", lambda self: self.fill_card()),
        ("review", r"/review$", lambda self: self.pay_at_bank()),
        ("receipt", r"/receipt$", lambda self: self.return_from_bank()),
    )
    """Where a renewal may be, how its address ends, and the step on from there."""

    @property
    def place(self) -> str:
        if self.page.locator(".panel .panel__number").count():
            return "complete"
        return next(name for name, pattern, _onward in self.PLACES if re.search(pattern, self.page.url))

    def onward(self) -> None:
        """One step on, wherever this is."""
        place = self.place
        next(onward for name, _pattern, onward in self.PLACES if name == place)(self)

    # --- At the bank ----------------------------------------------------------------------------------------------------------

    def at_bank(self, step: str) -> None:
        expect(self.page).to_have_url(re.compile(rf"^{re.escape(self.portal.bank_url)}/checkout/[^/]+/{step}$"))

    def fill_billing(self) -> None:
        for name, value in (
            ("bill_to_address_line1", "Way 1"),
            ("bill_to_address_city", "Muscat"),
            ("bill_to_phone", "96893000000"),
        ):
            if not self.page.input_value(f"[name={name}]"):
                self.page.fill(f"[name={name}]", value)
        self.page.select_option("[name=bill_to_address_country]", "OM")
        self._next_at_bank("payment")

    def fill_card(self, number: str = APPROVED) -> None:
        self.page.check("[name=card_type][value='001']")
        self.page.fill("[name=card_number]", number)
        self.page.select_option("[name=card_expiry_month]", "12")
        self.page.select_option("[name=card_expiry_year]", index=3)
        self.page.fill("[name=card_cvn]", "123")
        self._next_at_bank("review")

    def _next_at_bank(self, step: str) -> None:
        self.page.locator("main form:not(.cancel) .actions button").click(click_count=self.clicks)
        self.at_bank(step)

    def pay_at_bank(self) -> None:
        self.page.locator("main form:not(.cancel) .actions button").click(click_count=self.clicks)
        self.at_bank("receipt")

    def return_from_bank(self) -> None:
        """The bank's page goes by itself after a moment; a person without scripts, or in a hurry, presses its button."""
        self.page.locator("form[data-return] button").click(click_count=self.clicks)
        expect(self.page).to_have_url(re.compile(f"^{re.escape(self.portal.url)}/"))

    def pay(self, card: str = APPROVED) -> None:
        """From the bank's first page back to the portal."""
        self.fill_billing()
        self.fill_card(card)
        self.pay_at_bank()
        self.return_from_bank()

    def arrive(self) -> None:
        """On the overview of what is paid and complete."""
        self.at("/applications/[^/]+")
        expect(self.page.locator(".receipt")).to_be_visible()

    def wait_for_documents(self) -> None:
        """Until both can be downloaded; with scripts the page looks by itself."""
        ready = self.page.locator("#documents a[download]")
        if self.scripts:
            expect(ready).to_have_count(2, timeout=30_000)
            return
        eventually(lambda: ready.count() == 2 or not self.page.reload(), patience=30)

    @contextmanager
    def another_page(self) -> Iterator[Page]:
        """A second tab of the same browser; the journey's methods walk in it meanwhile."""
        first, self.page = self.page, self.context.new_page()
        try:
            yield self.page
        finally:
            self.page.close()
            self.page = first
