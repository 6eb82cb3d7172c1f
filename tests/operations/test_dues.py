"""Everything due for a person in one list: what the registers say ends, what waits, when an office expects them."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from engine.actor import Actor
from engine.clock import business_day
from engine.errors import NotAllowed
from engine.money import Money
from models import Account, Application, Bill, Booking, RegisterRecord
from operations import applications, dues
from operations.now import now, set_business_day
from operations.outside import outside
from tests.support.builders import a_person, signed_in
from tests.support.counting import counted
from tests.support.offices import acting_by, agreed, an_office, an_operator
from tests.support.renewals import a_submitted_renewal, an_answered_renewal, an_owner
from tests.support.workers import card, record, workers

pytestmark = pytest.mark.usefixtures("rules")
TODAY = dt.date(2026, 11, 22)


@pytest.fixture(autouse=True)
def day(rules: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outside, "demo_fees", True)
    RegisterRecord.delete().where(RegisterRecord.register == "chamber.memberships").execute()
    set_business_day(TODAY)


@pytest.fixture
def owner() -> Actor:
    return replace(an_owner()[1], locale="en")


def a_lease(number: str, until: str, tenant: str = "1526575", state: str = "active") -> str:
    data: dict[str, Any] = {
        "landlord": "7324674",
        "tenant": tenant,
        "name": {"en": "A shop", "ar": "محل"},
        "until": until,
        "state": state,
    }
    return record("municipality.leases", number, data)


def days(actor: Actor) -> list[tuple[str, str]]:
    return [(str(due.day), str(due.what)) for due in dues.of(actor)]


def test_what_ends_is_due_late_first_and_no_further_than_thirteen_months(owner: Actor) -> None:
    a_lease("2026/00001", "2027-03-01", tenant="1229237")
    a_lease("2026/00002", "2026-10-01")
    a_lease("2026/00003", "2029-10-01")
    a_lease("2026/00004", "2026-12-01", state="cancelled")
    a_lease("2026/00005", "2026-12-01", tenant="555")
    record("chamber.memberships", "91868", {"establishment": "1229237", "name": {"en": "p", "ar": "م"}, "expires": "2026-12-05"})
    card(70000001, "1526575", "2026-12-24")
    found = dues.of(owner)
    assert [(str(due.day), str(due.what), due.urgent) for due in found] == [
        ("2026-10-01", "Lease", True),
        ("2026-12-05", "Chamber membership", False),
        ("2026-12-24", "Resident card", False),
        ("2027-03-01", "Lease", False),
    ]
    assert found[1].href == "/reminders/chamber.memberships/91868" and str(found[1].todo) == "Renew"


def test_what_hangs_on_another_number_is_not_theirs(owner: Actor) -> None:
    record("chamber.memberships", "91869", {"establishment": "1330118", "name": {"en": "p", "ar": "م"}, "expires": "2026-12-05"})
    card(70000002, "60777777", "2026-12-05", sponsor="1330118")
    assert dues.of(owner) == [] and dues.of(signed_in(a_person(civil_number="1999"))) == []


def test_being_late_costs_what_the_schedule_says(owner: Actor) -> None:
    card(70000001, "1526575", "2026-09-01")
    card(70000002, "1526575", "2026-11-01")
    assert [due.fine for due in dues.of(owner)] == [Money.rials(10), Money(0)]


def test_many_workers_of_a_month_are_one_line_with_their_fines(owner: Actor) -> None:
    workers(4, "2026-12-10")
    workers(3, "2027-01-10", first=71_000_100)
    workers(3, "2026-09-01", first=71_000_200)
    workers(2, "2026-08-01", first=71_000_300)
    found = dues.of(owner)
    assert [(str(due.day), due.href == "/people") for due in found] == [
        ("2026-08-01", True),
        ("2026-12-10", True),
        *[("2027-01-10", False)] * 3,
    ]
    assert found[0].fine == Money.rials(3 * 10 + 2 * 15) and found[0].about.values == {"count": 5}


def test_what_waits_stands_among_it(owner: Actor) -> None:
    draft = an_application(owner, "municipality.general-request")
    [due] = dues.of(owner)
    assert (due.day, str(due.todo), due.href, due.urgent) == (None, "Go on", f"/applications/{draft}/continue", False)


def an_application(actor: Actor, code: str) -> str:
    return applications.start(actor, code).reference


def test_a_price_is_due_while_it_is_good_and_what_came_back_is_urgent(owner: Actor) -> None:
    record("chamber.memberships", "91868", {**_company(), "establishment": "1229237", "expires": "2028-03-19"})
    opened = a_submitted_renewal(owner)
    [due] = dues.of(owner)
    assert (due.day, str(due.todo), due.href) == (business_day(Bill.get().good_until), "Pay", f"/applications/{opened.reference}")
    Bill.update(good_until=now() - dt.timedelta(days=1)).execute()
    assert (dues.of(owner)[0].day, dues.of(owner)[0].urgent) == (None, True)
    Application.update(state="returned").execute()
    assert (dues.of(owner)[0].day, str(dues.of(owner)[0].todo)) == (None, "Correct")
    Application.update(state="in-review").execute()
    assert dues.of(owner) == []


def _company() -> dict[str, Any]:
    return {
        "name": {"en": "promising projects", "ar": "م"},
        "address": {"en": "", "ar": ""},
        "head_office": {"en": "", "ar": ""},
        "grade": "fourth",
        "email": "",
    }


def test_a_time_at_an_office_has_its_hour(owner: Actor) -> None:
    row = Application.get(Application.reference == an_application(owner, "municipality.start-building"))
    set_business_day(None)
    Booking.create(office="municipality.engineering", at=now() + dt.timedelta(days=3), seat=1, application=row, field="visit")
    Booking.create(office="municipality.engineering", at=now() - dt.timedelta(days=3), seat=1, application=row, field="visit")
    [due] = list(dues.bookings(owner, dt.date(2100, 1, 1)))
    assert due.at and due.about == row.reference
    assert list(dues.bookings(signed_in(a_person()), dt.date(2100, 1, 1))) == []


def test_it_takes_few_statements_however_many_there_are(owner: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    workers(300, "2026-09-01")
    for number in range(20):
        a_lease(f"2026/{number}", "2026-10-01")
    an_application(owner, "municipality.general-request")
    dues.of(owner)
    with counted(monkeypatch) as sent:
        assert len(dues.of(owner)) == 22
    assert len(sent) <= 6, sent
    with counted(monkeypatch) as sent:
        assert len(dues.soon(owner, 3)) == 3
    assert len(sent) <= 5, sent


def test_who_acts_for_somebody_has_no_calendar(owner: Actor) -> None:
    card(70000001, "1526575", "2026-12-24")
    office = an_office()
    operator = an_operator(office)
    acts = acting_by(operator, agreed(office, Account.get_by_id(owner.account), operator))
    assert dues.soon(acts, 3) == [] and dues.of(operator) == []
    with pytest.raises(NotAllowed):
        dues.of(acts)


def test_nobody_without_a_proven_number_is_told_of_records() -> None:
    card(70000001, "1526575", "2026-12-24")
    assert dues.of(signed_in(a_person(civil_number="1526575", verified=False))) == []


def test_answered_drafts_say_whose_matter_it_is(owner: Actor) -> None:
    record("chamber.memberships", "91868", {**_company(), "establishment": "1229237", "expires": "2028-03-19"})
    an_answered_renewal(owner)
    assert dues.of(owner)[0].about["en"] == "promising projects"
