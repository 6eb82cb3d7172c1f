"""The renewal without a mouse: Tab, arrows, Space and Enter only; after each page the focus stands where reading goes on."""

from playwright.sync_api import Locator, expect

from tests.journeys.conftest import Visit
from tests.journeys.story import receipts_of
from tests.journeys.traveller import APPROVED, SERVICE, Traveller
from tests.support.portal import Portal

FAR = 60  # a page on which Tab must be pressed more often to reach its button has a defect of its own


def test_a_renewal_by_keyboard_alone(visit: Visit, portal: Portal):
    traveller = visit("ar", person=portal.member(), signed_in=False)
    page, person = traveller.page, traveller.person
    traveller.go(f"/account/sign-in?next={SERVICE}")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    type_into(traveller, "[name=who]", person.email)
    press(traveller, "#sign-in button.button--primary")
    traveller.refused("password")
    press(traveller, ".wrong a")
    expect(page.locator("[name=password]")).to_be_focused()
    page.keyboard.type("seven palms by the falaj")
    traveller.solve_captcha()
    page.keyboard.press("Enter")
    traveller.at(SERVICE)

    press(traveller, "main form[action='/applications'] button")
    arrived(traveller, ".*/steps/establishment")
    press(traveller, "#step button.button--primary")
    traveller.refused("registration")
    choose(traveller, "[name=registration]")
    press(traveller, "#step button.button--primary")
    arrived(traveller, ".*/steps/membership")
    choose(traveller, "[name=membership]")
    press(traveller, "#step button.button--primary")
    arrived(traveller, "/identity/.*")
    portal.confirm_at_once(person)
    press(traveller, "#mobile-id button.button--primary")
    arrived(traveller, "/identity/.*/single-log-out")
    press(traveller, "main form button.button--primary")
    arrived(traveller, ".*/steps/company")
    press(traveller, "#step button.button--primary")
    arrived(traveller, ".*/steps/period")
    choose(traveller, "[name=months]")
    page.keyboard.press("ArrowDown")
    expect(page.locator("[name=months]").nth(1)).to_be_checked()
    expect(page.locator("[name=months]").nth(1)).to_be_focused()
    expect(page.locator("#quote tfoot")).to_contain_text("٣٧٫٥٠٠")  # the choice before it had been asked about a moment ago
    expect(page.locator("#failure")).to_be_hidden()
    press(traveller, "#step button.button--primary")
    arrived(traveller, ".*/check")
    press(traveller, "main form[action$='/submission'] button")
    arrived(traveller, "/applications/[^/]+")
    press(traveller, "main form[action$='/payments'] button")
    at_the_bank(traveller)
    traveller.arrive()
    assert receipts_of(traveller) == 1


def at_the_bank(traveller: Traveller) -> None:
    page = traveller.page
    traveller.at_bank("billing")
    type_into(traveller, "[name=bill_to_address_line1]", "Way 1")
    type_into(traveller, "[name=bill_to_address_city]", "Muscat")
    press(traveller, "form:not(.cancel) .actions button")
    traveller.at_bank("payment")
    choose(traveller, "[name=card_type]")
    type_into(traveller, "[name=card_number]", APPROVED)
    type_into(traveller, "[name=card_expiry_month]", "12")
    type_into(traveller, "[name=card_expiry_year]", "2030")
    type_into(traveller, "[name=card_cvn]", "123")
    page.keyboard.press("Enter")
    traveller.at_bank("review")
    press(traveller, "form:not(.cancel) .actions button")
    traveller.at_bank("receipt")
    press(traveller, "form[data-return] button")


def reach(traveller: Traveller, selector: str) -> Locator:
    """Press Tab until it has the focus."""
    wanted = traveller.page.locator(selector).first
    expect(wanted).to_be_visible()
    for _press in range(FAR):
        if wanted.evaluate("element => element === document.activeElement"):
            return wanted
        traveller.page.keyboard.press("Tab")
    raise AssertionError(f"{selector} cannot be reached by Tab on {traveller.page.url}")


def press(traveller: Traveller, selector: str) -> None:
    reach(traveller, selector)
    traveller.page.keyboard.press("Enter")


def choose(traveller: Traveller, selector: str) -> None:
    """A radio button: focused, then Space."""
    reach(traveller, selector)
    traveller.page.keyboard.press("Space")
    expect(traveller.page.locator(selector).first).to_be_checked()


def type_into(traveller: Traveller, selector: str, text: str) -> None:
    reach(traveller, selector)
    traveller.page.keyboard.type(text)


def arrived(traveller: Traveller, pattern: str) -> None:
    """On a new page; the focus is on its heading, so that it is read out first."""
    traveller.at(pattern)
    expect(traveller.page.locator("h1")).to_be_focused()
