"""Three browsers: a landlord cancels a lease, the tenant agrees by link and code on a phone, a clerk decides; paid, and the letter comes."""

import re
from pathlib import Path
from typing import Any

from playwright.sync_api import expect

import models
from engine import digits
from operations.now import now
from tests.journeys.conftest import Visit
from tests.journeys.story import said
from tests.journeys.test_desk import pay, receive
from tests.journeys.traveller import Traveller
from tests.support.portal import Person, Portal

DESK = "municipality.leases"
PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 740}, "device_scale_factor": 2}


def test_a_lease_is_cancelled_once_the_other_party_has_agreed_by_link_and_code(
    visit: Visit, portal: Portal, tmp_path: Path
) -> None:
    """The landlord and the tenant in Arabic with scripts, the clerk in English without; the tenant has no account."""
    owner, stranger = portal.member(), portal.stranger()
    number = a_lease(portal, owner, stranger)
    landlord, tenant = visit("ar", person=owner), visit("ar", **PHONE)
    clerk = visit("en", scripts=False, person=portal.clerk(DESK))

    reference = cancel(landlord, number)
    clerk.go("/desk")
    expect(clerk.page.locator("main")).not_to_contain_text(reference)
    agree(tenant, stranger, number)
    landlord.go(f"/applications/{reference}")
    expect(landlord.page.locator(".timeline li")).to_have_count(4)
    clerk.go(f"/desk/{reference}/decision/approve")
    clerk.send("#decision")
    clerk.at(f"/desk/{reference}")
    pay(landlord, reference)
    letter = receive(landlord, tmp_path)
    assert "Agreed by" in said(letter)
    with portal.tables():
        assert models.RegisterRecord.get(models.RegisterRecord.number == number).data["state"] == "cancelled"


def a_lease(portal: Portal, owner: Person, tenant: Person) -> str:
    """Between two people who were not used yet; until the end of the portal's year."""
    number = f"2017/{owner.number:05}"
    data = {
        "landlord": owner.civil_number, "landlord_name": {"ar": "سالم الحارثي", "en": "Salim Al Harthy"}, "landlord_phone": owner.phone,
        "tenant": tenant.civil_number, "tenant_name": {"ar": "منى الزدجالي", "en": "Muna Al Zadjali"}, "tenant_phone": tenant.phone,
        "name": {"ar": "قطعة ٤٤١، وحدة ٣", "en": "Plot 441, unit 3"}, "address": "31107441", "plot": "441", "unit": "3", "use": "shop",
        "starts": "2018-01-01", "until": "2018-12-31", "rent": 3_600_000, "deposit": 300_000, "state": "active",
        "renewals": "", "supplements": "",
    }  # fmt: skip
    with portal.tables():
        models.RegisterRecord.create(
            register="municipality.leases", number=number, holder=owner.civil_number, data=data, changed_at=now()
        )
    return number


def cancel(landlord: Traveller, number: str) -> str:
    landlord.go("/services/municipality.cancel-lease")
    landlord.send("/applications")
    landlord.at(".*/steps/lease")
    landlord.page.check(f"[name=lease][value='{number}']")
    landlord.send("#step")
    landlord.at("/identity/.*")
    landlord.prove()
    landlord.leave_identity_provider(".*/steps/data")
    expect(landlord.page.locator("main")).not_to_contain_text("+968")
    landlord.send("#step")
    landlord.at(".*/steps/end")
    landlord.page.fill("[name=ends]", "2018-06-30")
    landlord.page.fill("[name=reason]", "ينتقل المحل إلى مكان آخر.")
    landlord.send("#step")
    landlord.at(".*/check")
    landlord.submit()
    expect(landlord.page.locator("main form[action$='/draft']")).to_be_visible()
    return landlord.reference


def agree(tenant: Traveller, person: Person, number: str) -> None:
    """What is asked is read before a code; a wrong code keeps the answer; a second look says what was answered."""
    link = re.search(r"http\S+/agreements/\S+", tenant.portal.message(person.phone)["text"])
    assert link
    tenant.go(link[0])
    expect(tenant.page.locator("main dl")).to_contain_text(digits.arabic("30"))
    expect(tenant.page.locator("main")).not_to_contain_text(person.civil_number)
    expect(tenant.page.locator("main")).not_to_contain_text(person.phone)
    tenant.send("#ask")
    code = tenant.portal.code(person.phone, 2)
    tenant.page.check("[name=answer][value=agreed]")
    tenant.page.fill("[name=code]", f"{(int(code) + 1) % 1_000_000:06}")
    tenant.send("#answer")
    tenant.refused("code")
    expect(tenant.page.locator("[name=answer][value=agreed]")).to_be_checked()
    tenant.page.fill("[name=code]", digits.arabic(code))
    tenant.send("#answer")
    expect(tenant.page.locator("main .panel")).to_be_visible()
    assert tenant.page.evaluate("document.documentElement.scrollWidth") <= 360
    tenant.go(link[0])
    expect(tenant.page.locator("main .panel")).to_be_visible()
    tenant.go(link[0][:-1])
    expect(tenant.page.locator("main .panel")).to_have_count(0)
