"""An employer renews the cards of fifty workers by a list, three rows of which are wrong: a price for each, one checkout, a result for each."""

import re

from playwright.sync_api import FilePayload, expect

from blueprints.residency import registers
from tests.journeys.conftest import Visit
from tests.journeys.story import shown
from tests.journeys.test_family_renewal import keep
from tests.journeys.traveller import Traveller
from tests.support.portal import Person, Portal

SERVICE = "residency.renew-resident-card"
GOOD = 47


def test_fifty_cards_are_renewed_by_a_list_with_three_wrong_rows(visit: Visit, portal: Portal) -> None:
    """In English, signed in by Mobile ID as filing asks for; the other owner's worker is nobody's to renew."""
    employer, other = visit("en"), portal.member()
    employer.person = portal.member()
    cards = workers(portal, employer.person, GOOD + 1)
    [foreign] = workers(portal, other, 1)
    sign_in_by_mobile_id(employer)
    bring(employer, [*(f"{card},1" for card in cards[:GOOD]), "79999999,1", f"{foreign},1", f"{cards[GOOD]},7"])
    see_what_it_costs(employer, foreign)
    employer.send("/confirmation")
    expect(employer.page.locator("#batch .lead")).to_contain_text("47 of 50 rows were filed", timeout=60_000)
    pay_all(employer)


def pay_all(employer: Traveller) -> None:
    """In one checkout; then each of the rows has its receipt."""
    list_ = employer.page.url
    employer.send("/payment")
    employer.at_bank("billing")
    expect(employer.page.locator("body")).to_contain_text("235.000")
    employer.pay()
    employer.go(list_)
    done = employer.page.locator("#batch tbody tr", has_text=re.compile(r"Completed .*R-"))
    expect(done).to_have_count(GOOD)


def workers(portal: Portal, owner: Person, many: int) -> list[str]:
    """Of that owner's company, each with a card that ends soon; their numbers."""
    numbers = [str(70_000_000 + owner.number * 100 + each) for each in range(many)]
    with portal.tables():
        for number in numbers:
            data = {"civil": number, "name": {"ar": f"عامل {number}", "en": f"Worker {number}"}, "expires": "2018-04-10"}
            more = {"nationality": {"ar": "هندي", "en": "Indian"}, "state": "valid", "sponsor": owner.registration}
            keep(registers.cards, number, data | more)
    return numbers


def sign_in_by_mobile_id(employer: Traveller) -> None:
    employer.go("/identity/sign-in/mobile-id?next=/lists")
    employer.portal.confirm_at_once(employer.person)
    employer.page.fill("[name=civil_number]", employer.person.civil_number)
    employer.page.fill("[name=phone]", employer.person.phone)
    employer.send("#mobile-id")
    employer.at("/lists")


def bring(employer: Traveller, rows: list[str]) -> None:
    list_: FilePayload = {"name": "workers.csv", "mimeType": "text/csv", "buffer": "\n".join(["card,years", *rows]).encode()}
    employer.page.select_option("[name=service]", SERVICE)
    employer.page.set_input_files("[name=file]", list_)
    employer.send("main form:has([name=file])")
    employer.at("/lists/[0-9a-f-]+")


def see_what_it_costs(employer: Traveller, foreign: str) -> None:
    page = employer.page
    expect(page.locator("#batch .lead")).to_contain_text("47 of 50 rows can be filed", timeout=60_000)
    expect(page.locator("#batch .lead")).to_contain_text(shown(employer, "235.000"))
    for row, said in (
        (48, "79999999 is not registered"),
        (49, f"{foreign} is not registered"),
        (50, "Write one of these: 1, 2, 3"),
    ):
        expect(page.locator("#batch tbody tr").nth(row - 1)).to_contain_text(re.compile(re.escape(said)))
