"""A lapsed company changes its name: refused, renewed by the button beside the refusal, changed. And a renewal in two taps from a reminder."""

from typing import Any

from playwright.sync_api import expect

from models import Outbox, RegisterRecord
from operations.now import now
from tests.journeys.conftest import Visit
from tests.journeys.traveller import Traveller
from tests.support.portal import TODAY, Person, Portal


def on_file(portal: Portal, person: Person, *, due: bool = False, **data: Any) -> None:
    """The chamber's file says this of the person's membership; `due`: and a reminder is due today."""
    with portal.tables():
        row = RegisterRecord.get(
            (RegisterRecord.register == "chamber.memberships") & (RegisterRecord.number == person.membership)
        )
        row.data, row.remind_on = {**row.data, **data}, TODAY if due else None
        row.save()
        if due:
            Outbox.update(due_at=now(), leased_until=None).where(Outbox.kind == "reminders").execute()


def prove(traveller: Traveller, onto: str) -> None:
    traveller.prove()
    traveller.leave_identity_provider(onto=onto)


def pay(traveller: Traveller) -> None:
    traveller.submit()
    traveller.leave_for_bank()
    traveller.pay()
    traveller.arrive()


def test_a_lapsed_company_is_renewed_by_the_button_beside_the_refusal_and_then_renamed(visit: Visit, portal: Portal) -> None:
    traveller = visit("ar", person=portal.member())
    on_file(portal, traveller.person, expires="2018-03-01", name={"en": "", "ar": "الاسم القديم"})
    traveller.go("/services/chamber.change-name")
    traveller.send("/applications")
    traveller.at(".*/steps/establishment")
    naming = traveller.reference
    traveller.choose_company()
    traveller.choose_membership(onto=".*/steps/membership")
    expect(traveller.page.locator("main .notice--error")).to_be_visible()

    traveller.send("/applications")
    traveller.at("/identity/.*")
    prove(traveller, ".*/steps/period")
    traveller.choose_period(12)
    pay(traveller)

    traveller.go(f"/applications/{naming}/steps/membership")
    expect(traveller.page.locator("main .notice--error")).to_have_count(0)
    traveller.choose_membership()
    prove(traveller, ".*/steps/company")
    for shown in ("الاسم القديم", traveller.person.company):
        expect(traveller.page.locator("main .summary")).to_contain_text(shown)
    traveller.send("#step")
    traveller.at(".*/check")
    pay(traveller)
    traveller.wait_for_documents()
    with portal.tables():
        member = RegisterRecord.get(RegisterRecord.number == traveller.person.membership)
        assert (member.data["name"]["en"], member.data["expires"]) == (traveller.person.company, "2019-03-01")


def test_a_reminder_leads_to_the_renewal_in_two_taps_and_can_be_stopped_without_signing_in(visit: Visit, portal: Portal) -> None:
    """Without scripts, in English."""
    traveller = visit("en", scripts=False, person=portal.member(), signed_in=False)
    on_file(portal, traveller.person, due=True)
    mail = portal.message(traveller.person.email)
    assert traveller.person.membership in mail["text"]
    renew = next(link for link in mail["links"] if link.endswith(f"/{traveller.person.membership}"))
    stop = next(link for link in mail["links"] if "/stop/" in link)

    traveller.go(renew)
    traveller.sign_in()
    traveller.at(f"/reminders/chamber.memberships/{traveller.person.membership}")
    traveller.send("/applications")
    traveller.at("/identity/.*")
    prove(traveller, ".*/steps/period")

    stranger = visit("ar", person=traveller.person, signed_in=False)
    stranger.go(stop)
    stranger.send("main")
    expect(stranger.page.locator("main .notice--success")).to_be_visible()
    traveller.go("/account/reminders")
    expect(traveller.page.locator("main .tag--neutral")).to_be_visible()
