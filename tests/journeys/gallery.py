"""Every page a person may meet, each in a browser that may see it: for the accessibility journeys and for `make pictures`.

Some people are parked at each stage of a renewal; a page is its address and the cookies of whoever stands there.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from playwright.sync_api import Browser, Page

from tests.journeys import story
from tests.journeys.addressing import come_to_the_place, see_the_map
from tests.journeys.households import households
from tests.journeys.place import Arrive, Place, press
from tests.journeys.test_lease import a_lease, cancel
from tests.journeys.traveller import DECLINED, NEVER, REVIEWED, SERVICE, Traveller
from tests.journeys.workplaces import workplaces
from tests.support.portal import Person, Portal


def open_menu(page: Page) -> None:
    page.locator("#header summary").click()


def linger(address: str) -> Arrive:
    """Stay on the page that scripts would leave for the bank at once."""

    def first(page: Page) -> None:
        page.evaluate("address => sessionStorage.setItem('onwards', new URL(address).pathname)", address)
        page.goto(address)

    return first


FOR_EVERYBODY = (
    Place("home", "/"),
    Place("home-search", "/?q=تجديد"),
    Place("home-nothing-found", "/?q=zzz"),
    Place("service", SERVICE),
    Place("sign-in", "/account/sign-in"),
    Place("sign-in-wrong", "/account/sign-in", first=press("#sign-in button.button--primary")),
    Place("sign-in-card", "/identity/sign-in/card"),
    Place("sign-in-mobile-id", "/identity/sign-in/mobile-id"),
    Place("card-reader", "/help/card-reader"),
    Place("register", "/account/registration"),
    Place("register-wrong", "/account/registration", first=press("#new-account button.button--primary")),
    Place("recover", "/account/recovery"),
    Place("link-over", "/account/codes/none/none"),
    Place("authority", "/authorities/municipality"),
    Place("authority-search", "/authorities/municipality?q=عقد"),
    Place("complaints", "/complaints"),
    Place("complaints-wrong", "/complaints?number=12"),
    Place("complain-without-account", "/services/municipality.complaint/without-account"),
    Place("follow", "/follow"),
    Place("follow-wrong", "/follow", first=press("main form button.button--primary")),
    Place("track", "/track"),
    Place("track-wrong", "/track", first=press("#track button.button--primary")),
    Place("verify", "/verify"),
    Place("verify-wrong", "/verify", first=press("#verify button.button--primary")),
    Place("verify-unknown", "/verify/000000000000"),
    Place("check-membership", "/check/chamber.memberships"),
    Place("check-membership-wrong", "/check/chamber.memberships", first=press("#check button.button--primary")),
    Place("payment-unclear", "/payments/unclear"),
    Place("about-privacy", "/about/privacy"),
    Place("about-terms", "/about/terms"),
    Place("about-accessibility", "/about/accessibility"),
    Place("about-contact", "/about/contact"),
    Place("error-404", "/nowhere"),
)


def gallery(portal: Portal, browser: Browser) -> list[Place]:
    """All places; takes a few seconds of walking."""
    walked = (place for park in PARKS for place in park(portal, browser))
    return [*FOR_EVERYBODY, *walked, *(replace(place, work=True) for place in workplaces(portal, browser))]


def _walker(portal: Portal, browser: Browser, person: Person, *, signed_in: bool = True) -> Traveller:
    context = browser.new_context(java_script_enabled=False, **portal.visitor())
    if signed_in:
        context.add_cookies([portal.session_cookie(person)])  # type: ignore[list-item]
    return Traveller(portal, context, language="ar", scripts=False, person=person)


def _parked(traveller: Traveller, *places: tuple[Any, ...]) -> Iterator[Place]:
    """These places with the cookies this traveller has now, the language left open."""
    cookies = tuple(cookie for cookie in traveller.context.cookies(traveller.portal.url) if cookie["name"] != "language")
    path = traveller.page.url.removeprefix(traveller.portal.url)
    traveller.context.close()
    for name, place, *first in places:
        yield Place(name, place or path, cookies, *first)


def newcomer(portal: Portal, browser: Browser) -> Iterator[Place]:
    traveller = _walker(portal, browser, portal.member())
    traveller.go("/dashboard")
    yield from _parked(
        traveller,
        ("dashboard-empty", ""),
        ("dashboard-menu", "", open_menu),
        ("account", "/account"),
        ("account-browsers", "/account/sessions"),
        ("account-events", "/account/events"),
        ("account-data", "/account/data"),
        ("account-reminders", "/account/reminders"),
        ("reminder", f"/reminders/chamber.memberships/{traveller.person.membership}"),
        ("account-password", "/account/password"),
        ("account-password-wrong", "/account/password", press("main form button.button--primary")),
        ("account-confirm", "/account/confirmation"),
        ("service-signed-in", SERVICE),
    )


def confirming_mail(portal: Portal, browser: Browser) -> Iterator[Place]:
    traveller = _walker(portal, browser, portal.stranger(), signed_in=False)
    traveller.go("/account/registration")
    story.fill_registration(traveller)
    traveller.send("#new-account")
    traveller.at("/account/registration/email")
    link = portal.link(traveller.person.email)
    wrong = press("main form:has([name=code]) button.button--primary")
    yield from _parked(traveller, ("code-mail", ""), ("code-mail-wrong", "", wrong), ("confirm-mail-by-link", link))


def confirming_phone(portal: Portal, browser: Browser) -> Iterator[Place]:
    traveller = _walker(portal, browser, portal.stranger(), signed_in=False)
    traveller.go("/account/registration")
    story.fill_registration(traveller)
    traveller.send("#new-account")
    traveller.type_code(portal.code(traveller.person.email))
    traveller.at("/account/registration/phone")
    yield from _parked(traveller, ("code-phone", ""))


def forgetful(portal: Portal, browser: Browser) -> Iterator[Place]:
    traveller = _walker(portal, browser, portal.member(), signed_in=False)
    traveller.go("/account/recovery")
    traveller.page.fill("[name=who]", traveller.person.email)
    traveller.send("#recovery")
    traveller.at("/account/recovery/password")
    yield from _parked(
        traveller,
        ("new-password", ""),
        ("new-password-wrong", "", press("main form:has([name=password]) button.button--primary")),
    )


def choosing(portal: Portal, browser: Browser) -> Iterator[Place]:
    traveller = _walker(portal, browser, portal.member())
    traveller.walk(until="choose_membership")
    yield from _parked(traveller, ("prove-who-you-are", ""))


def ringing(portal: Portal, browser: Browser) -> Iterator[Place]:
    traveller = _walker(portal, browser, portal.member())
    traveller.walk(until="choose_membership")
    traveller.page.fill("[name=phone]", traveller.person.phone)
    traveller.send("#mobile-id")
    traveller.at("/identity/.*/waiting")
    yield from _parked(traveller, ("confirm-on-your-phone", ""))


def ringing_too_often(portal: Portal, browser: Browser) -> Iterator[Place]:
    traveller = _walker(portal, browser, portal.member())
    traveller.walk(until="choose_membership")
    choose = traveller.page.url
    for _request in range(3):
        traveller.page.fill("[name=phone]", traveller.person.phone)
        traveller.send("#mobile-id")
        traveller.at("/identity/.*/waiting")
        traveller.page.locator("form[action$='/cancellation'] button").click()
        traveller.at("/identity/[^/]+")
    yield from _parked(traveller, ("error-429", choose, press("#mobile-id button.button--primary", "[data-problem]")))


def proven(portal: Portal, browser: Browser) -> Iterator[Place]:
    traveller = _walker(portal, browser, portal.member())
    traveller.walk(until="prove")
    yield from _parked(traveller, ("single-log-out", ""))


def answering(portal: Portal, browser: Browser) -> Iterator[Place]:
    traveller = _walker(portal, browser, portal.member())
    traveller.walk(until="choose_period")
    ours = f"/applications/{traveller.reference}"
    names = ("establishment", "membership", "company", "period")
    steps = [(f"step-{name}", f"{ours}/steps/{name}") for name in names]
    yield from _parked(
        traveller,
        *steps,
        ("check", ""),
        ("overview-draft", ours),
        ("withdraw", f"{ours}/withdrawal"),
        ("dashboard-draft", "/dashboard"),
        ("service-draft", SERVICE),
    )


def addressing(portal: Portal, browser: Browser) -> Iterator[Place]:
    traveller = _walker(portal, browser, portal.member())
    come_to_the_place(traveller)
    ours = f"/applications/{traveller.reference}"
    traveller.page.select_option("[name=place-area]", "sallan")
    traveller.send("#step")
    traveller.at(".*/steps/photos")
    traveller.page.set_input_files("[name=photos]", {"name": "front.jpg", "mimeType": "image/jpeg", "buffer": b"\xff\xd8\xff"})
    traveller.send("#step")
    traveller.at(".*/check")
    yield from _parked(
        traveller,
        ("step-place", f"{ours}/steps/place", see_the_map),
        ("step-photos", f"{ours}/steps/photos"),
        ("check-address", f"{ours}/check"),
    )


def leasing(portal: Portal, browser: Browser) -> Iterator[Place]:
    owner, other = portal.member(), portal.stranger()
    landlord = _walker(portal, browser, owner)
    reference = cancel(landlord, a_lease(portal, owner, other))
    link = re.search(r"http\S+/agreements/\S+", portal.message(other.phone)["text"])
    assert link
    yield from _parked(
        landlord,
        ("step-end", f"/applications/{reference}/steps/end"),
        ("overview-agreement", f"/applications/{reference}"),
        ("invoices", "/invoices"),
    )
    yield Place("agreement", link[0])


def registered_already(portal: Portal, browser: Browser) -> Iterator[Place]:
    traveller = _walker(portal, browser, portal.member())
    traveller.go("/services/chamber.register-membership")
    traveller.send("/applications")
    traveller.page.check(f"[name=registration][value='{traveller.person.registration}']")
    traveller.send("#step")
    traveller.at(".*/steps/establishment")
    yield from _parked(traveller, ("step-refused", ""), ("overview-refused-already", f"/applications/{traveller.reference}"))


def deciding(portal: Portal, browser: Browser) -> Iterator[Place]:
    traveller = _walker(portal, browser, portal.member())
    traveller.walk(until="confirm_company")
    yield from _parked(traveller, ("step-period-wrong", "", press("#step button.button--primary")))


def owing(portal: Portal, browser: Browser) -> Iterator[Place]:
    traveller = _walker(portal, browser, portal.member())
    traveller.walk(until="submit")
    overview = traveller.page.url
    traveller.send("/payments")
    traveller.at("/payments/.*/checkout")
    yield from _parked(traveller, ("overview-to-pay", overview), ("checkout", overview, linger(traveller.page.url)))


def refused(portal: Portal, browser: Browser) -> Iterator[Place]:
    yield from _paid(portal, browser, DECLINED, "payment-declined", "overview-declined")


def under_review(portal: Portal, browser: Browser) -> Iterator[Place]:
    yield from _paid(portal, browser, REVIEWED, "payment-under-review", "overview-under-review")


def _paid(portal: Portal, browser: Browser, card: str, wait: str, overview: str) -> Iterator[Place]:
    traveller = _walker(portal, browser, portal.member())
    traveller.walk(until="submit")
    address = traveller.page.url
    traveller.leave_for_bank()
    traveller.pay(card)
    yield from _parked(traveller, (wait, ""), (overview, address))


def unanswered(portal: Portal, browser: Browser) -> Iterator[Place]:
    traveller = _walker(portal, browser, portal.member())
    traveller.walk(until="submit")
    overview = traveller.page.url
    traveller.send("/payments")
    checkout = traveller.page.url
    traveller.page.locator("form[data-onwards] button").click()
    traveller.fill_billing()
    traveller.fill_card(NEVER)
    traveller.pay_at_bank()
    yield from _parked(traveller, ("payment-waiting", checkout.removesuffix("/checkout")), ("overview-unanswered", overview))


def done(portal: Portal, browser: Browser) -> Iterator[Place]:
    traveller = _walker(portal, browser, portal.member())
    traveller.walk(until="leave_for_bank")
    traveller.pay()
    traveller.arrive()
    traveller.wait_for_documents()
    verified = traveller.page.locator("#documents a[href^='/verify/']").first.get_attribute("href")
    yield from _parked(traveller, ("overview-complete", ""), ("dashboard-complete", "/dashboard"), ("verify-valid", verified))


PARKS = (
    newcomer,
    confirming_mail,
    confirming_phone,
    forgetful,
    choosing,
    ringing,
    ringing_too_often,
    proven,
    answering,
    addressing,
    leasing,
    registered_already,
    deciding,
    owing,
    refused,
    under_review,
    unanswered,
    done,
    households,
)
