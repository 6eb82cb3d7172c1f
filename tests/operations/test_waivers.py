"""Fines taken off a bill: by whom, when not, and what becomes of bill, application and everybody who is told."""

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from peewee import Database, IntegrityError

from engine.actor import Actor
from engine.errors import Conflict, NotAllowed, NotFound, Refusal
from engine.fees import Quote
from engine.money import Money
from models import (
    Application,
    ApplicationEvent,
    AttemptState,
    AuditEntry,
    Bill,
    Message,
    PaymentAttempt,
    Receipt,
    Role,
    Waiver,
    database,
)
from operations import applications, payments, tills, waivers
from operations.applications import Opened
from operations.now import now, set_business_day
from tests.operations.test_payments_races import in_threads
from tests.support.bank import Bank, tell
from tests.support.books import assert_books_stand
from tests.support.residents import CARD, RESIDENCE, a_card, a_residence, a_resident, kept, paying_fines, renewing, staff

pytestmark = pytest.mark.usefixtures("late", "bank")
WHY, BECAUSE = "I was in hospital.", "The hospital's paper was seen."


@pytest.fixture
def late(rules: Database, tmp_path: Path) -> Iterator[None]:
    """Card and residence ended so long ago that both fines and three months of the card's own are due."""
    set_business_day(dt.date(2026, 11, 22))
    a_card(tmp_path, "2026-07-30")
    a_residence(tmp_path, "2026-07-30")
    yield
    set_business_day(None)


def supervisor() -> Actor:
    return staff("supervisor", "residency")


def row_of(opened: Opened) -> Application:
    return Application.get(Application.reference == opened.reference)  # type: ignore[no-any-return]


def bill_of(opened: Opened) -> Bill:
    return Bill.get((Bill.application == opened.row) & (Bill.state == "open"))  # type: ignore[no-any-return]


def lines(bill: Bill) -> list[tuple[str, int]]:
    return [(line.fee.partition(".")[2], line.amount.baisa) for line in Quote.thaw(bill.quote).lines]


def granted(opened: Opened, *places: int, by: Actor | None = None) -> Application:
    return waivers.grant(by or supervisor(), opened.reference, bill_of(opened).id, places, BECAUSE)


def sent(opened: Opened, template: str) -> list[str]:
    return sorted(
        row.channel for row in Message.select().where((Message.application == opened.row) & (Message.template == template))
    )


# --- Asked and granted -------------------------------------------------------------------------------------------------------------


def test_a_fine_asked_for_and_granted_leaves_the_rest_as_it_was_quoted() -> None:
    resident = a_resident()
    opened = renewing(resident, years=2)
    before = bill_of(opened)
    waivers.ask(resident, opened.reference, WHY)
    assert [row.application.reference for row in waivers.waiting(supervisor(), "residency.residence")] == [opened.reference]
    granted(opened, 1)
    after = bill_of(opened)
    assert (Bill.get_by_id(before.id).state, Bill.get_by_id(before.id).quote) == ("cancelled", before.quote), (
        "bills are never changed"
    )
    assert (after.id != before.id, after.total) == (True, Money(10_000)) and after.good_until > now()
    assert after.quote["lines"] == before.quote["lines"][:1], "the same line, by the same rule"
    assert (row_of(opened).state, row_of(opened).frozen["quote"]) == ("to-pay", after.quote)
    request = Waiver.get()
    assert (request.outcome, request.reason, request.answer, request.waived) == ("granted", WHY, BECAUSE, Money(15_000))
    assert waivers.waiting(supervisor(), "residency.residence") == []
    assert sent(opened, "waiver_granted") == ["mail", "sms"]
    happened = [(event.kind, event.details.get("reason")) for event in applications.events_of(row_of(opened))]
    assert happened[-2:] == [("waiver-asked", WHY), ("waiver-granted", BECAUSE)]
    entry = AuditEntry.get(AuditEntry.action == "waiver.granted")
    assert (entry.subject, entry.details["baisa"], entry.details["bill"]) == (opened.reference, 15_000, before.id)


def test_what_is_left_is_paid_and_receipted_without_the_fine(bank: Bank) -> None:
    resident = a_resident()
    opened = renewing(resident)
    granted(opened, 1)
    tell(bank.decides(bank.opens(payments.checkout(resident, payments.begin(resident, opened.reference)))))
    assert row_of(opened).state == "completed" and Receipt.get().amount == Money(5_000)
    assert kept(CARD)["expires"] == "2027-11-22"
    assert_books_stand()


def test_where_nothing_is_left_the_application_goes_on_unasked_and_the_register_knows_it_is_settled() -> None:
    opened = paying_fines(a_resident())
    row = granted(opened, 0, 1, 2)
    assert row.state == row_of(opened).state == "completed"
    assert not Bill.select().where(Bill.state == "open").exists() and not Receipt.select().exists()
    assert (kept(CARD)["fined"], kept(RESIDENCE)["fined"]) == ("2026-11-22", "2026-11-22")
    assert Waiver.get().asked_by_id is None and Waiver.get().waived == Money(45_000)
    assert "paid" not in [event.kind for event in applications.events_of(row)]


def test_a_supervisor_chooses_which_fines() -> None:
    opened = paying_fines(a_resident())
    granted(opened, 1)
    assert lines(bill_of(opened)) == [("resident-fine", 10_000), ("resident-card-late", 15_000)]
    granted(opened, 0)
    assert lines(bill_of(opened)) == [("resident-card-late", 15_000)]


def test_what_is_declined_stays_and_is_not_asked_again() -> None:
    resident = a_resident()
    opened = renewing(resident)
    bill = bill_of(opened)
    waivers.ask(resident, opened.reference, WHY)
    waivers.decline(supervisor(), opened.reference, bill.id, "It was announced in time.")
    assert bill_of(opened) == bill and Waiver.get().outcome == "declined"
    assert sent(opened, "waiver_declined") == ["mail", "sms"]
    with pytest.raises(Conflict, match="declined it for this bill"):
        waivers.ask(resident, opened.reference, WHY)
    granted(opened, 1)  # a supervisor may still change their mind, unasked
    assert [row.outcome for row in Waiver.select().order_by(Waiver.id)] == ["declined", "granted"]


# --- Who and when not --------------------------------------------------------------------------------------------------------------


def test_only_supervisors_of_the_desk_decide_and_never_about_their_own() -> None:
    resident = a_resident()
    opened = renewing(resident)
    waivers.ask(resident, opened.reference, WHY)
    for duty, where, problem in (
        ("clerk", "residency.residence", NotAllowed),
        ("cashier", "residency", NotAllowed),
        ("administrator", "", NotAllowed),
        ("supervisor", "municipality", NotFound),
        ("supervisor", "residency.passports", NotFound),
    ):
        with pytest.raises(problem):
            granted(opened, 1, by=staff(duty, where))
        with pytest.raises(problem):
            waivers.decline(staff(duty, where), opened.reference, bill_of(opened).id, BECAUSE)
        with pytest.raises(NotAllowed):
            waivers.waiting(staff(duty, where), "residency.residence")
    Role.create(account=resident.account, name="supervisor", authority="residency")
    with pytest.raises(NotAllowed):
        granted(opened, 1, by=a_resident())
    colleague = supervisor()
    Application.update(filed_by=colleague.account).where(Application.id == opened.row.id).execute()
    with pytest.raises(NotAllowed):
        granted(opened, 1, by=colleague)
    assert Waiver.get().outcome is None and lines(bill_of(opened))[1] == ("resident-card-late", 15_000)


def test_nobody_asks_for_somebody_else_nor_without_a_reason_nor_twice() -> None:
    resident = a_resident()
    opened = renewing(resident)
    with pytest.raises(NotFound):
        waivers.ask(a_resident("99887766"), opened.reference, WHY)
    with pytest.raises(Refusal) as refused:
        waivers.ask(resident, opened.reference, "  ")
    assert refused.value.field == "reason"
    waivers.ask(resident, opened.reference, WHY)
    with pytest.raises(Conflict, match="asked already"):
        waivers.ask(resident, opened.reference, WHY)
    assert Waiver.select().count() == 1


@pytest.mark.parametrize(
    ("places", "reason", "field"),
    [((), BECAUSE, "lines"), ((0, 1), BECAUSE, "lines"), ((7,), BECAUSE, "lines"), ((1,), " ", "reason")],
)
def test_only_fines_are_waived_and_with_a_reason(places: tuple[int, ...], reason: str, field: str) -> None:
    opened = renewing(a_resident())
    with pytest.raises(Refusal) as refused:
        waivers.grant(supervisor(), opened.reference, bill_of(opened).id, places, reason)
    assert refused.value.field == field
    assert len(lines(bill_of(opened))) == 2 and not Waiver.select().exists()


def test_a_bill_without_a_fine_has_nothing_to_waive(tmp_path: Path) -> None:
    a_card(tmp_path, "2027-01-12")
    resident = a_resident()
    opened = renewing(resident)
    with pytest.raises(Conflict, match="no fine"):
        waivers.ask(resident, opened.reference, WHY)
    with pytest.raises(Conflict, match="no fine"):
        granted(opened, 0)


@pytest.mark.parametrize("bank_says", ["", "REVIEW"])
def test_nothing_is_waived_while_the_bank_may_take_the_money(bank: Bank, bank_says: str) -> None:
    resident = a_resident()
    opened = renewing(resident)
    uuid = bank.opens(payments.checkout(resident, payments.begin(resident, opened.reference)))
    if bank_says:
        tell(bank.decides(uuid, bank_says))
    with pytest.raises(Conflict, match="under way at the bank"):
        granted(opened, 1)
    assert len(lines(bill_of(opened))) == 2
    tell(bank.decides(uuid))
    with pytest.raises(Conflict, match="paid or closed"):
        waivers.grant(supervisor(), opened.reference, 0, (1,), BECAUSE)


def test_a_checkout_that_the_bank_never_heard_of_makes_room() -> None:
    resident = a_resident()
    opened = renewing(resident)
    uuid = payments.begin(resident, opened.reference)
    granted(opened, 1)
    assert PaymentAttempt.get(PaymentAttempt.uuid == uuid).state == AttemptState.CANCELLED
    assert payments.checkout(resident, uuid) is None


def test_of_two_supervisors_who_saw_the_same_bill_one_counts() -> None:
    opened = paying_fines(a_resident())
    seen = bill_of(opened).id
    waivers.grant(supervisor(), opened.reference, seen, (0,), BECAUSE)
    with pytest.raises(Conflict, match="faster"):
        waivers.grant(supervisor(), opened.reference, seen, (0,), BECAUSE)
    assert lines(bill_of(opened)) == [("immigration-fine", 20_000), ("resident-card-late", 15_000)]


@pytest.mark.parametrize("how", ["paid", "reopened", "withdrawn"])
def test_a_request_lapses_once_the_bill_is_paid_or_given_up(how: str) -> None:
    resident = a_resident()
    opened = renewing(resident)
    waivers.ask(resident, opened.reference, WHY)
    if how == "paid":
        tills.take(staff("cashier", "residency"), opened.reference, "cash")
    elif how == "reopened":
        applications.reopen(resident, opened.reference)
    else:
        applications.withdraw(resident, opened.reference)
    assert (Waiver.get().outcome, Waiver.get().decided_by_id) == ("lapsed", None)
    assert waivers.waiting(supervisor(), "residency.residence") == []
    with pytest.raises(Conflict, match="no fine"):
        waivers.decline(supervisor(), opened.reference, Waiver.get().bill_id, BECAUSE)


# --- At the same moment ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def slowly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever decides takes their time, so that the others arrive in the middle."""
    decide = waivers._decide

    def slow(*args: Any, **named: Any) -> None:
        import time

        time.sleep(0.2)
        decide(*args, **named)

    monkeypatch.setattr(waivers, "_decide", slow)


def outcomes(*jobs: Callable[[], Any]) -> list[str]:
    return sorted(type(result).__name__ if isinstance(result, Exception) else "done" for result in in_threads(*jobs))


@pytest.mark.usefixtures("slowly")
def test_of_two_supervisors_at_the_same_moment_one_counts() -> None:
    opened = paying_fines(a_resident())
    seen, one, other = bill_of(opened).id, supervisor(), supervisor()
    assert outcomes(
        lambda: waivers.grant(one, opened.reference, seen, (0,), BECAUSE),
        lambda: waivers.grant(other, opened.reference, seen, (1,), BECAUSE),
    ) == ["Conflict", "done"]
    assert len(lines(bill_of(opened))) == 2 and Waiver.select().count() == 1


@pytest.mark.usefixtures("slowly")
def test_a_till_and_a_waiver_never_both_take_the_bill() -> None:
    opened = renewing(a_resident())
    seen, one, cashier = bill_of(opened).id, supervisor(), staff("cashier", "residency")
    results = in_threads(
        lambda: waivers.grant(one, opened.reference, seen, (1,), BECAUSE),
        lambda: tills.take(cashier, opened.reference, "cash"),
    )
    waived, taken = (not isinstance(result, Exception) for result in results)
    assert taken, "cash in hand is taken, before or after"
    assert Receipt.get().amount == Money(5_000 if waived else 20_000)
    assert_books_stand()


@pytest.mark.usefixtures("slowly")
def test_a_payment_begun_at_the_same_moment_is_for_what_is_left_or_stops_the_waiver() -> None:
    resident = a_resident()
    opened = renewing(resident)
    seen, one = bill_of(opened).id, supervisor()
    results = in_threads(
        lambda: waivers.grant(one, opened.reference, seen, (1,), BECAUSE),
        lambda: payments.checkout(resident, payments.begin(resident, opened.reference)),
    )
    bill = bill_of(opened)
    live = [attempt.bill_id for attempt in PaymentAttempt.select() if attempt.state in ("created", "submitted")]
    assert set(live) <= {bill.id}, "nobody is on the way to pay a bill that is closed"
    assert bill.total == Money(20_000 if isinstance(results[0], Conflict) else 5_000)


def test_of_requests_at_the_same_moment_one_counts() -> None:
    resident = a_resident()
    opened = renewing(resident)
    asked = outcomes(*[lambda: waivers.ask(resident, opened.reference, WHY)] * 3)
    assert asked == ["Conflict", "Conflict", "done"] and Waiver.select().count() == 1
    assert ApplicationEvent.select().where(ApplicationEvent.kind == "waiver-asked").count() == 1


# --- What the database keeps -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [
        {},  # a second open one
        {"outcome": "declined", "decided_by": 1},  # closed without a moment
        {"outcome": "granted", "closed_at": dt.datetime(2026, 11, 22, tzinfo=dt.UTC), "waived": Money(1)},  # by nobody
        {"outcome": "granted", "closed_at": dt.datetime(2026, 11, 22, tzinfo=dt.UTC), "decided_by": 1},  # of nothing
        {"outcome": "declined", "closed_at": dt.datetime(2026, 11, 22, tzinfo=dt.UTC), "decided_by": "asker"},  # by who asked
        {"asked_by": None},  # open, asked by nobody
    ],
)
def test_the_database_refuses_what_cannot_be(wrong: dict[str, Any]) -> None:
    resident, one = a_resident(), supervisor()
    opened = renewing(resident)
    waivers.ask(resident, opened.reference, WHY)
    people = {1: one.account, "asker": resident.account}
    given = {"application": opened.row, "bill": bill_of(opened), "desk": "d", "asked_by": resident.account, "asked_at": now()}
    given |= wrong | ({"decided_by": people[wrong["decided_by"]]} if "decided_by" in wrong else {})
    if wrong:  # what counts is the wrong alone
        Waiver.update(outcome="lapsed", closed_at=now()).execute()
    with pytest.raises(IntegrityError), database.atomic():
        Waiver.create(**given)
