"""Paying what an outside register quotes: nobody pays twice, the register is told until it answers, and what it did not take is given back."""

import datetime as dt
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from peewee import Database

import blueprints.chamber
import blueprints.municipality
from engine.actor import Actor
from engine.catalogue import catalogue
from engine.errors import Conflict, NotFound, Refusal, Unavailable
from engine.fields import Found
from engine.lifecycle import State
from engine.money import Money
from gateways.storage.folder import FolderStorage
from models import (
    Application,
    ApplicationEvent,
    AuditEntry,
    Bill,
    Message,
    Outbox,
    PaymentAttempt,
    Receipt,
    RecordClaim,
    Refund,
    RefundState,
    RegisterRecord,
)
from operations import answers, applications, claims, fees, objections, payments, refunds, submission
from operations.applications import Opened
from operations.now import now
from operations.outside import outside
from tests.support.bank import Bank, tell, work
from tests.support.books import assert_books_stand, flags
from tests.support.builders import a_cashier, a_company, a_person, signed_in
from tests.support.clock import Clock
from tests.support.violations import CR, REGISTER, Municipality, municipality, municipality_process

__all__ = ["municipality", "municipality_process"]

SERVICE, REQUEST = "municipality.pay-fines", "municipality.general-request"
FIRST, SECOND, PAID_ONE, NOBODYS = "26000001", "26000002", "26000003", "26000004"


@pytest.fixture
def portal(till: Bank, municipality: Municipality, tmp_path: Path) -> Iterator[Bank]:
    catalogue.fill([blueprints.chamber.authority, blueprints.municipality.authority])
    outside.storage, outside.demo_fees = FolderStorage(tmp_path / "stored"), True
    yield till
    catalogue.fill([])


def somebody() -> Actor:
    return signed_in(a_person())


def take(actor: Actor, opened: Opened, name: str, **typed: str) -> None:
    step = opened.service.step(name)
    assert step
    answers.answer(actor, opened, step, typed)


def searched(actor: Actor, **typed: str) -> Opened:
    opened = applications.start(actor, SERVICE)
    take(actor, opened, "search", **(typed or {"establishment": CR}))
    return opened


def offered(actor: Actor, opened: Opened) -> list[str]:
    step = opened.service.step("violations")
    assert step
    return [record.number for record in answers.offered(actor, opened, step)["violations"]]


def chosen(actor: Actor, *numbers: str, **typed: str) -> Opened:
    opened = searched(actor, **typed)
    take(actor, opened, "violations", violations=" ".join(numbers))
    return opened


def submitted(actor: Actor, *numbers: str, **typed: str) -> Opened:
    opened = chosen(actor, *numbers, **typed)
    return submission.submit(actor, opened.reference, submission.offer(opened).seal)


def at_the_bank(bank: Bank, actor: Actor, opened: Opened) -> str:
    return bank.opens(payments.checkout(actor, payments.begin(actor, opened.reference)))


def paid(bank: Bank, actor: Actor, opened: Opened) -> None:
    tell(bank.decides(at_the_bank(bank, actor, opened)))


def state_of(opened: Opened) -> str:
    return str(Application.get(Application.reference == opened.reference).state)


def claims_of(number: str) -> list[str]:
    return [row.state for row in RecordClaim.select().where(RecordClaim.number == number).order_by(RecordClaim.id)]


def later(**by: int) -> None:
    """What waits in the outbox is due now."""
    Outbox.update(due_at=now()).where(Outbox.done_at.is_null()).execute()


# --- Finding ---------------------------------------------------------------------------------------------------------------------


def test_a_company_or_a_number_finds_what_is_unpaid_and_both_narrow(portal: Bank) -> None:
    actor = somebody()
    assert offered(actor, searched(actor, establishment="٧٢٢٩٢٣٧")) == [FIRST, SECOND]
    assert offered(actor, searched(actor, establishment="", violation="٢٦٠٠٠٠٠٤")) == [NOBODYS]
    assert offered(actor, searched(actor, establishment=CR, violation=SECOND)) == [SECOND]
    assert offered(actor, searched(actor, establishment="", violation=PAID_ONE)) == []


def test_one_of_the_two_has_to_be_typed(portal: Bank) -> None:
    actor = somebody()
    opened = applications.start(actor, SERVICE)
    first = opened.next_step()
    assert first and first.name == "search"
    with pytest.raises(Refusal) as refused:
        take(actor, opened, "search", establishment="", violation=" ")
    assert refused.value.field == "establishment"
    step = opened.next_step()
    assert step and step.name == "search"


def test_a_stranger_sees_what_and_how_much_its_company_also_where(portal: Bank) -> None:
    owner = signed_in(a_person(civil_number="81234567"))
    company = a_company("81234567")
    outside.registers[REGISTER]
    RegisterRecord.update(number=CR).where(RegisterRecord.number == company).execute()
    seen = {}
    for name, actor in (("stranger", somebody()), ("owner", owner)):
        opened = searched(actor)
        step = opened.service.step("violations")
        assert step
        seen[name] = set(answers.offered(actor, opened, step)["violations"][0].data)
    assert seen["stranger"] == {"what", "article", "day", "amount", "state"}
    assert seen["owner"] == seen["stranger"] | {"place", "establishment"}


def test_only_what_is_offered_can_be_chosen(portal: Bank) -> None:
    actor = somebody()
    opened = searched(actor)
    for wrong in ("", NOBODYS, PAID_ONE, f"{FIRST} 404"):
        with pytest.raises(Refusal) as refused:
            take(actor, opened, "violations", violations=wrong)
        assert refused.value.field == "violations" and not opened.case().found("violations")


def test_the_register_names_the_price_and_each_violation_has_its_line(portal: Bank) -> None:
    actor = somebody()
    quote = submission.offer(chosen(actor, FIRST, SECOND)).quote
    assert quote.total == Money(70_500)
    assert [line.amount for line in quote.lines] == [Money(20_000), Money(50_500)]
    assert quote.lines[0].label == {"ar": f"مخالفة: {FIRST} · عرض بضاعة", "en": f"Violation: {FIRST} · Goods displayed"}


def test_another_company_forgets_what_was_chosen(portal: Bank) -> None:
    actor = somebody()
    opened = chosen(actor, FIRST, SECOND)
    take(actor, opened, "violations", violations=SECOND)
    assert [record.number for record in opened.case().found("violations")] == [SECOND]
    take(actor, opened, "search", establishment="", violation=NOBODYS)
    assert not opened.case().found("violations") and "violations" not in opened.answers


# --- Before it is paid -----------------------------------------------------------------------------------------------------------


def test_a_changed_amount_is_shown_before_anything_is_submitted(portal: Bank, municipality: Municipality) -> None:
    actor = somebody()
    opened = chosen(actor, FIRST)
    seal = submission.offer(opened).seal
    municipality.control(number=FIRST, amount_baisa=30_000)
    with pytest.raises(Conflict):
        submission.submit(actor, opened.reference, seal)
    assert submission.offer(applications.of(actor, opened.reference)).quote.total == Money(30_000)
    assert not Bill.select().exists()


def test_what_is_paid_elsewhere_before_submission_is_refused_by_its_number(portal: Bank, municipality: Municipality) -> None:
    actor = somebody()
    opened = chosen(actor, FIRST, SECOND)
    municipality.control(number=SECOND, state="paid", receipt="AT-THE-COUNTER")
    assert submission.refresh(actor, opened)
    with pytest.raises(Refusal) as refused:
        submission.submit(actor, opened.reference, submission.offer(opened).seal)
    assert refused.value.message.values["number"] == SECOND
    assert offered(actor, opened) == [FIRST]


def test_a_silent_register_stops_each_step_and_loses_nothing(portal: Bank, municipality: Municipality) -> None:
    actor = somebody()
    opened = chosen(actor, FIRST)
    seal = submission.offer(opened).seal
    municipality.control(silent=True)
    again = applications.of(actor, opened.reference)
    for act in (
        lambda: offered(actor, again),
        lambda: take(actor, again, "violations", violations=FIRST),
        lambda: submission.refresh(actor, again),
        lambda: submission.submit(actor, opened.reference, seal),
    ):
        with pytest.raises(Unavailable):
            act()
    municipality.control(silent=False)
    kept = applications.of(actor, opened.reference)
    assert kept.answers["establishment"] == CR and kept.answers["violations"] == [FIRST]
    submission.submit(actor, opened.reference, seal)
    assert state_of(opened) == State.TO_PAY


def test_the_register_is_never_asked_inside_a_transaction(portal: Bank, database: Database) -> None:
    actor = somebody()
    opened = searched(actor)
    with database.atomic(), pytest.raises(RuntimeError, match="inside a transaction"):
        offered(actor, opened)


# --- One pays at a time ----------------------------------------------------------------------------------------------------------


def test_two_people_cannot_both_be_asked_for_the_same_violation(portal: Bank) -> None:
    first, second = somebody(), somebody()
    submitted(first, FIRST)
    other = chosen(second, FIRST, SECOND)
    with pytest.raises(Conflict) as refused:
        submission.submit(second, other.reference, submission.offer(other).seal)
    assert refused.value.message.values == {"number": FIRST}
    assert state_of(other) == State.DRAFT and claims_of(SECOND) == []
    take(second, other, "violations", violations=SECOND)
    submission.submit(second, other.reference, submission.offer(other).seal)
    assert state_of(other) == State.TO_PAY


def test_of_two_at_the_same_moment_one_is_asked(portal: Bank, database: Database) -> None:
    racers = [somebody() for _each in range(4)]
    drafts = [(actor, opened := chosen(actor, FIRST), submission.offer(opened).seal) for actor in racers]
    outcomes: list[str] = []
    together = threading.Barrier(len(drafts))

    def submit(actor: Actor, opened: Opened, seal: str) -> None:
        together.wait()
        try:
            submission.submit(actor, opened.reference, seal)
            outcomes.append("asked")
        except Conflict:
            outcomes.append("refused")
        finally:
            database.close()

    threads = [threading.Thread(target=submit, args=draft) for draft in drafts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(outcomes) == ["asked", "refused", "refused", "refused"]
    assert Bill.select().count() == 1 and claims_of(FIRST) == ["held"]


@pytest.mark.parametrize("give_up", ["withdraw", "reopen"])
def test_who_gives_up_lets_the_next_one_pay(portal: Bank, give_up: str) -> None:
    first, second = somebody(), somebody()
    opened = submitted(first, FIRST)
    getattr(applications, give_up)(first, opened.reference)
    submitted(second, FIRST)
    assert claims_of(FIRST) == ["released", "held"]


def test_who_takes_it_back_and_submits_again_holds_it_again(portal: Bank) -> None:
    actor = somebody()
    opened = submitted(actor, FIRST)
    again = applications.reopen(actor, opened.reference)
    submission.submit(actor, again.reference, submission.offer(again).seal)
    assert claims_of(FIRST) == ["released", "held"]


def test_a_price_that_ran_out_holds_nobody_up(portal: Bank, clock: Clock) -> None:
    first, second = somebody(), somebody()
    submitted(first, FIRST)
    other = chosen(second, FIRST)
    clock.forward(days=1, hours=1)
    with pytest.raises(Conflict):
        submission.submit(second, other.reference, submission.offer(other).seal)
    clock.forward(hours=2)
    submission.submit(second, other.reference, submission.offer(other).seal)
    assert claims_of(FIRST) == ["released", "held"]


# --- Once it is paid -------------------------------------------------------------------------------------------------------------


def test_paying_completes_it_and_the_register_is_told_by_our_receipt(portal: Bank, municipality: Municipality) -> None:
    actor = somebody()
    opened = submitted(actor, FIRST, SECOND)
    paid(portal, actor, opened)
    assert state_of(opened) == State.COMPLETED and claims_of(FIRST) == ["paid"]
    work()
    receipt = Receipt.get()
    assert receipt.amount == Money(70_500)
    for number in (FIRST, SECOND):
        row = municipality.of(number)
        assert (row["state"], row["receipt"]) == ("paid", receipt.number)
        assert claims_of(number) == ["told"]
    assert AuditEntry.select().where(AuditEntry.action == "register.told").count() == 2
    assert not flags()
    assert_books_stand()


def test_killed_between_paying_and_telling_it_is_told_later_and_once(portal: Bank, municipality: Municipality) -> None:
    actor = somebody()
    paid(portal, actor, submitted(actor, FIRST))
    claim = RecordClaim.get()
    outside.registers[REGISTER].settle(FIRST, amount=claim.amount, receipt=Receipt.get().number, at=now())  # told, then killed
    assert claims_of(FIRST) == ["paid"]
    work()
    work()
    assert claims_of(FIRST) == ["told"] and not Refund.select().exists()


def test_a_silent_register_is_told_again_and_nobody_pays_it_meanwhile(
    portal: Bank, municipality: Municipality, clock: Clock
) -> None:
    actor, other = somebody(), somebody()
    paid(portal, actor, submitted(actor, FIRST))
    municipality.control(silent=True)
    work()
    assert claims_of(FIRST) == ["paid"]
    municipality.control(silent=False)
    second = chosen(other, FIRST)  # the register still lists it
    with pytest.raises(Conflict):
        submission.submit(other, second.reference, submission.offer(second).seal)
    clock.forward(minutes=6)
    work()
    assert claims_of(FIRST) == ["told"] and municipality.of(FIRST)["state"] == "paid"


def test_a_register_that_is_silent_for_a_day_is_shown_to_a_person_once(
    portal: Bank, municipality: Municipality, clock: Clock
) -> None:
    actor = somebody()
    paid(portal, actor, submitted(actor, FIRST))
    municipality.control(silent=True)
    for _each in range(3):
        work()
        clock.forward(hours=13)
    work()
    assert flags() == ["register-not-told"]


def test_what_was_paid_elsewhere_meanwhile_is_given_back_by_a_cashier(portal: Bank, municipality: Municipality) -> None:
    actor = somebody()
    opened = submitted(actor, FIRST, SECOND)
    uuid = at_the_bank(portal, actor, opened)
    municipality.control(number=SECOND, state="paid", receipt="AT-THE-COUNTER")
    tell(portal.decides(uuid))
    work()
    refund = Refund.get()
    assert (refund.amount, refund.state, refund.requested_by) == (Money(50_500), RefundState.REQUESTED, None)
    assert (claims_of(FIRST), claims_of(SECOND)) == (["told"], ["elsewhere"])
    assert flags() == ["paid-elsewhere"]
    assert ApplicationEvent.select().where(ApplicationEvent.kind == "paid-elsewhere").count() == 1
    told = Message.select().where(Message.template == "paid_elsewhere")
    assert {row.channel for row in told} == {"mail", "sms"}
    assert {row.context["paid"]["en"] for row in told} == {f"{SECOND} · A sign"}
    refunds.approve(a_cashier("municipality"), refund.key)
    work()
    assert Refund.get().state == RefundState.DONE and portal.holds == Money(20_000)
    assert_books_stand()


def test_money_that_arrives_after_somebody_else_was_let_in_is_given_back(
    portal: Bank, municipality: Municipality, clock: Clock
) -> None:
    first, second = somebody(), somebody()
    slow = submitted(first, FIRST)
    uuid = at_the_bank(portal, first, slow)
    clock.forward(days=1, hours=3)
    paid(portal, second, submitted(second, FIRST))
    tell(portal.decides(uuid))
    assert claims_of(FIRST) == ["late", "paid"]
    later()
    work()
    assert sorted(claims_of(FIRST)) in (["elsewhere", "told"],)
    assert Refund.select().count() == 1 and Receipt.select().count() == 2
    assert_books_stand()


def test_what_a_cashier_gave_back_already_is_not_owed_twice(portal: Bank, municipality: Municipality) -> None:
    actor = somebody()
    paid(portal, actor, submitted(actor, FIRST))
    attempt = PaymentAttempt.get()
    refunds.request(a_cashier("municipality"), attempt.uuid, Money(15_000), reason="asked at the counter", key="by-hand")
    municipality.control(number=FIRST, state="cancelled")
    work()
    assert [refund.amount for refund in Refund.select().order_by(Refund.id)] == [Money(15_000), Money(5_000)]


def test_two_workers_conclude_once(portal: Bank, municipality: Municipality) -> None:
    actor = somebody()
    paid(portal, actor, submitted(actor, FIRST))
    municipality.control(number=FIRST, state="paid", receipt="AT-THE-COUNTER")
    key = RecordClaim.get().id
    claims.tell({"claim": key})
    claims.tell({"claim": key})
    claims._conclude(key, False)
    assert Refund.select().count() == 1


# --- Objecting -------------------------------------------------------------------------------------------------------------------


def an_objection(actor: Actor, number: str = FIRST) -> Opened:
    opened = objections.begin(actor, searched(actor).reference, number)
    take(actor, opened, "request", subject=f"Objection to violation {number}", text="It was my neighbour's.")
    take(actor, opened, "papers")
    return submission.submit(actor, opened.reference, submission.offer(opened).seal)


def test_an_objection_is_a_request_free_of_charge_that_clerks_find_by_the_violation(portal: Bank) -> None:
    actor = somebody()
    begun = objections.begin(actor, searched(actor).reference, FIRST)
    assert begun.service.code == REQUEST
    again = objections.begin(actor, searched(actor).reference, FIRST)
    assert again.reference == begun.reference
    opened = an_objection(actor)
    assert state_of(opened) == State.IN_REVIEW
    assert opened.row.desk == "municipality.administration"
    assert not submission.offer(opened).quote.total
    assert opened.row.frozen["records"]["about"]["number"] == FIRST


def test_an_ordinary_request_costs_what_it_did(portal: Bank) -> None:
    actor = somebody()
    opened = applications.start(actor, REQUEST)
    take(actor, opened, "request", subject="The fig", text="It leans.")
    take(actor, opened, "papers")
    assert submission.offer(opened).quote.total == Money(2_000)


def test_an_objection_is_shown_and_hinders_nobody(portal: Bank) -> None:
    actor, other = somebody(), somebody()
    an_objection(actor)
    an_objection(other)  # two may object
    opened = searched(other)
    step = opened.service.step("violations")
    assert step
    records = answers.offered(other, opened, step)["violations"]
    assert claims.about(records) == {FIRST}
    paid(portal, other, submitted(other, FIRST))
    assert "paid" in claims_of(FIRST)


def test_an_objection_that_is_over_is_not_shown_any_more(portal: Bank) -> None:
    actor = somebody()
    opened = an_objection(actor)
    row = Application.get(Application.reference == opened.reference)
    row.closed_at = now()
    applications.advance(row, State.REFUSED)
    assert claims_of(FIRST) == ["released"]


def test_one_objects_to_what_one_found_or_paid_and_to_nothing_else(portal: Bank) -> None:
    actor = somebody()
    opened = submitted(actor, FIRST)
    assert [record.number for record in objections.open_to(actor, opened.reference).records] == [FIRST]
    with pytest.raises(NotFound):
        objections.begin(actor, opened.reference, NOBODYS)
    with pytest.raises(NotFound):
        objections.open_to(somebody(), opened.reference)
    with pytest.raises(NotFound):
        objections.open_to(actor, applications.start(actor, REQUEST).reference)


def test_every_service_that_finds_outside_names_one_that_takes_objections(portal: Bank) -> None:
    found = [
        field
        for service in catalogue.services.values()
        for step in service.steps
        for field in step.fields
        if isinstance(field, Found)
    ]
    assert found and all(field.objection in catalogue.services for field in found)
    assert fees.tariff(catalogue.services[SERVICE], dt.date(2026, 11, 22))[0].rate == 1000
