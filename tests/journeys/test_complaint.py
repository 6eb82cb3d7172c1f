"""Somebody without an account complains on a phone, in Arabic, with a photo; the section answers; it is examined again, and rated."""

from pathlib import Path

from playwright.sync_api import expect

from tests.journeys.conftest import Visit
from tests.journeys.traveller import Traveller
from tests.support.complaints import a_photo
from tests.support.portal import Portal

SERVICE = "/services/municipality.complaint"
ROADS = "municipality.roads"
PHONE = {"viewport": {"width": 360, "height": 780}, "has_touch": True}
ANSWER = "أُصلح المصباح اليوم."


def test_a_complaint_without_an_account_is_answered_examined_again_and_rated(
    visit: Visit, portal: Portal, tmp_path: Path
) -> None:
    """The person with scripts and by touch; the clerk in English without scripts."""
    somebody = visit("ar", **PHONE)
    clerk = visit("en", scripts=False, person=portal.clerk(ROADS))
    reference = complain(somebody, tmp_path)
    link = key_of(somebody)
    answer(clerk, reference, ANSWER)
    follow(somebody, link, ANSWER)
    have_examined_again(somebody)
    answer(clerk, reference, "فحصناه مرة أخرى وهو يعمل.")
    follow(somebody, link, "وهو يعمل")
    rate(somebody)
    clerk.go(f"/desk/{reference}")
    expect(clerk.page.locator("main")).to_contain_text("رد سريع")


def begin(somebody: Traveller) -> None:
    somebody.go(SERVICE)
    somebody.page.locator("a[href$='/without-account']").click()
    somebody.at(".*/without-account")
    somebody.page.locator("[name=name]").focus()
    somebody.solve_captcha()
    somebody.send("#guest")
    somebody.at(".*/steps/what")


def say_where(somebody: Traveller) -> None:
    somebody.page.check("[name=category][value=roads]")
    somebody.send("#step")
    somebody.at(".*/steps/where")
    somebody.page.fill("[name=place]", "٢٤٫٣٦٤، ٥٦٫٧٤٨")
    somebody.page.fill("[name=address]", "خلف المدرسة")
    somebody.send("#step")
    somebody.at(".*/steps/story")


def complain(somebody: Traveller, folder: Path) -> str:
    begin(somebody)
    say_where(somebody)
    photo = folder / "lamp.jpg"
    photo.write_bytes(a_photo())
    somebody.page.fill("[name=story]", "المصباح مطفأ منذ أسبوع.")
    somebody.page.set_input_files("[name=photos]", photo)
    somebody.send("#step")
    somebody.at(".*/check")
    expect(somebody.page.locator("main")).to_contain_text("lamp.jpg")
    somebody.submit()
    return somebody.reference


def key_of(somebody: Traveller) -> str:
    """The link to keep; then the device forgets."""
    link = somebody.page.locator(".key a").get_attribute("href")
    somebody.send("/follow/end")
    somebody.at("/")
    assert link
    return link


def answer(clerk: Traveller, reference: str, words: str) -> None:
    clerk.go(f"/desk/{reference}")
    expect(clerk.page.locator("main")).to_contain_text("lamp.jpg")
    clerk.go(f"/desk/{reference}/decision/approve")
    clerk.page.fill("[name=reason]", words)
    clerk.send("#decision")
    clerk.at(f"/desk/{reference}")


def follow(somebody: Traveller, link: str, words: str) -> None:
    somebody.go(link)
    somebody.at("/applications/[^/]+")
    expect(somebody.page.locator("#answer")).to_contain_text(words)


def have_examined_again(somebody: Traveller) -> None:
    somebody.page.locator("a[href$='/reopening']").click()
    somebody.at(".*/reopening")
    somebody.send("#reopening")  # nothing said yet
    somebody.refused("reason")
    somebody.page.fill("[name=reason]", "انطفأ مرة أخرى.")
    somebody.send("#reopening")
    somebody.at("/applications/[^/]+")
    expect(somebody.page.locator("#answer")).to_have_count(0)


def rate(somebody: Traveller) -> None:
    somebody.page.locator("a[href$='/satisfaction']").click()
    somebody.page.check("[name=points][value='4']")
    somebody.page.fill("[name=words]", "رد سريع")
    somebody.send("#satisfaction")
    somebody.at("/applications/[^/]+")
    expect(somebody.page.locator("a[href$='/satisfaction']")).to_have_count(0)
