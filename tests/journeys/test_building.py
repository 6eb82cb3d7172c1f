"""Two kinds of service, browsers of their own for each who takes part: decided in two stages and paid afterwards; a deposit that goes back."""

from pathlib import Path

from playwright.sync_api import expect

import models
from operations.now import now
from tests.journeys.conftest import Visit
from tests.journeys.story import said, shown
from tests.journeys.test_desk import receive
from tests.journeys.traveller import Traveller
from tests.support.portal import Person, Portal

ENGINEERING, HEAD, FINANCE = "municipality.engineering", "municipality.head", "municipality.finance"
IBAN = "OM810180000001299123456"


def test_a_building_is_permitted_by_engineering_and_the_head_then_paid(visit: Visit, portal: Portal, tmp_path: Path) -> None:
    """In Arabic with scripts: 480 m² cost 280 × 0.250, and 300 are held as a deposit."""
    person = portal.member()
    citizen = visit("ar", person=person)
    reference = ask_for_a_permit(citizen, tmp_path)
    for desk in (ENGINEERING, HEAD):
        approve(visit("ar", person=portal.clerk(desk)), reference)
    citizen.go(f"/applications/{reference}")
    for amount in ("70.000", "300.000", "370.000"):
        expect(citizen.page.locator("#quote")).to_contain_text(shown(citizen, amount))
    citizen.leave_for_bank()
    citizen.pay()
    citizen.arrive()
    permit = receive(citizen, tmp_path)
    with portal.tables():
        record = models.RegisterRecord.get(models.RegisterRecord.holder == person.civil_number, register="municipality.permits")
    assert record.number in said(permit) and (record.data["deposit"], record.data["deposit_state"]) == (300_000, "held")


def test_a_deposit_goes_back_through_two_sections_and_the_till(visit: Visit, portal: Portal) -> None:
    """In English without scripts."""
    person, cashier = portal.member(), portal.clerk("municipality", duty="cashier")
    permit = a_completed_building(portal, person)
    citizen = visit("en", scripts=False, person=person)
    reference = ask_for_the_deposit(citizen, permit)
    for desk in (ENGINEERING, FINANCE):
        approve(visit("en", scripts=False, person=portal.clerk(desk)), reference)
    till = visit("en", scripts=False, person=cashier)
    till.go("/payouts")
    row = till.page.locator("tr", has_text=reference)
    expect(row).to_contain_text("300.000")
    row.locator("a").click()
    till.at(r"/payouts/\d+")
    till.page.fill("[name=reference]", "TRF-2018-0042")
    till.page.locator("main form button").click()
    till.at("/payouts")
    expect(till.page.locator("tr", has_text=reference)).to_contain_text("TRF-2018-0042")
    citizen.go(f"/applications/{reference}")
    expect(citizen.page.locator("main, aside").last).to_contain_text("The deposit was transferred")
    mail = portal.message(person.email, count=3)
    assert "OM81 •••• 3456" in mail["text"] and IBAN not in mail["text"]


def ask_for_a_permit(citizen: Traveller, folder: Path) -> str:
    drawing = folder / "drawings.pdf"
    drawing.write_bytes(b"%PDF-1.7\n% a villa")
    begin(citizen, "major-permit", onto="/identity/.*")
    prove(citizen, onto=".*/steps/plot")
    citizen.page.fill("[name=plot]", "٤١٢")
    citizen.page.check("[name=use][value=villa]")
    citizen.send("#step")
    citizen.at(".*/steps/building")
    citizen.page.fill("[name=floors]", "2")
    citizen.page.fill("[name=area]", "٤٨٠")
    citizen.send("#step")
    citizen.at(".*/steps/papers")
    citizen.page.fill("[name=engineer]", "7015512")
    for name in ("drawings", "soil"):
        citizen.page.set_input_files(f"[name={name}]", drawing)
    citizen.send("#step")
    citizen.at(".*/check")
    expect(citizen.page.locator("#quote")).to_contain_text(shown(citizen, "370.000"))
    citizen.submit()
    return citizen.reference


def ask_for_the_deposit(citizen: Traveller, permit: str) -> str:
    begin(citizen, "deposit-refund", onto=".*/steps/permit")
    citizen.page.check(f"[name=permit][value='{permit}']")
    citizen.send("#step")
    prove(citizen, onto=".*/steps/building")
    expect(citizen.page.locator("main")).to_contain_text("300.000")
    citizen.send("#step")
    citizen.at(".*/steps/account")
    citizen.page.fill("[name=iban]", IBAN[:-1] + "7")
    citizen.send("#step")
    citizen.refused("iban")
    citizen.page.fill("[name=iban]", f"om81 {IBAN[4:]}")
    citizen.send("#step")
    citizen.at(".*/check")
    expect(citizen.page.locator("main")).to_contain_text("OM81 •••• 3456")
    citizen.submit()
    return citizen.reference


def begin(citizen: Traveller, service: str, onto: str, authority: str = "municipality") -> None:
    citizen.go(f"/services/{authority}.{service}")
    citizen.send("/applications")
    citizen.at(onto)


def prove(citizen: Traveller, onto: str) -> None:
    """Who it is, Mobile ID says."""
    citizen.at("/identity/.*")
    citizen.prove()
    citizen.leave_identity_provider(onto=onto)


def approve(clerk: Traveller, reference: str) -> None:
    clerk.go(f"/desk/{reference}/decision/approve")
    clerk.send("#decision")
    clerk.at(f"/desk/{reference}")


def a_completed_building(portal: Portal, person: Person) -> str:
    """With a deposit that was left years ago; returns the permit's number."""
    number = f"2016{person.number:05}"
    data = {"holder": person.civil_number, "name": {"ar": "سالم", "en": "Salim"}, "plot": "96", "use": "villa", "floors": "2"}
    data |= {"area": "365", "engineer": "", "office": "", "contractor": "", "state": "completed", "completed": "2017-05-14"}
    data |= {"deposit": 300_000, "deposit_state": "held"}
    with portal.tables():
        models.RegisterRecord.create(
            register="municipality.permits", number=number, holder=person.civil_number, data=data, changed_at=now()
        )
    return number
