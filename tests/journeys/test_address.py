"""A building gets its address: the place by map, by phone, by keyboard or from a list, several pictures, and the card at the end."""

from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Locator, expect

from tests.journeys.addressing import KROOKI, come_to_the_place, see_the_map
from tests.journeys.conftest import Visit
from tests.journeys.story import said
from tests.journeys.traveller import Traveller
from tests.support.portal import Portal

DESK = "municipality.addressing"
SALLAN = "24.383, 56.733"


@pytest.fixture
def pictures(tmp_path: Path) -> list[Path]:
    """Three of different colours."""
    paths = [tmp_path / f"{colour}.png" for colour in ("red", "green", "blue")]
    for path in paths:
        Image.new("RGB", (8, 8), path.stem).save(path)
    return paths


def test_with_scripts_the_map_the_phone_and_the_keyboard_set_the_point(
    visit: Visit, portal: Portal, tmp_path: Path, pictures: list[Path]
) -> None:
    """The citizen in Arabic with scripts, the clerk in English without."""
    here = {"latitude": 24.36, "longitude": 56.72}
    citizen = visit("ar", person=portal.member(), geolocation=here, permissions=["geolocation"])
    come_to_the_place(citizen)
    spot = citizen.page.locator("[name=place]")
    citizen.page.select_option("#place-area", "sallan")
    expect(spot).to_have_value(SALLAN)
    press_the_map(citizen)
    expect(spot).not_to_have_value(SALLAN)
    pressed = spot.input_value()
    citizen.page.locator(".place__canvas").focus()
    citizen.page.keyboard.press("ArrowRight")
    citizen.page.wait_for_timeout(400)
    citizen.page.keyboard.press("Enter")
    expect(spot).not_to_have_value(pressed)
    citizen.page.locator("[data-here]").click()
    expect(spot).to_have_value("24.36, 56.72")
    citizen.send("#step")
    citizen.at(".*/steps/photos")
    reference = attach_and_submit(citizen, pictures)
    clerk = visit("en", scripts=False, person=portal.clerk(DESK))
    approve(clerk, reference)
    citizen.go(f"/applications/{reference}")
    citizen.leave_for_bank()
    citizen.pay()
    citizen.arrive()
    text = said(receive(citizen, tmp_path))
    assert "24.36, 56.72" in text and "1250" in text


def test_without_scripts_the_list_says_where(visit: Visit, portal: Portal, pictures: list[Path]) -> None:
    """The citizen in English without scripts, the clerk in Arabic with: who sees the point on a map."""
    citizen = visit("en", scripts=False, person=portal.member())
    come_to_the_place(citizen)
    citizen.send("#step")  # nothing said yet
    citizen.refused("place")
    citizen.page.select_option("[name=place-area]", "sallan")
    citizen.send("#step")
    citizen.at(".*/steps/photos")
    citizen.go(citizen.page.url.replace("photos", "place"))
    expect(citizen.page.locator("[name=place]")).to_have_value(SALLAN)
    citizen.send("#step")
    reference = attach_and_submit(citizen, pictures)
    clerk = visit("ar", person=portal.clerk(DESK))
    clerk.go(f"/desk/{reference}")
    expect(clerk.page.locator("main")).to_contain_text(SALLAN)
    expect(clerk.page.locator(".place__pin")).to_be_visible()
    approve(clerk, reference)


def test_who_does_not_tell_where_they_are_is_told_what_to_do(visit: Visit, portal: Portal) -> None:
    citizen = visit("en", person=portal.member())
    come_to_the_place(citizen)
    citizen.page.locator("[data-here]").click()
    expect(citizen.page.locator("[data-said]")).to_contain_text("does not tell us where you are")
    expect(citizen.page.locator("[name=place]")).to_have_value("")


def press_the_map(citizen: Traveller) -> None:
    canvas: Locator = citizen.page.locator(".place__canvas")
    see_the_map(citizen.page)
    canvas.scroll_into_view_if_needed()
    canvas.click(position={"x": 120, "y": 150})


def attach_and_submit(citizen: Traveller, pictures: list[Path]) -> str:
    """Two at once; then one of them goes for a third, together with a paper that is no picture: the pictures stay."""
    red, green, blue = pictures
    paper = red.with_name("krooki.pdf")
    paper.write_bytes(KROOKI["buffer"])
    citizen.page.set_input_files("[name=photos]", [red, green])
    citizen.send("#step")
    citizen.at(".*/check")
    expect(citizen.page.locator("main")).to_contain_text("red.png")
    citizen.page.locator("main a[href$='/steps/photos']").first.click()
    citizen.at(".*/steps/photos")
    citizen.page.locator(".upload__saved:has-text('red.png') input[name=without]").check()
    citizen.page.set_input_files("[name=photos]", [blue, paper])
    citizen.send("#step")
    citizen.refused("photos")
    saved = citizen.page.locator(".upload__saved")
    expect(saved).to_have_count(2)
    expect(saved.nth(0)).to_contain_text("green.png")
    expect(saved.nth(1)).to_contain_text("blue.png")
    citizen.send("#step")
    citizen.at(".*/check")
    citizen.submit()
    return citizen.reference


def approve(clerk: Traveller, reference: str) -> None:
    clerk.go(f"/desk/{reference}")
    expect(clerk.page.locator("a.answer__file")).to_have_count(3)
    with clerk.page.expect_download() as download:
        clerk.page.locator("a.answer__file", has_text="blue.png").click()
    assert download.value.suggested_filename == "blue.png"
    clerk.go(f"/desk/{reference}/decision/approve")
    clerk.send("#decision")
    clerk.at(f"/desk/{reference}")


def receive(citizen: Traveller, folder: Path) -> Path:
    """The card, not the receipt."""
    citizen.wait_for_documents()
    with citizen.page.expect_download() as download:
        citizen.page.locator("#documents a[download][href*='/D-']").first.click()
    card = folder / "card.pdf"
    download.value.save_as(card)
    return card
