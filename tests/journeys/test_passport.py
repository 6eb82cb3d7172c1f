"""A passport is renewed: a time that somebody else takes first, another one, payment, a move, the counter, the slip. In Arabic on a phone."""

import datetime as dt
import re
from pathlib import Path

from playwright.sync_api import expect

import models
from engine.clock import business_day
from operations.now import now
from tests.journeys.conftest import Visit
from tests.journeys.story import said
from tests.journeys.test_building import approve, begin, prove
from tests.journeys.test_desk import receive
from tests.journeys.traveller import Traveller
from tests.support.portal import Person, Portal

PHONE = {"viewport": {"width": 360, "height": 740}}
DESK, HERE = "residency.passports", "journey-here"


def test_a_passport_is_renewed_at_a_centre(visit: Visit, portal: Portal, tmp_path: Path) -> None:
    two_centres(portal)
    person, other = a_citizen(portal), a_citizen(portal)
    citizen, faster = visit("ar", person=person, **PHONE), visit("en", person=other, scripts=False)
    for traveller in (citizen, faster):
        as_far_as_the_time(traveller, tmp_path)
    citizen.page.locator("#centre-journey-there").click()
    expect(citizen.page.locator("#slots [name=visit]").first).to_have_value(starts_with("journey-there"))
    citizen.page.locator(f"#centre-{HERE}").click()
    expect(citizen.page.locator("#slots [name=visit]").first).to_have_value(starts_with(HERE))
    wanted = citizen.page.locator("[name=visit]").first.get_attribute("value") or ""

    faster.page.check(f"[name=visit][value='{wanted}']")
    faster.send("#step")
    faster.at(".*/check")

    choose(citizen, wanted)
    citizen.refused("visit")
    expect(citizen.page.locator(f"[name=visit][value='{wanted}']")).to_have_count(0)
    choose(citizen, citizen.page.locator("[name=visit]").first.get_attribute("value") or "")
    citizen.at(".*/check")
    citizen.submit()
    reference = citizen.reference
    citizen.leave_for_bank()
    citizen.pay()

    citizen.go(f"/applications/{reference}/appointment")
    expect(citizen.page.locator(".ticket__serial")).to_have_text("A-001")
    expect(citizen.page.locator(".ticket__square img")).to_be_visible()
    citizen.go(f"/applications/{reference}/appointment/time")
    times = citizen.page.locator("[name=visit]:not(:checked)")
    citizen.page.locator(f"label[for='{times.last.get_attribute('id')}']").click()
    citizen.send("#time")
    citizen.at(f"/applications/{reference}/appointment")
    assert_fits(citizen)

    serial = it_is_the_day(portal, reference)
    clerk = visit("ar", person=portal.clerk(DESK))
    clerk.go(f"/desk/{reference}/decision/approve")
    clerk.send("#decision")
    expect(clerk.page.locator(".wrong")).to_be_visible()
    clerk.go(f"/centres/{HERE}/counters/1")
    clerk.page.fill("[name=serial]", serial)
    clerk.send("#arrival")
    clerk.send("/next")
    board = visit("ar", scripts=False, **PHONE)
    board.go(f"/centres/{HERE}/board")
    expect(board.page.locator(".board")).to_contain_text(serial)
    clerk.send("/served")
    clerk.at(f"/desk/{reference}")
    approve(clerk, reference)
    citizen.go(f"/applications/{reference}")
    assert serial in said(receive(citizen, tmp_path))
    with portal.tables():
        assert models.RegisterRecord.get(models.RegisterRecord.number == f"OM{person.number}").data["state"] == "ended"


def as_far_as_the_time(traveller: Traveller, folder: Path) -> None:
    paper = folder / "old.pdf"
    paper.write_bytes(b"%PDF-1.7\n% the old one")
    begin(traveller, "renew-passport", onto="/identity/.*", authority="residency")
    prove(traveller, onto=".*/steps/passport")
    traveller.page.check(f"[name=passport][value='OM{traveller.person.number}']")
    traveller.send("#step")
    traveller.at(".*/steps/papers")
    traveller.page.set_input_files("[name=old]", paper)
    traveller.send("#step")
    traveller.at(".*/steps/visit.*")


def choose(traveller: Traveller, value: str) -> None:
    traveller.page.check(f"[name=visit][value='{value}']", force=True)
    traveller.send("#step")


def starts_with(code: str) -> re.Pattern[str]:
    return re.compile(f"^{code} ")


def assert_fits(traveller: Traveller) -> None:
    assert traveller.page.evaluate("document.documentElement.scrollWidth") <= 360


def two_centres(portal: Portal) -> None:
    """With one counter each; whoever comes second chooses again."""
    said = {
        "desk": DESK,
        "point": {"latitude": 24.3, "longitude": 56.7},
        "opens": 480,
        "closes": 720,
        "minutes": 30,
        "counters": 1,
        "days": 7,
    }
    with portal.tables():
        for code, ar, en in ((HERE, "مركز صحار", "Sohar centre"), ("journey-there", "مركز نزوى", "Nizwa centre")):
            words = {"name": {"ar": ar, "en": en}, "address": {"ar": "شارع الخدمات", "en": "Service Street"}}
            models.Centre.create(code=code, **said, **words)


def a_citizen(portal: Portal) -> Person:
    """With a passport that has ended; nobody is fined for that."""
    person = portal.member()
    data = {"civil": person.civil_number, "name": {"ar": "سالم الحارثي", "en": "Salim Al-Harthy"}, "issued": "2008-01-09"}
    data |= {"expires": "2018-01-08", "state": "valid", "father": "", "mother": ""}
    with portal.tables():
        models.RegisterRecord.create(
            register="residency.passports", number=f"OM{person.number}", holder=person.civil_number, data=data, changed_at=now()
        )
    return person


def it_is_the_day(portal: Portal, reference: str) -> str:
    """As if the appointment were now; returns its number."""
    with portal.tables():
        made = models.Appointment.get(
            models.Appointment.application == models.Application.get(models.Application.reference == reference)
        )
        made.day, made.at = business_day(now()), now() + dt.timedelta(minutes=5)
        made.save()
        return str(made.serial)
