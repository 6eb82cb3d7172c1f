"""One membership renewal, page by page, as a browser without scripts walks it: up to the bank's door, and back."""

import secrets
import time
from dataclasses import dataclass

from bench.browser import Browser, Page
from bench.people import Person, prove
from sandbox.bank.keys import Keys
from sandbox.bank.orders import Order, transaction_number
from sandbox.bank.wire import reply

SERVICE = "chamber.renew-membership"


@dataclass(frozen=True)
class Checkout:
    """The signed form that leads to the bank."""

    reference: str
    fields: dict[str, str]


def fill_in(browser: Browser, person: Person) -> Page:
    """From the service's page to the check page, with every step answered."""
    service = browser.get(f"/services/{SERVICE}")
    begins = service.hidden.get("service") == SERVICE
    page = browser.post("/applications", service.hidden) if begins else service
    reference = prove(person)
    if not begins:  # an open draft is taken up again
        page = browser.get(f"/applications/{reference}/continue")
    answers = {
        "establishment": {"registration": person.establishment},
        "membership": {"membership": person.membership},
        "company": {},
    }
    answers["period"] = {"months": "12"}
    while not page.path.endswith("/check"):
        page = browser.post(page.path, page.hidden | answers[page.path.rpartition("/")[2]])
    return page


def apply(browser: Browser, person: Person) -> str:
    """From the service's page to a submitted application that waits for its payment; returns its reference."""
    page = fill_in(browser, person)
    reference = reference_in(page)
    browser.post(f"/applications/{reference}/submission", page.hidden)
    return reference


def reference_in(page: Page) -> str:
    return page.path.split("/")[2]


def check_out(browser: Browser, reference: str) -> Checkout | None:
    """The form for the bank; None when there is nothing more to pay."""
    overview = browser.get(f"/applications/{reference}")
    if f'action="/applications/{reference}/payments"' not in overview.text:
        return None
    page = browser.post(f"/applications/{reference}/payments", {"csrf_token": overview.hidden["csrf_token"]})
    fields = page.hidden
    return Checkout(reference, fields) if "transaction_uuid" in fields else None


def come_back(browser: Browser, fields: dict[str, str]) -> Page:
    """Bring the bank's signed answer, as its page makes the browser do; ends on the overview once it is settled."""
    return browser.post("/payments/return/cybersource", fields)


def approved(checkout: Checkout, keys: Keys) -> dict[str, str]:
    """What the bank signs when it took the money, without the bank: for measuring the portal alone."""
    asked, moment = checkout.fields, time.time()
    order = Order(
        token=secrets.token_urlsafe(24),
        uuid=asked["transaction_uuid"],
        reference=asked["reference_number"],
        amount=asked["amount"],
        locale="ar",
        request=asked,
        billing={},
        card={"does": "approve", "type": "001", "name": "Visa", "masked": "411111xxxxxx1111", "expiry": "12-2030"},
        opened_at=moment,
        decision="ACCEPT",
        reason="100",
        flag="SOK",
        transaction_id=transaction_number(),
        approved=asked["amount"],
        decided_at=moment,
        answers_at=moment,
    )
    return reply(order, keys)


def renew(browser: Browser, person: Person, keys: Keys) -> str:
    """The whole road; returns the reference. AssertionError when it does not end as a completed, paid application."""
    reference = apply(browser, person)
    checkout = check_out(browser, reference)
    assert checkout, f"{reference} asks for no payment"
    page = come_back(browser, approved(checkout, keys))
    assert page.path == f"/applications/{reference}", f"{reference} ended on {page.path}"
    return reference
