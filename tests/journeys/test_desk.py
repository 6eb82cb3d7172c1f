"""Two browsers: somebody asks the municipality, a clerk returns it, it is corrected, approved, paid, and the letter comes."""

from pathlib import Path

from playwright.sync_api import expect

from engine import digits
from tests.journeys.conftest import Visit
from tests.journeys.story import said, shown
from tests.journeys.traveller import Traveller
from tests.support.portal import Portal

SERVICE = "/services/municipality.general-request"
DESK = "municipality.administration"


def test_a_request_is_returned_corrected_approved_paid_and_answered_by_letter(
    visit: Visit, portal: Portal, tmp_path: Path
) -> None:
    """The citizen in Arabic with scripts, the clerk in English without."""
    citizen = visit("ar", person=portal.member())
    clerk = visit("en", scripts=False, person=portal.clerk(DESK))
    reference = ask(citizen, tmp_path)
    take(clerk, reference)
    give_back(clerk, reference)
    correct(citizen, reference)
    compare_and_approve(clerk, reference)
    pay(citizen, reference)
    letter = receive(citizen, tmp_path)
    assert "The fig will be cut." in said(letter)
    clerk.go(f"/desk/{reference}")
    expect(clerk.page.locator("main")).to_contain_text(letter.stem)


def ask(citizen: Traveller, folder: Path) -> str:
    """Subject, text and a paper; submitted without a price to pay yet."""
    paper = folder / "plan.pdf"
    paper.write_bytes(b"%PDF-1.7\n% a plan")
    citizen.go(SERVICE)
    citizen.send("/applications")
    citizen.at(".*/steps/request")
    citizen.page.fill("[name=subject]", "A tree")
    citizen.page.fill("[name=text]", "It leans over the road.")
    citizen.send("#step")
    citizen.at(".*/steps/papers")
    citizen.page.set_input_files("[name=paper]", paper)
    citizen.send("#step")
    citizen.at(".*/check")
    citizen.submit()
    return citizen.reference


def take(clerk: Traveller, reference: str) -> None:
    """Found by its number in the digits of the Arabic keyboard, then taken: it is no longer among what waits."""
    clerk.go("/desk")
    clerk.page.fill("[name=q]", digits.arabic(reference.lower()))
    clerk.page.locator("form[role=search] button").click()
    clerk.page.locator(f"a[href$='{reference}']").click()
    clerk.at(f"/desk/{reference}")
    clerk.send("/hold")
    expect(clerk.page.locator("form[action$='/release']")).to_be_visible()
    clerk.go("/desk?show=mine")
    expect(clerk.page.locator("main")).to_contain_text(reference)


def give_back(clerk: Traveller, reference: str) -> None:
    clerk.go(f"/desk/{reference}/decision/return")
    clerk.send("#decision")  # nothing said yet
    clerk.refused("reason")
    clerk.page.fill("[name=remark-subject]", "Which tree?")
    clerk.send("#decision")
    clerk.at(f"/desk/{reference}")


def correct(citizen: Traveller, reference: str) -> None:
    """Only the answer that was remarked on can be changed; the other is shown."""
    citizen.go(f"/applications/{reference}")
    citizen.page.locator("a[href$='/continue']").click()
    citizen.at(".*/steps/request")
    expect(citizen.page.locator("main .notice--warning")).to_contain_text("Which tree?")
    expect(citizen.page.locator("[name=text]")).to_have_count(0)
    expect(citizen.page.locator("main")).to_contain_text("It leans over the road.")
    citizen.page.fill("[name=subject]", "The old fig")
    citizen.send("#step")
    citizen.at(".*/check")
    citizen.submit()


def compare_and_approve(clerk: Traveller, reference: str) -> None:
    clerk.go("/desk?show=mine")
    clerk.page.locator(f"a[href$='{reference}']").click()
    clerk.page.locator("main a[href$='/versions/1']").click()
    clerk.at(f"/desk/{reference}/versions/1")
    expect(clerk.page.locator(".is-changed")).to_have_count(1)
    expect(clerk.page.locator(".is-changed")).to_contain_text("The old fig")
    clerk.go(f"/desk/{reference}/decision/approve")
    clerk.page.fill("[name=reason]", "The fig will be cut.")
    clerk.send("#decision")
    clerk.at(f"/desk/{reference}")


def pay(citizen: Traveller, reference: str) -> None:
    citizen.go(f"/applications/{reference}")
    expect(citizen.page.locator("#quote tfoot")).to_contain_text(shown(citizen, "2.000"))
    citizen.leave_for_bank()
    citizen.pay()
    citizen.arrive()


def receive(citizen: Traveller, folder: Path) -> Path:
    """The letter, not the receipt: the one that is written to the applicant."""
    citizen.wait_for_documents()
    for link in citizen.page.locator("#documents a[download]").all():
        with citizen.page.expect_download() as download:
            link.click()
        paper = folder / download.value.suggested_filename
        download.value.save_as(paper)
        if paper.stem.startswith("D-"):
            return paper
    raise AssertionError("no letter")
