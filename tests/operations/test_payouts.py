"""Deposits go back once, to the account that was named, by two people; what is held and what is owed always sums to zero."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from peewee import IntegrityError

import models
from engine.actor import Actor
from engine.errors import Conflict, NotAllowed, NotFound, Refusal
from engine.ledger import deposits, payable, transferred
from engine.lifecycle import State
from engine.money import Money
from engine.service import Payout as Decided
from models import (
    Application,
    ApplicationEvent,
    AuditEntry,
    Journal,
    JournalEntry,
    Message,
    Outcome,
    Payout,
    RegisterRecord,
    Role,
    SearchTerm,
)
from operations import applications, casework, closing, ledger, payouts, registers
from tests.support.books import assert_books_stand
from tests.support.builders import a_cashier, a_person, signed_in
from tests.support.buildings import (
    ENGINEERING,
    FINANCE,
    IBAN,
    a_clerk,
    a_permit,
    an_owner,
    approve,
    begin,
    deposit_refund,
    record,
    row_of,
    submit,
)

pytestmark = pytest.mark.usefixtures("rules")
DEPOSIT = Money.rials(300)
HELD, OWED, GONE = deposits("municipality"), payable("municipality"), transferred("municipality")


def asked(owner: Actor | None = None, **permit: str) -> tuple[applications.Opened, str]:
    """A refund that waits for engineering, and the permit's number."""
    owner = owner or an_owner()
    number = a_permit(owner, state="completed", completed="2026-05-14", **permit)
    return deposit_refund(owner, number), number


def decided(owner: Actor | None = None) -> Payout:
    opened, _number = asked(owner)
    approve(opened, ENGINEERING, FINANCE)
    return Payout.get(Payout.application == opened.row.id)  # type: ignore[no-any-return]


def cashier() -> Actor:
    return a_cashier("municipality")


# --- Deciding --------------------------------------------------------------------------------------------------------------------


def test_two_sections_decide_and_then_the_deposit_is_owed() -> None:
    opened, number = asked()
    approve(opened, ENGINEERING)
    assert not Payout.select().exists() and record(number)["deposit_state"] == "held"
    (finance,) = approve(opened, FINANCE)
    assert record(number)["deposit_state"] == "returned" and row_of(opened).state == State.COMPLETED
    payout = Payout.get()
    assert (payout.amount, payout.iban, payout.state, payout.decided_by_id) == (DEPOSIT, IBAN, "to-pay", finance.account)
    assert (ledger.balance(HELD), ledger.balance(OWED)) == (DEPOSIT, -DEPOSIT)


def test_a_deposit_goes_back_once() -> None:
    owner = an_owner()
    opened, number = asked(owner)
    approve(opened, ENGINEERING, FINANCE)
    with pytest.raises(Refusal, match="paid back already"):
        deposit_refund(owner, number)
    found = registers.find("municipality.permits", number)
    assert found
    with pytest.raises(Conflict, match="paid back already"), models.database.atomic():
        payouts.owe(row_of(opened), Decided(found, DEPOSIT, IBAN))
    assert Payout.select().count() == 1


def test_what_moved_on_between_two_applications_pays_nothing() -> None:
    """The register is the first guard: whoever comes second finds the deposit gone."""
    opened, number = asked()
    RegisterRecord.update(data={**record(number), "deposit_state": "returned"}).where(RegisterRecord.number == number).execute()
    approve(opened, ENGINEERING, FINANCE)
    assert row_of(opened).state == State.IN_REVIEW and not Payout.select().exists() and not Journal.select().exists()


@pytest.mark.parametrize("column", ["subject", "application"])
def test_the_database_too_pays_a_deposit_once(column: str) -> None:
    first, second = decided(), decided()
    with pytest.raises(IntegrityError), models.database.atomic():
        Payout.update({column: getattr(first, column)}).where(Payout.id == second.id).execute()


def test_the_journal_too_books_it_once() -> None:
    subject = decided().subject
    with pytest.raises(IntegrityError), models.database.atomic():
        ledger.post(f"payout-owed:{subject}", payouts.entries.owe("municipality", DEPOSIT))


@pytest.mark.parametrize(
    ("permit", "says"),
    [
        ({"deposit_state": "returned"}, "paid back already"),
        ({"deposit_state": ""}, "holds no deposit"),
        ({"deposit": "0"}, "holds no deposit"),
        ({"deposit": ""}, "holds no deposit"),
    ],
)
def test_without_a_deposit_there_is_nothing_to_ask_for(permit: dict[str, str], says: str) -> None:
    with pytest.raises(Refusal, match=says):
        asked(**permit)


def test_a_building_not_shown_as_completed_needs_the_certificate_attached() -> None:
    owner = an_owner()
    number = a_permit(owner, state="started")
    with pytest.raises(Refusal, match="attach yours") as refused:
        deposit_refund(owner, number)
    assert refused.value.field == "certificate"
    steps = (("permit", {"permit": number}), ("account", {"iban": IBAN}))
    submit(owner, begin(owner, "deposit-refund", *steps, files=("certificate",)))


def test_the_account_number_is_masked_wherever_it_is_read() -> None:
    opened, _number = asked()
    rows = [row for step in row_of(opened).frozen["steps"] for row in step["rows"] if row["field"] == "iban"]
    assert [row["value"]["en"] for row in rows] == ["OM81 •••• 3456"]
    assert not SearchTerm.select().where(SearchTerm.term.contains("129912")).exists()


# --- Paying ----------------------------------------------------------------------------------------------------------------------


def test_paid_it_leaves_the_books_its_owner_is_told_and_only_the_mask_stays() -> None:
    payout, till = decided(), cashier()
    assert payouts.total(till) == DEPOSIT
    payouts.mark_paid(till, payout.id, " TRF-٧٧ ")
    paid = Payout.get()
    assert (paid.state, paid.reference, paid.paid_by_id, paid.iban) == ("paid", "TRF-77", till.account, "OM81 •••• 3456")
    assert [ledger.balance(account) for account in (HELD, OWED, GONE)] == [DEPOSIT, Money(0), -DEPOSIT]
    assert {row.channel for row in Message.select().where(Message.template == "deposit_paid_back")} == {"mail", "sms"}
    assert all(IBAN not in str(row.context) for row in Message.select())
    assert ApplicationEvent.select().where(ApplicationEvent.kind.in_(("payout-owed", "paid-out"))).count() == 2
    assert payouts.waiting(till) == [] and [row.id for row in payouts.paid(till)] == [payout.id]


def test_a_payout_is_marked_once() -> None:
    payout = decided()
    payouts.mark_paid(cashier(), payout.id, "TRF-1")
    with pytest.raises(Conflict, match="meanwhile"):
        payouts.mark_paid(cashier(), payout.id, "TRF-2")
    assert Journal.select().where(Journal.source_key.startswith("payout-paid:")).count() == 1


def test_one_transfer_pays_one_payout_and_has_a_number() -> None:
    one, two, till = decided(), decided(), cashier()
    payouts.mark_paid(till, one.id, "TRF-1")
    for reference in ("TRF-1", "", "   ", "x" * 41):
        with pytest.raises(Refusal) as refused:
            payouts.mark_paid(till, two.id, reference)
        assert refused.value.field == "reference"
    with pytest.raises(IntegrityError), models.database.atomic():
        values = {"state": "paid", "paid_by": till.account, "paid_at": one.created_at, "reference": "TRF-1"}
        Payout.update(values).where(Payout.id == two.id).execute()


@pytest.mark.parametrize("stage", [0, 1])
def test_who_decided_does_not_pay(stage: int) -> None:
    opened, _number = asked()
    clerks = approve(opened, ENGINEERING, FINANCE)
    Role.create(account=clerks[stage].account, name="cashier", authority="municipality")
    both = signed_in(models.Account.get_by_id(clerks[stage].account), "en")
    with pytest.raises(Refusal, match="somebody else"):
        payouts.mark_paid(both, Payout.get().id, "TRF-1")


def test_the_database_too_refuses_one_person_for_both() -> None:
    payout = decided()
    with pytest.raises(IntegrityError), models.database.atomic():
        values = {"state": "paid", "paid_by": payout.decided_by_id, "paid_at": payout.created_at, "reference": "TRF-1"}
        Payout.update(values).where(Payout.id == payout.id).execute()


def test_no_cashier_pays_themselves() -> None:
    account = a_person(civil_number="64440000")
    Role.create(account=account, name="cashier", authority="municipality")
    payout = decided(signed_in(account, "en"))
    with pytest.raises(NotAllowed):
        payouts.mark_paid(signed_in(account, "en"), payout.id, "TRF-1")


@pytest.mark.parametrize(
    "act",
    [
        lambda actor, _number: payouts.waiting(actor),
        lambda actor, _number: payouts.paid(actor),
        lambda actor, _number: payouts.total(actor),
        lambda actor, _number: payouts.for_the_bank(actor),
        lambda actor, number: payouts.one(actor, number),
        lambda actor, number: payouts.mark_paid(actor, number, "TRF-1"),
    ],
)
def test_only_cashiers_deal_with_payouts(act: Callable[[Actor, int], object]) -> None:
    payout = decided()
    for actor in (Actor(), signed_in(a_person()), a_clerk(FINANCE)):
        with pytest.raises(NotAllowed):
            act(actor, payout.id)


def test_another_authoritys_cashier_sees_none_of_them() -> None:
    payout, elsewhere = decided(), a_cashier("chamber")
    assert payouts.waiting(elsewhere) == [] and payouts.for_the_bank(elsewhere) == [] and payouts.total(elsewhere) == Money(0)
    for act in (lambda: payouts.one(elsewhere, payout.id), lambda: payouts.mark_paid(elsewhere, payout.id, "TRF-1")):
        with pytest.raises(NotFound):
            act()
    assert payouts.waiting(a_cashier("")) == [payout]


def test_looking_fetching_and_paying_are_on_record() -> None:
    payout, till = decided(), cashier()
    payouts.one(till, payout.id)
    payouts.for_the_bank(till)
    payouts.mark_paid(till, payout.id, "TRF-1")
    mine = AuditEntry.select().where(AuditEntry.account == till.account).order_by(AuditEntry.id)
    assert [row.action for row in mine] == ["payout.looked", "payouts.exported", "payout.paid"]
    assert all(IBAN not in str(row.details) for row in AuditEntry.select())


def test_an_account_waits_with_closing_until_its_money_has_arrived() -> None:
    owner = an_owner()
    payout = decided(owner)
    assert [reference for _why, reference in closing.obstacles(owner.account)] == [payout.application.reference]
    payouts.mark_paid(cashier(), payout.id, "TRF-1")
    assert closing.obstacles(owner.account) == []


# --- Whatever happens ------------------------------------------------------------------------------------------------------------


def test_clerks_racing_pay_a_deposit_once() -> None:
    opened, _number = asked()
    approve(opened, ENGINEERING)
    clerks = [a_clerk(FINANCE) for _ in range(4)]
    assert len([said for said in _race(clerks, lambda clerk: _approve(clerk, opened.reference)) if said == "done"]) == 1
    assert Payout.select().count() == 1
    assert_deposits_stand()


def test_cashiers_racing_pay_a_payout_once() -> None:
    payout, tills = decided(), [cashier() for _ in range(4)]
    said = _race(tills, lambda till: payouts.mark_paid(till, payout.id, f"TRF-{till.account}"))
    assert sorted(said) == ["Conflict", "Conflict", "Conflict", "done"]
    assert_deposits_stand()


def _approve(clerk: Actor, reference: str) -> object:
    return casework.decide(clerk, reference, Outcome.APPROVE)


def _race(people: list[Actor], act: Callable[[Actor], object]) -> list[str]:
    barrier = threading.Barrier(len(people))

    def one(person: Actor) -> str:
        with models.database.connection_context():
            barrier.wait(20)
            try:
                act(person)
            except (Refusal, Conflict) as refused:
                return type(refused).__name__
            return "done"

    with ThreadPoolExecutor(len(people)) as pool:
        return list(pool.map(one, people))


STEPS = st.lists(
    st.tuples(st.sampled_from(("ask", "engineer", "finance", "refuse", "pay", "pay again")), st.integers(0, 2)), max_size=14
)


@given(steps=STEPS)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_people_do_in_whatever_order_no_deposit_goes_back_twice(steps: list[tuple[str, int]]) -> None:
    with models.database.atomic() as everything:
        owner = an_owner()
        permits = [a_permit(owner, state="completed") for _ in range(3)]
        for act, which in steps:
            _try(act, owner, permits[which])
        assert_deposits_stand()
        everything.rollback()


def _try(act: str, owner: Actor, permit: str) -> None:
    pending = Application.select().where(
        (Application.service == "municipality.deposit-refund") & (Application.state == "in-review")
    )
    row = next((row for row in pending if row.answers["permit"] == permit), None)
    payout = Payout.get_or_none(Payout.subject == f"municipality.permits:{permit}")
    try:
        with models.database.atomic():
            if act == "ask":
                deposit_refund(owner, permit)
            elif act in ("engineer", "finance", "refuse") and row is not None:
                clerk = a_clerk(FINANCE if act == "finance" else row.desk if act == "refuse" else ENGINEERING)
                casework.decide(clerk, row.reference, Outcome.REFUSE if act == "refuse" else Outcome.APPROVE, reason="So.")
            elif act.startswith("pay") and payout is not None:
                payouts.mark_paid(cashier(), payout.id, f"TRF-{permit}")
    except (Refusal, Conflict, NotFound):
        return


def assert_deposits_stand() -> None:
    """What is owed and paid is what the records say, each once, and every journal sums to zero."""
    rows = list(Payout.select())
    paid = sum((row.amount for row in rows if row.state == "paid"), Money(0))
    assert ledger.balance(HELD) == sum((row.amount for row in rows), Money(0))
    assert ledger.balance(OWED) == paid - ledger.balance(HELD) and ledger.balance(GONE) == -paid
    assert sum((entry.amount for entry in JournalEntry.select()), Money(0)) == Money(0)
    assert_books_stand()
    returned = {row.number for row in RegisterRecord.select() if row.data.get("deposit_state") == "returned"}
    assert {row.subject.partition(":")[2] for row in rows} == returned and len(rows) == len(returned)


def test_what_goes_back_is_what_the_record_holds_though_the_fee_has_changed() -> None:
    opened, _number = asked(deposit="450.500")
    approve(opened, ENGINEERING, FINANCE)
    assert Payout.get().amount == Money(450_500)
