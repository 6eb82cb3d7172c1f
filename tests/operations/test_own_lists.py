"""A list of one's own: an employer files for all workers at once, and nobody else has to do with it."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from engine.actor import Actor
from engine.assurance import Assurance
from engine.errors import NotAllowed, NotFound, Refusal
from engine.money import Money
from models import Account, Application, Batch, BatchRow, Identifier, RegisterRecord
from operations import acting, applications, batches, payments, submission
from operations.now import now, set_business_day
from tests.support.bank import Bank, tell, work
from tests.support.books import assert_books_stand
from tests.support.builders import a_person, signed_in
from tests.support.offices import agreed, an_office, an_operator
from tests.support.renewals import an_owner
from tests.support.workers import workers

SERVICE = "residency.renew-resident-card"
TODAY = dt.date(2026, 11, 22)


@pytest.fixture
def employer(till: Bank, rules: object) -> Actor:
    """Ali, owner of 1229237, signed in with Mobile ID."""
    set_business_day(TODAY)
    return replace(an_owner()[1], assurance=Assurance.SUBSTANTIAL, locale="en")


def brought(who: Actor, *rows: str) -> str:
    return batches.bring(who, SERVICE, "workers.csv", "\n".join(["card,years", *rows]).encode(), own=True).uuid


def filed(who: Actor, *rows: str) -> str:
    uuid = brought(who, *rows)
    work()
    batches.confirm(who, uuid, own=True)
    work()
    return uuid


def test_fifty_workers_with_three_bad_rows(employer: Actor, till: Bank) -> None:
    cards = workers(48, "2026-12-10")
    [stranger] = workers(1, "2026-12-10", company="1999999", first=72_000_001)
    uuid = brought(employer, *(f"{card},1" for card in cards[:47]), "79999999,1", f"{stranger},1", f"{cards[47]},7")
    work()
    seen = batches.of(employer, uuid, own=True)
    assert (len(seen.lines), len(seen.good), seen.total) == (50, 47, Money.rials(5 * 47)) and not Application.select().exists()
    said = [line.problem["en"] for line in seen.lines if line.problem]
    assert [text.split(":")[0] for text in said] == ["Resident card", "Resident card", "Valid for"]
    for text, number in zip(said[:2], ("79999999", stranger), strict=True):
        assert f"{number} is not registered for the applicant, their family or their companies" in text
    assert "“7” cannot be chosen. Write one of these: 1, 2, 3." in said[2]
    batches.confirm(employer, uuid, own=True)
    work()
    checkout = till.opens(payments.checkout(employer, batches.pay(employer, uuid, own=True)))
    assert till.sales[checkout].request["amount"] == "235.000" and len(till.sales) == 1
    tell(till.decides(checkout))
    lines = batches.of(employer, uuid, own=True).lines
    done = [line for line in lines if line.receipt]
    assert len(done) == len({line.receipt for line in done}) == 47 and {str(line.status) for line in done} == {"Completed"}
    assert {row.account_id for row in Application.select()} == {employer.account}
    assert RegisterRecord.get(RegisterRecord.number == cards[0]).ends_on == dt.date(2027, 12, 10)
    assert RegisterRecord.get(RegisterRecord.number == cards[47]).ends_on == dt.date(2026, 12, 10)
    assert_books_stand()


def test_what_is_late_costs_its_fine_in_the_preview(employer: Actor) -> None:
    [card] = workers(1, "2026-09-01")
    uuid = brought(employer, f"{card},2")
    work()
    assert batches.of(employer, uuid, own=True).total == Money.rials(10 + 2 * 5)


def test_the_same_card_twice_is_told(employer: Actor) -> None:
    [card] = workers(1, "2026-12-10")
    uuid = brought(employer, f"{card},1", f"{card},2")
    work()
    first, second = batches.of(employer, uuid, own=True).lines
    assert first.problem is None and second.problem and second.problem["en"].endswith("row 1 of this list already.")


def test_more_workers_than_a_page_lists_are_all_reached(employer: Actor) -> None:
    cards = workers(205, "2026-12-10")
    uuid = brought(employer, f"{cards[0]},1", f"{cards[-1]},1")
    work()
    assert len(batches.of(employer, uuid, own=True).good) == 2


def test_a_killed_worker_goes_on(employer: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    uuid = brought(employer, *(f"{card},1" for card in workers(3, "2026-12-10")))
    work()
    batches.confirm(employer, uuid, own=True)
    calls, submit = iter(range(10)), submission.submit

    def dying(*given: Any) -> Any:
        if next(calls) == 1:
            raise KeyboardInterrupt
        return submit(*given)

    with monkeypatch.context() as patch:
        patch.setattr("operations.submission.submit", dying)
        with pytest.raises(KeyboardInterrupt):
            batches.file({"uuid": uuid})
    assert Application.select().count() == 1
    batches.file({"uuid": uuid})
    batches.file({"uuid": uuid})
    assert Application.select().count() == 3 and len({row.application_id for row in BatchRow.select()}) == 3


# --- Who ---------------------------------------------------------------------------------------------------------------------------


def test_it_is_nobody_elses(employer: Actor) -> None:
    own = filed(employer, f"{workers(1, '2026-12-10')[0]},1")
    office = an_office()
    operator = replace(an_operator(office), assurance=Assurance.SUBSTANTIAL)
    agreed(office, Account.get_by_id(employer.account), operator)
    works_there = replace(employer, office=office.id)
    for who, mine in (
        (operator, False),
        (operator, True),
        (signed_in(a_person(civil_number="60999")), True),
        (works_there, False),
    ):
        for act in (batches.of, batches.confirm, batches.pay):
            with pytest.raises(NotFound):
                act(who, own, own=mine)
        assert batches.all_of(who, own=mine) == []
    assert [batch.uuid for batch in batches.all_of(works_there, own=True)] == [own]


def test_a_list_of_an_office_is_not_its_operators_own(employer: Actor) -> None:
    operator = replace(an_operator(an_office()), civil_number="60998", assurance=Assurance.SUBSTANTIAL)
    uuid = batches.bring(operator, SERVICE, "x.csv", b"customer,card,years\n1,2,3\n").uuid
    with pytest.raises(NotFound):
        batches.of(operator, uuid, own=True)
    assert batches.all_of(operator, own=True) == []


def test_who_acts_for_somebody_has_none_of_their_own_there(employer: Actor) -> None:
    office = an_office()
    operator = an_operator(office)
    given = agreed(office, Account.get_by_id(employer.account), operator)
    acts = replace(operator, acting_for=acting.begin(operator, given.id))
    with pytest.raises(NotAllowed):
        brought(acts, "1,1")
    with pytest.raises(NotAllowed):
        batches.all_of(acts, own=True)


def test_only_who_has_proven_their_number_brings_one(employer: Actor) -> None:
    with pytest.raises(Refusal, match="Prove first"):
        brought(signed_in(a_person()), "1,1")
    uuid = brought(employer, f"{workers(1, '2026-12-10')[0]},1")
    work()
    with pytest.raises(Refusal, match="Prove first"):
        batches.confirm(replace(employer, assurance=Assurance.PASSWORD), uuid, own=True)
    assert Batch.get().state == "checked"


@pytest.mark.parametrize("lost", ["number", "account"])
def test_whoever_is_not_that_person_any_more_files_nothing(employer: Actor, lost: str) -> None:
    uuid = brought(employer, f"{workers(1, '2026-12-10')[0]},1")
    work()
    batches.confirm(employer, uuid, own=True)
    if lost == "number":
        Identifier.delete().where(Identifier.type == "civil-number").execute()
    else:
        Account.update(blocked_at=now()).where(Account.id == employer.account).execute()
    work()
    [line] = batches.of(employer, uuid, own=True).lines
    assert line.problem and line.problem["en"].startswith("Prove first") and not Application.select().exists()


def test_a_company_sold_meanwhile_renews_nothing(employer: Actor) -> None:
    uuid = brought(employer, f"{workers(1, '2026-12-10')[0]},1")
    work()
    batches.confirm(employer, uuid, own=True)
    RegisterRecord.update(holder="7").where(RegisterRecord.number == "1229237").execute()
    work()
    [line] = batches.of(employer, uuid, own=True).lines
    assert line.problem and "is not registered for the applicant" in line.problem["en"] and not Application.select().exists()


def test_several_of_ones_own_are_paid_at_once(employer: Actor, till: Bank) -> None:
    filed(employer, *(f"{card},1" for card in workers(2, "2026-12-10")))
    waiting = [bill.application.reference for bill in payments.waiting(employer)]
    checkout = till.opens(payments.checkout(employer, payments.begin_together(employer, [(employer, each) for each in waiting])))
    tell(till.decides(checkout))
    assert {applications.of(employer, reference).state for reference in waiting} == {"completed"}
