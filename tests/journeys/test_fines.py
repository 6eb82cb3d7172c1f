"""What a register quotes, in a browser: found by a number, chosen, paid, told to the register; an objection; the list and the year of what was paid.

In Arabic with scripts, and in English without, each with a violation of their own.
"""

from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import expect

from engine import digits
from tests.journeys.conftest import Visit
from tests.journeys.story import said, shown
from tests.journeys.traveller import Traveller
from tests.support.portal import Portal, eventually

SERVICE = "/services/municipality.pay-fines"
WORDS = {"ar": "على الرصيف", "en": "on the pavement"}


@pytest.mark.parametrize(("language", "scripts", "number"), [("ar", True, "91"), ("en", False, "92")])
def test_violations_are_found_chosen_paid_and_marked_in_the_register(
    language: str, scripts: bool, number: str, visit: Visit, portal: Portal, tmp_path: Path
) -> None:
    company, first, second = f"55{number}", f"{number}01", f"{number}02"
    for each, baisa in ((first, 20_000), (second, 50_500)):
        add(portal, each, company, baisa)
    traveller = visit(language, scripts=scripts, person=portal.member())
    search(traveller, digits.arabic(company) if language == "ar" else company)
    choose(traveller, first, second)
    traveller.submit()
    reference = traveller.reference
    traveller.leave_for_bank()
    traveller.pay()
    traveller.arrive()
    receipt = traveller.page.locator("#receipt-title bdi").inner_text()
    eventually(lambda: state(portal, first) == ("paid", receipt))
    assert state(portal, second) == ("due", None)
    object_to_it(traveller, first)
    the_other_is_left(traveller, company, second)
    look_at_what_was_paid(traveller, receipt, reference, tmp_path)


def add(portal: Portal, number: str, company: str, baisa: int) -> None:
    what = {"ar": "عرض بضاعة على الرصيف", "en": "Goods displayed on the pavement"}
    words = {"place": {"ar": "صحار", "en": "Sohar"}, "article": {"ar": "المادة ٣١", "en": "article 31"}, "what": what}
    row = {
        "number": number,
        "day": "2018-02-14",
        "amount_baisa": baisa,
        "establishment": company,
        "late": 0,
        "state": "due",
        **words,
    }
    control(portal, add=row)


def control(portal: Portal, **wish: Any) -> dict[str, Any]:
    told = httpx.post(f"{portal.violations_url}/control", json=wish, timeout=10).json()
    return {row["number"]: row for row in told}


def state(portal: Portal, number: str) -> tuple[str, str | None]:
    row = control(portal)[number]
    return row["state"], row["receipt"]


def search(traveller: Traveller, company: str) -> None:
    """With neither number it is refused; a register that keeps silent says so, and what was typed is still there."""
    page = traveller.page
    traveller.go(SERVICE)
    traveller.send("/applications")
    traveller.at(".*/steps/search")
    traveller.send("#step")
    traveller.refused("establishment")
    page.fill("[name=establishment]", company)
    traveller.send("#step")
    traveller.at(".*/steps/violations")


def choose(traveller: Traveller, first: str, second: str) -> None:
    """Both are chosen at first; what is taken off leaves the price."""
    page = traveller.page
    expect(page.locator("[name=violations]:checked")).to_have_count(2)
    expect(page.locator("#quote tfoot")).to_contain_text(shown(traveller, "70.500"))
    expect(page.locator("main")).to_contain_text(WORDS[traveller.language])
    page.uncheck(f"[name=violations][value='{second}']")
    if traveller.scripts:
        expect(page.locator("#quote tfoot")).to_contain_text(shown(traveller, "20.000"))
    traveller.send("#step")
    traveller.at(".*/check")
    expect(page.locator(".quote tfoot")).to_contain_text(shown(traveller, "20.000"))
    expect(page.locator(".quote tbody tr")).to_have_count(1)


def object_to_it(traveller: Traveller, number: str) -> None:
    """From what was paid to a request that is written already, except for why."""
    page = traveller.page
    page.locator("main a[href$='/objections']").click()
    traveller.at(".*/objections")
    expect(page.locator("[name=number]:checked")).to_have_value(number)
    traveller.send("main")
    traveller.at(".*/steps/request")
    assert number in page.input_value("[name=subject]")
    page.fill("[name=text]", "It was my neighbour's.")
    traveller.send("#step")
    traveller.at(".*/steps/papers")
    traveller.send("#step")
    traveller.at(".*/check")
    expect(page.locator(".quote tfoot")).to_have_count(0)
    traveller.submit()


def the_other_is_left(traveller: Traveller, company: str, second: str) -> None:
    search(traveller, company)
    expect(traveller.page.locator("[name=violations]")).to_have_count(1)
    expect(traveller.page.locator("[name=violations]")).to_have_value(second)


def look_at_what_was_paid(traveller: Traveller, receipt: str, reference: str, folder: Path) -> None:
    page = traveller.page
    traveller.go("/dashboard")
    page.locator("main a[href='/invoices']").click()
    traveller.at("/invoices")
    expect(page.locator("main tbody tr")).to_have_count(1)
    page.fill("[name=q]", receipt[-3:])
    page.locator("form.search button").click()
    expect(page.locator("main tbody")).to_contain_text(reference)
    traveller.go("/invoices?q=404404")
    expect(page.locator("main tbody tr")).to_have_count(0)
    traveller.go("/invoices")
    page.locator("a[href$='/2018/statement']").click()
    traveller.at("/invoices/2018/statement")
    traveller.send("main")
    link = page.locator("main a[download]")
    if traveller.scripts:
        expect(link).to_be_visible(timeout=30_000)
    else:
        eventually(lambda: link.count() or not page.reload(), patience=30)
    with page.expect_download() as download:
        link.click()
    paper = folder / download.value.suggested_filename
    download.value.save_as(paper)
    assert receipt in said(paper) and "20.000" in said(paper)
