"""Payments driven at random: posts late, twice, out of order or never; crashes anywhere; people who withdraw, change and pay again.

Beside the portal runs a model of what the bank did. After every step the books must stand; in the end, when everything was asked and
every refund sent, the money at the bank is the money in our books.
"""

import shutil
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test
from peewee import Database, SqliteDatabase

from engine.actor import Actor
from engine.errors import Conflict, Refusal, Unavailable
from engine.ledger import SUSPENSE, clearing
from engine.lifecycle import State
from engine.money import Money
from models import TABLES, Account, AttemptState, FeeRule, Identifier, PaymentAttempt, Refund, RefundState, Role, Session
from operations import applications, ledger, payments, refunds, submission
from tests.support.bank import Bank, tell, work
from tests.support.books import assert_books_stand
from tests.support.builders import Renewal, a_cashier, a_person, a_submitted_renewal, signed_in
from tests.support.clock import Clock

POINTS = (
    "ledger.post",
    "applications.paid",
    "counters.take",
    "documents.issue_receipt",
    "messages.tell",
    "refunds.owe",
    "audit.record",
)
# What this bank may still decide after what it has decided: a cancelled or charged checkout is over, a refused card may be followed by another.
NEXT = {
    "": ("ACCEPT", "ACCEPT", "REVIEW", "DECLINE", "ERROR", "CANCEL"),
    "DECLINE": ("ACCEPT", "CANCEL"),
    "ERROR": ("ACCEPT",),
    "REVIEW": ("ACCEPT", "DECLINE"),
}


ANY = st.integers(0, 59)  # which one of a list: what is drawn never depends on what happened
CHANNELS = st.sampled_from(["browser", "merchant"])
Item = TypeVar("Item")


def one_of(items: Sequence[Item], which: int) -> Item:
    return items[which % len(items)]


class Crash(Exception):
    pass


def crash(*_arguments: Any, **_options: Any) -> None:
    raise Crash


@dataclass
class Post:
    uuid: str
    decision: str
    body: bytes


class Payments(RuleBasedStateMachine):
    """What is shared by all runs is set by the test; `fresh` empties the tables of applications and money."""

    bank: Bank
    clock: Clock
    patch: pytest.MonkeyPatch
    applicant: Actor
    asker: Actor
    approver: Actor
    fresh: Callable[[], None]

    @initialize(how=ANY)
    def somebody_is_at_the_bank(self, how: int) -> None:
        type(self).fresh()
        self.posts: list[Post] = []
        self.opened: list[str] = []
        self.heard: set[str] = set()
        self.bank.sales.clear()
        self.bank.refunds.clear()
        self.bank.down = self.bank.slow = False
        self.renewal: Renewal = a_submitted_renewal(actor=self.applicant)
        self.others: list[Renewal] = []
        self.pays()
        self.the_bank_decides(0, how)

    # --- What the person does

    @rule()
    def pays(self) -> None:
        with suppress(Conflict):
            form = self.renewal.goes_to_pay()
            if form is None:  # under way with others, of which one was closed meanwhile
                return
            uuid = self.bank.opens(form)
            self.opened += [uuid] if uuid not in self.opened else []

    @precondition(lambda self: len(self.others) < 3)
    @rule()
    def submits_another_one(self) -> None:
        self.others.append(a_submitted_renewal(actor=self.applicant))

    @rule(all_but=ANY)
    def pays_several_together(self, all_but: int) -> None:
        """Those that wait for their payment, sometimes all but one."""
        waiting = [each.reference for each in (self.renewal, *self.others) if self.waits(each)]
        chosen = [reference for number, reference in enumerate(waiting) if number != all_but]
        with suppress(Conflict, Refusal):
            uuid = payments.begin_together(self.applicant, [(self.applicant, reference) for reference in chosen])
            if form := payments.checkout(self.applicant, uuid):
                self.opened += [uuid] if self.bank.opens(form) not in self.opened else []

    def waits(self, renewal: Renewal) -> bool:
        return applications.of(self.applicant, renewal.reference).state is State.TO_PAY

    @precondition(lambda self: self.others)
    @rule(which=ANY)
    def withdraws_one_of_the_others(self, which: int) -> None:
        with suppress(Conflict):
            applications.withdraw(self.applicant, one_of(self.others, which).reference)

    @rule()
    def withdraws(self) -> None:
        with suppress(Conflict):
            applications.withdraw(self.applicant, self.renewal.reference)
            self.renewal = a_submitted_renewal(actor=self.applicant)

    @rule()
    def changes_the_answers_and_submits_again(self) -> None:
        with suppress(Conflict):
            opened = applications.reopen(self.applicant, self.renewal.reference)
            submission.submit(self.applicant, opened.reference, submission.offer(opened).seal)

    @rule()
    def starts_another_once_this_one_is_paid(self) -> None:
        if applications.of(self.applicant, self.renewal.reference).state is State.COMPLETED:
            self.renewal = a_submitted_renewal(actor=self.applicant)

    @precondition(lambda self: self.opened)
    @rule(which=ANY)
    def asks_the_bank_now(self, which: int) -> None:
        with suppress(Unavailable):
            payments.ask_now(self.applicant, one_of(self.opened, which))

    # --- What the bank does

    @precondition(lambda self: self.opened)
    @rule(which=ANY, how=ANY)
    def the_bank_decides(self, which: int, how: int) -> None:
        uuid = one_of(self.opened, which)
        if choices := NEXT.get(self.bank.sales[uuid].decision):
            decision = one_of(choices, how)
            self.posts.append(Post(uuid, decision, self.bank.decides(uuid, decision)))

    @rule(down=st.booleans(), slow=st.booleans())
    def the_bank_is_away_or_slow(self, down: bool, slow: bool) -> None:
        self.bank.down, self.bank.slow = down, slow

    # --- What the network does

    @precondition(lambda self: self.posts)
    @rule(which=ANY, channel=CHANNELS)
    def a_post_arrives(self, which: int, channel: Any) -> None:
        """Any of them, in any order, as often as it likes."""
        post = one_of(self.posts, which)
        assert tell(post.body, channel) == post.uuid
        if post.decision == "ACCEPT":
            self.heard.add(post.uuid)

    @precondition(lambda self: self.posts)
    @rule(which=ANY, channel=CHANNELS, point=st.sampled_from(POINTS))
    def a_post_arrives_and_we_crash(self, which: int, channel: Any, point: str) -> None:
        post = one_of(self.posts, which)
        with self.patch.context() as patch:
            patch.setattr(f"operations.{point}", crash)
            with suppress(Crash):
                tell(post.body, channel)
                if post.decision == "ACCEPT":
                    self.heard.add(post.uuid)

    @precondition(lambda self: self.posts)
    @rule(which=ANY)
    def a_post_is_lost(self, which: int) -> None:
        self.posts.remove(one_of(self.posts, which))

    # --- What time and the worker do

    @rule(minutes=st.sampled_from([1, 3, 20, 61, 25 * 60]))
    def time_passes_and_the_worker_works(self, minutes: int) -> None:
        self.clock.forward(minutes=minutes)
        work()

    @rule(point=st.sampled_from(POINTS))
    def the_worker_crashes(self, point: str) -> None:
        self.clock.forward(minutes=3)
        with self.patch.context() as patch:
            patch.setattr(f"operations.{point}", crash)
            work()

    @rule()
    def a_cashier_approves(self) -> None:
        waiting = Refund.select().where(Refund.state == RefundState.REQUESTED).first()
        if waiting:
            refunds.approve(self.approver, waiting.key)

    @rule(baisa=st.integers(1, 30_000))
    def a_cashier_asks_for_part_of_a_payment(self, baisa: int) -> None:
        paid = (
            PaymentAttempt.select()
            .where(PaymentAttempt.state == AttemptState.CAPTURED)
            .order_by(PaymentAttempt.id.desc())
            .first()
        )
        if paid:
            with suppress(Refusal):
                refunds.request(self.asker, paid.uuid, Money(baisa), reason="test", key=f"r-{Refund.select().count()}")

    # --- What must be true

    @invariant()
    def the_books_stand(self) -> None:
        assert_books_stand()

    @invariant()
    def whoever_was_heard_to_be_charged_is_captured(self) -> None:
        leading = (PaymentAttempt.state == AttemptState.CAPTURED) & PaymentAttempt.leader.is_null()
        captured = {uuid for (uuid,) in PaymentAttempt.select(PaymentAttempt.uuid).where(leading).tuples()}
        charged = {uuid for uuid, sale in self.bank.sales.items() if sale.decision == "ACCEPT"}
        assert self.heard <= captured <= charged

    @invariant()
    def our_books_never_say_more_than_the_bank_has(self) -> None:
        assert self.bank.holds >= ledger.balance(clearing("cybersource", "test")) - on_its_way()

    def teardown(self) -> None:
        """In the end everything that can be known is known, and every refund approved and sent."""
        if not hasattr(self, "posts"):
            return
        self.bank.down = self.bank.slow = False
        for refund in Refund.select().where(Refund.state == RefundState.REQUESTED):
            refunds.approve(self.approver, refund.key)
        for _ in range(3):
            self.clock.forward(hours=25)
            work()
        for refund in Refund.select().where(Refund.state == RefundState.REQUESTED):
            refunds.approve(self.approver, refund.key)
        work()
        assert_books_stand()
        assert ledger.balance(clearing("cybersource", "test")) == self.bank.holds
        stray = [row for row in PaymentAttempt.select().where(PaymentAttempt.stray) if refunds.left_of(row)]
        assert not stray and ledger.balance(SUSPENSE) == Money(0)


def on_its_way() -> Money:
    """Given back by the bank, not yet booked by us."""
    open_ones = Refund.select().where(Refund.state.in_([RefundState.SENT, RefundState.UNKNOWN]))
    return sum((refund.amount for refund in open_ones), Money(0))


def test_whatever_happens_the_money_is_where_the_books_say(
    till: Bank, database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    Payments.bank, Payments.clock, Payments.patch = till, clock, monkeypatch
    Payments.applicant = signed_in(a_person(civil_number="55501234"))
    Payments.asker, Payments.approver = a_cashier(), a_cashier()
    Payments.fresh = staticmethod(emptied(database))
    examples, steps = (30, 25) if isinstance(database, SqliteDatabase) else (8, 20)
    run_state_machine_as_test(
        Payments,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            phases=[Phase.generate],  # a run is short enough to be read as it is; shrinking would take minutes
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def emptied(database: Database) -> Callable[[], None]:
    """A quick way back to this moment: people and fees, no application."""
    if isinstance(database, SqliteDatabase):
        path = Path(database.database)
        database.close()
        snapshot = shutil.copy(path, path.with_suffix(".snapshot"))

        def copy() -> None:
            database.close()
            shutil.copy(snapshot, path)
            database.connect()

        return copy
    kept = (Account, FeeRule, Identifier, Role, Session)
    deletes = "; ".join(f'DELETE FROM "{table._meta.table_name}"' for table in TABLES if table not in kept)
    unguarded = f"SET session_replication_role = replica; {deletes}; SET session_replication_role = origin"
    return lambda: database.execute_sql(unguarded)
