"""A page to look at, as a gallery hangs it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page, expect

from tests.support.portal import Portal

Arrive = Callable[[Page], None]


@dataclass(frozen=True)
class Place:
    """A page to look at: where, with whose cookies, and what is done there first (such as sending an empty form)."""

    name: str
    path: str
    cookies: tuple[Any, ...] = ()
    first: Arrive | None = None
    work: bool = False  # of staff or an office

    def show(self, page: Page, portal: Portal) -> None:
        answer = page.goto(self.path if self.path.startswith("http") else f"{portal.url}{self.path}")
        assert answer and answer.status < 500, f"{self.name}: {answer and answer.status}"
        if self.first:
            self.first(page)


def press(selector: str, then: str = ".wrong") -> Arrive:
    """Send what stands there, and wait for what comes of it."""

    def first(page: Page) -> None:
        page.locator(selector).first.click()
        expect(page.locator(then).first).to_be_visible()

    return first
