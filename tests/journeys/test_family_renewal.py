"""Residences are renewed: a late wife's with its fines by her husband on a phone, a worker's own with the word of the sponsor by link and code."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import FilePayload, expect

import models
from blueprints.residency import registers
from blueprints.residency.registers import FAMILY, WIFE, WORK
from operations.now import now
from operations.registers import keep_parties
from tests.journeys.conftest import Visit
from tests.journeys.story import said, shown
from tests.journeys.test_desk import receive
from tests.journeys.traveller import Traveller
from tests.support.portal import Person, Portal
from tests.support.portraits import a_portrait

DESK = "residency.residence"
PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 740}, "device_scale_factor": 2, "has_touch": True}
FORM: FilePayload = {"name": "form.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\n% stamped"}
PAPERS = {
    FAMILY: ("stamped_form", "expired_card", "husband_card"),
    WORK: ("labour_form", "card_copy", "signatories"),
}


@pytest.fixture
def selfie() -> FilePayload:
    """As a phone takes it: wider than a photo, and not small."""
    return {"name": "selfie.jpg", "mimeType": "image/jpeg", "buffer": a_portrait(1200, 1600)}


def test_a_late_wife_s_residence_is_renewed_with_its_fines(
    visit: Visit, portal: Portal, selfie: FilePayload, tmp_path: Path
) -> None:
    """The husband in Arabic on a phone, the clerk in English."""
    husband = portal.member()
    number = a_residence(portal, husband, kind=FAMILY, relation=WIFE, husband=husband.civil_number, expires="2018-01-15")
    traveller, clerk = visit("ar", person=husband, **PHONE), visit("en", person=portal.clerk(DESK))
    reach_the_papers(traveller, FAMILY, number)
    see_the_price(traveller, "60.000")
    cut_the_photo(traveller, selfie)
    attach(traveller, FAMILY)
    see_the_price(traveller, "60.000")
    expect(traveller.page.locator("#quote")).to_contain_text(shown(traveller, "15 February 2018").replace("February", "فبراير"))
    traveller.submit()
    reference = traveller.reference
    traveller.leave_for_bank()
    traveller.pay()
    traveller.at("/applications/[^/]+")
    approve(clerk, reference)
    notice = said(receive_notice(traveller, reference, tmp_path))
    assert "Z4410022" in notice and "18 March 2019" in notice
    assert residence(portal, number)["expires"] == "2019-03-18"


def test_a_worker_s_residence_waits_for_the_sponsor_s_word(
    visit: Visit, portal: Portal, selfie: FilePayload, tmp_path: Path
) -> None:
    """The worker in English; the sponsor is a company, whose owner answers on a phone without scripts and without an account."""
    worker, owner = portal.member(), portal.stranger()
    number = a_residence(
        portal, worker, kind=WORK, civil=worker.civil_number, sponsor=owner.registration, sponsor_phone=owner.phone, expires="2018-04-30"
    )  # fmt: skip
    traveller, sponsor = visit("en", person=worker), visit("ar", scripts=False, **PHONE)
    reach_the_papers(traveller, WORK, number)
    see_the_price(traveller, "30.000")
    cut_the_photo(traveller, selfie)
    attach(traveller, WORK)
    traveller.submit()
    reference = traveller.reference
    confirm(sponsor, owner)
    traveller.go(f"/applications/{reference}")
    traveller.leave_for_bank()
    traveller.pay()
    traveller.at("/applications/[^/]+")
    approve(visit("en", scripts=False, person=portal.clerk(DESK)), reference)
    assert "Confirmed by" in said(receive_notice(traveller, reference, tmp_path))
    assert residence(portal, number)["expires"] == "2019-04-30"


def a_residence(portal: Portal, person: Person, **data: str) -> str:
    """Of that person, or (`civil`) of somebody in their family; with a card that ends the same day."""
    name = {"ar": "بريا راجيش مينون", "en": "Priya Rajesh Menon"}
    card = {
        "civil": str(6_000_000 + person.number), "name": name, "nationality": {"ar": "هندية", "en": "Indian"}, "state": "valid",
        "sponsor": person.civil_number, "father": "", "husband": "", "fined": "",
    }  # fmt: skip
    more = {
        "relation": "", "card": str(70_000_000 + person.number), "passport": "Z4410022", "passport_expires": "2019-11-19",
        "sponsor_name": {"ar": f"كفيل {person.number}", "en": f"Sponsor {person.number}"}, "sponsor_phone": person.phone, "starts": "",
    }  # fmt: skip
    number = f"2017{person.number:06}"
    with portal.tables():
        keep(
            registers.cards,
            more["card"],
            card | {name: value for name, value in data.items() if name in card or name == "expires"},
        )
        keep(registers.residences, number, card | more | data)
    return number


def keep(register: Any, number: str, data: dict[str, Any]) -> None:
    known = {column.name: data.get(column.name, "") for column in register.columns}
    holder, parent = register.hangs_on(known)
    row = models.RegisterRecord.create(
        register=register.code, number=number, holder=holder, parent=parent, data=known, changed_at=now()
    )
    keep_parties(register, row)


def residence(portal: Portal, number: str) -> dict[str, Any]:
    with portal.tables():
        found = models.RegisterRecord.get(
            (models.RegisterRecord.register == registers.residences.code) & (models.RegisterRecord.number == number)
        )
        return dict(found.data)


def reach_the_papers(traveller: Traveller, kind: str, number: str) -> None:
    """A passport that would not last is refused with the date it would need."""
    traveller.go(f"/services/residency.renew-{kind}-residence")
    traveller.send("/applications")
    traveller.at(".*/steps/residence")
    traveller.page.check(f"[name=residence][value='{number}']")
    traveller.send("#step")
    traveller.at("/identity/.*")
    traveller.prove()
    traveller.leave_identity_provider(".*/steps/data")
    expect(traveller.page.locator("main")).to_contain_text("Priya" if traveller.language == "en" else "بريا")
    traveller.send("#step")
    traveller.at(".*/steps/passport")
    expect(traveller.page.locator("[name=passport]")).to_have_value("Z4410022")
    traveller.page.fill("[name=passport_expires]", "2018-09-17")
    traveller.send("#step")
    traveller.refused("passport_expires")
    expect(traveller.page.locator(".field__error")).to_contain_text(
        "18 September 2018" if traveller.language == "en" else "سبتمبر"
    )
    traveller.page.fill("[name=passport_expires]", "2019-11-19")
    traveller.send("#step")
    traveller.at(".*/steps/papers")


def see_the_price(traveller: Traveller, total: str) -> None:
    expect(traveller.page.locator("#quote tfoot")).to_contain_text(shown(traveller, total))


def cut_the_photo(traveller: Traveller, selfie: FilePayload) -> None:
    """Framed by touch, by slider and by keyboard; only what lies in the frame is sent."""
    page = traveller.page
    page.set_input_files("[name=photo]", selfie)
    frame = page.locator(".crop canvas")
    expect(frame).to_be_visible()
    before = frame.evaluate("canvas => canvas.toDataURL()")
    box = frame.bounding_box()
    assert box
    page.mouse.move(box["x"] + 50, box["y"] + 50)
    page.mouse.down()
    page.mouse.move(box["x"] + 30, box["y"] + 50)
    page.mouse.up()
    pulled = frame.evaluate("canvas => canvas.toDataURL()")
    assert pulled != before
    frame.focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("+")
    assert frame.evaluate("canvas => canvas.toDataURL()") != pulled
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]  # type: ignore[index]


def attach(traveller: Traveller, kind: str) -> None:
    """What was asked of this kind, and nothing else."""
    uploads = traveller.page.locator("input[type=file]")
    assert sorted(upload.get_attribute("name") or "" for upload in uploads.all()) == sorted(("photo", *PAPERS[kind]))
    for name in PAPERS[kind]:
        traveller.page.set_input_files(f"[name={name}]", FORM)
    traveller.send("#step")
    traveller.at(".*/check")
    with traveller.portal.tables():
        photo = models.Application.get(models.Application.reference == traveller.reference).answers["photo"]
    assert photo["name"] == "selfie.jpg" and photo["plain"]
    assert abs(photo["width"] / photo["height"] - 2 / 3) < 0.01 and photo["width"] < 1200


def confirm(sponsor: Traveller, person: Person) -> None:
    link = re.search(r"http\S+/agreements/\S+", sponsor.portal.message(person.phone)["text"])
    assert link
    sponsor.go(link[0])
    expect(sponsor.page.locator("main dl")).to_contain_text("بريا")
    sponsor.send("#ask")
    sponsor.page.check("[name=answer][value=agreed]")
    sponsor.page.fill("[name=code]", sponsor.portal.code(person.phone, 2))
    sponsor.send("#answer")
    expect(sponsor.page.locator("main .panel")).to_be_visible()


def approve(clerk: Traveller, reference: str) -> None:
    """Who sees the photo on the page."""
    clerk.go(f"/desk/{reference}")
    photo = clerk.page.locator("img.portrait")
    photo.scroll_into_view_if_needed()
    expect(photo).to_have_js_property("complete", True)
    clerk.go(f"/desk/{reference}/decision/approve")
    clerk.send("#decision")
    clerk.at(f"/desk/{reference}")


def receive_notice(traveller: Traveller, reference: str, folder: Path) -> Path:
    traveller.go(f"/applications/{reference}")
    return receive(traveller, folder)
