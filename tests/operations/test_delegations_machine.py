"""Delegations driven at random: asked, agreed, acted by, filed under, ended, run out, offices blocked, operators who move on, in any order.

Beside the portal runs a model of who has agreed to what. After every step each operator makes a request: what they see is what their office
filed for that customer under a consent in force for that service, and nothing else. The customer always sees all of their own.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test
from peewee import Database, SqliteDatabase

from engine.actor import Actor
from engine.errors import NotAllowed, NotFound
from models import (
    Account,
    CodeSent,
    Delegation,
    IdentifierType,
    Office,
    OneTimeCode,
    Operator,
    Session,
)
from operations import acting, applications, delegations, identifiers, offices, secrets, sessions
from operations.now import now, set_business_day
from tests.operations.test_payments_machine import emptied
from tests.support.builders import a_person
from tests.support.offices import an_office

ADDRESS = "192.0.2.7"
SERVICES = ("municipality.general-request", "trial.parking")
START = dt.date(2026, 3, 1)
OFFICES, PER_OFFICE, CUSTOMERS = 2, 2, 2
WORKERS, MOVABLE = OFFICES * PER_OFFICE, 2  # the last two are heads of nothing and may move on
A_CUSTOMER, AN_OFFICE = st.integers(0, CUSTOMERS - 1), st.integers(0, OFFICES - 1)
A_WORKER = st.integers(0, WORKERS - 1)
SCOPES = st.sampled_from([(), SERVICES, SERVICES[:1], SERVICES[1:]])
ANY = st.integers(0, 59)


@dataclass
class Given:
    """A delegation as the model knows it."""

    id: int
    office: int
    customer: int
    services: tuple[str, ...]
    until: dt.date
    agreed: bool = False
    over: bool = False  # ended, replaced, withdrawn
    lapsed: bool = False  # asked a week ago and not answered


@dataclass(frozen=True)
class Filed:
    reference: str
    account: int  # row id
    office: int | None
    service: str


class Delegations(RuleBasedStateMachine):
    """What is shared by all runs is set by the test; `fresh` is a quick way back to people alone."""

    fresh: Callable[[], None]
    customers: list[Account]
    workers: list[Account]  # a head for each office, then who may move
    tokens: dict[int, str]

    @initialize(services=SCOPES)
    def an_office_acts_for_a_customer(self, services: tuple[str, ...]) -> None:
        type(self).fresh()
        Session.update(delegation=None).execute()
        self.offices = [an_office() for _ in range(OFFICES)]
        for number, account in enumerate(self.workers):
            Operator.create(office=self.offices[number % OFFICES], account=account, head=number < OFFICES, since=now())
        self.day = START
        set_business_day(self.day)
        self.given: list[Given] = []
        self.filed: list[Filed] = []
        self.blocked: set[int] = set()
        self.works: dict[int, int | None] = {number: number % OFFICES for number in range(WORKERS)}
        self.acts: dict[int, Given | None] = dict.fromkeys(range(WORKERS))
        self.asks(0, 0, services, 30)
        self.agrees(0, 0)
        for worker in (0, OFFICES):
            self.begins_to_act(0, worker)
            self.files(worker, SERVICES[0])

    # --- The model

    def waits(self, given: Given) -> bool:
        return not (given.agreed or given.over or given.lapsed) and given.until >= self.day

    def stands(self, given: Given) -> bool:
        return given.agreed and not given.over and given.until >= self.day and given.office not in self.blocked

    def may_act(self, worker: int, given: Given) -> bool:
        return self.stands(given) and self.works[worker] == given.office

    def at_work(self, worker: int) -> bool:
        return self.works[worker] is not None and self.works[worker] not in self.blocked

    def agreed(self, given: Given) -> None:
        for older in self.given:
            if older.agreed and (older.office, older.customer) == (given.office, given.customer):
                older.over = True
        given.agreed = True

    def one(self, which: int) -> Given:
        return self.given[which % len(self.given)]

    # --- Who asks for something now, as a request finds them

    def worker(self, number: int) -> Actor:
        return self.actor(self.workers[number])

    def customer(self, number: int) -> Actor:
        return self.actor(self.customers[number])

    def actor(self, account: Account) -> Actor:
        found = sessions.actor_of(self.tokens[account.id], "en")
        assert found
        return found

    # --- What offices do

    @rule(worker=A_WORKER, customer=A_CUSTOMER, services=SCOPES, days=st.sampled_from([0, 2, 30]))
    def asks(self, worker: int, customer: int, services: tuple[str, ...], days: int) -> None:
        CodeSent.delete().execute()  # how often one may ask is another test's
        until = self.day + dt.timedelta(days=days)
        with only_if(self.at_work(worker), NotAllowed):
            email = identifiers.value_of(self.customers[customer], IdentifierType.EMAIL)
            row = delegations.ask(self.worker(worker), IdentifierType.EMAIL, email, services, until, address=ADDRESS)
            for earlier in self.given:
                if self.waits(earlier) and (earlier.office, earlier.customer) == (self.works[worker], customer):
                    earlier.over = True
            self.given.append(Given(row.id, self.works[worker] or 0, customer, services, until))

    @precondition(lambda self: self.given)
    @rule(which=ANY, worker=A_WORKER)
    def is_told_the_code(self, which: int, worker: int) -> None:
        given = self.one(which)
        challenge = OneTimeCode.get_by_id(Delegation.get_by_id(given.id).challenge)
        code = secrets.one_time_code(challenge.id, challenge.counter)
        right = self.at_work(worker) and self.waits(given) and self.works[worker] == given.office
        with only_if(right, NotAllowed, NotFound):
            delegations.by_code(self.worker(worker), given.id, code, address=ADDRESS)
            self.agreed(given)

    @precondition(lambda self: self.given)
    @rule(which=ANY, worker=A_WORKER)
    def gives_up(self, which: int, worker: int) -> None:
        given = self.one(which)
        with only_if(not given.over and self.at_work(worker) and self.works[worker] == given.office, NotFound):
            delegations.end(self.worker(worker), given.id, address=ADDRESS)
            given.over = True

    @precondition(lambda self: self.given)
    @rule(which=ANY, worker=A_WORKER)
    def begins_to_act(self, which: int, worker: int) -> None:
        given = self.one(which)
        with only_if(self.may_act(worker, given), NotFound):
            acting.begin(self.worker(worker), given.id)
            self.acts[worker] = given

    @precondition(lambda self: any(map(self.stands, self.given)))
    @rule(which=ANY, nth=ANY)
    def begins_to_act_where_it_may(self, which: int, nth: int) -> None:
        """So that a run does not spend itself on refusals."""
        standing = [given for given in self.given if self.stands(given)]
        given = standing[which % len(standing)]
        there = [worker for worker in self.works if self.works[worker] == given.office]
        acting.begin(self.worker(there[nth % len(there)]), given.id)
        self.acts[there[nth % len(there)]] = given

    @rule(worker=A_WORKER)
    def stops_acting(self, worker: int) -> None:
        acting.stop(self.worker(worker))
        self.acts[worker] = None

    @rule(worker=A_WORKER, service=st.sampled_from(SERVICES))
    def files(self, worker: int, service: str) -> None:
        """For whom they act, else for themselves."""
        given = self.acts[worker]
        with only_if(given is None or not given.services or service in given.services, NotFound):
            opened = applications.start_another(self.worker(worker), service)
            account = self.customers[given.customer] if given else self.workers[worker]
            self.filed.append(Filed(opened.reference, account.id, given.office if given else None, service))

    # --- What customers do

    @rule(customer=A_CUSTOMER, service=st.sampled_from(SERVICES))
    def files_alone(self, customer: int, service: str) -> None:
        opened = applications.start_another(self.customer(customer), service)
        self.filed.append(Filed(opened.reference, self.customers[customer].id, None, service))

    @precondition(lambda self: self.given)
    @rule(which=ANY, customer=A_CUSTOMER)
    def agrees(self, which: int, customer: int) -> None:
        given = self.one(which)
        with only_if(self.waits(given) and given.office not in self.blocked and given.customer == customer, NotFound):
            delegations.agree(self.customer(customer), given.id, address=ADDRESS)
            self.agreed(given)

    @rule(office=AN_OFFICE, customer=A_CUSTOMER, services=SCOPES)
    def agrees_to_something_else(self, office: int, customer: int, services: tuple[str, ...]) -> None:
        """In place of what stood; and somebody acts by it at once, where what was filed under the old one lies."""
        if office not in self.blocked:
            self.asks(office, customer, services, 30)
            self.agrees(len(self.given) - 1, customer)
            self.begins_to_act(len(self.given) - 1, office)

    @precondition(lambda self: self.given)
    @rule(which=ANY, customer=A_CUSTOMER)
    def ends(self, which: int, customer: int) -> None:
        given = self.one(which)
        with only_if(not given.over and given.customer == customer, NotFound):
            delegations.end(self.customer(customer), given.id, address=ADDRESS)
            given.over = True

    @precondition(lambda self: any(self.acts.values()))
    @rule(which=ANY)
    def ends_what_somebody_acts_by(self, which: int) -> None:
        used = [given for given in self.acts.values() if given and not given.over]
        if used:
            given = used[which % len(used)]
            self.ends(self.given.index(given), given.customer)

    # --- What else happens

    @rule(days=st.sampled_from([1, 3, 40]))
    def days_pass(self, days: int) -> None:
        self.day += dt.timedelta(days=days)
        set_business_day(self.day)

    @precondition(lambda self: self.given)
    @rule(which=ANY)
    def a_week_passes_without_an_answer(self, which: int) -> None:
        given = self.one(which)
        Delegation.update(created_at=now() - delegations.WAITS).where(Delegation.id == given.id).execute()
        given.lapsed = True

    @rule(office=AN_OFFICE)
    def an_office_is_blocked_or_opened_again(self, office: int) -> None:
        row = self.offices[office]
        if office in self.blocked:
            Office.update(blocked_at=None).where(Office.id == row.id).execute()
        else:
            offices.block(None, row.registration)
        self.blocked ^= {office}

    @rule(worker=st.integers(WORKERS - MOVABLE, WORKERS - 1))
    def an_operator_leaves(self, worker: int) -> None:
        at = self.works[worker]
        if at is not None and at not in self.blocked:
            row = Operator.get((Operator.account == self.workers[worker]) & Operator.ended_at.is_null())
            offices.end(self.worker(at), row.id)  # the head of office n is worker n
            self.works[worker] = self.acts[worker] = None
            for which in range(len(self.given)):
                self.begins_to_act(which, worker)

    @rule(worker=st.integers(WORKERS - MOVABLE, WORKERS - 1), office=AN_OFFICE)
    def an_operator_begins_elsewhere(self, worker: int, office: int) -> None:
        if self.works[worker] is None and office not in self.blocked:
            offices.add(self.worker(office), identifiers.value_of(self.workers[worker], IdentifierType.EMAIL))
            self.works[worker] = office

    # --- What must be true, at every operator's very next request

    @invariant()
    def an_operator_sees_what_their_office_filed_under_a_consent_in_force_and_nothing_else(self) -> None:
        for number, account in enumerate(self.workers):
            given = self.acts[number]
            if given and not self.may_act(number, given):
                given = self.acts[number] = None
            actor = self.actor(account)
            assert (actor.acting_for and actor.acting_for.delegation) == (given and given.id)
            self.sees(actor, {filed.reference for filed in self.filed if shown_to(filed, account.id, given, self.customers)})

    @invariant()
    def a_customer_sees_all_of_their_own(self) -> None:
        for account in self.customers:
            self.sees(self.actor(account), {filed.reference for filed in self.filed if filed.account == account.id})

    @invariant()
    def an_office_lists_who_has_agreed_and_nobody_else(self) -> None:
        for number in range(WORKERS):
            with only_if(self.at_work(number), NotAllowed):
                listed = {row.id for row in delegations.customers(self.worker(number))[0]}
                assert listed == {given.id for given in self.given if self.may_act(number, given)}

    def sees(self, actor: Actor, expected: set[str]) -> None:
        """In the list, and one by one: to read, and to change."""
        assert {row.reference for row in applications.all_of(actor)} == expected
        for filed in self.filed:
            for look in (applications.of, applications.lock):
                with only_if(filed.reference in expected, NotFound):
                    look(actor, filed.reference)


def shown_to(filed: Filed, account: int, given: Given | None, customers: list[Account]) -> bool:
    if given is None:
        return filed.account == account
    covered = not given.services or filed.service in given.services
    return filed.account == customers[given.customer].id and filed.office == given.office and covered


@contextmanager
def only_if(right: bool, *refused: type[Exception]) -> Iterator[None]:
    """What is done in here succeeds if `right`, else it is refused so."""
    if right:
        yield
    else:
        with pytest.raises(refused):
            yield


@pytest.mark.usefixtures("rules")
def test_an_operator_never_sees_more_than_was_agreed_to(database: Database) -> None:
    people: list[Any] = [a_person() for _ in range(WORKERS + CUSTOMERS)]
    Delegations.workers, Delegations.customers = people[:WORKERS], people[WORKERS:]
    Delegations.tokens = {account.id: sessions.begin(account, browser="Firefox", address=ADDRESS) for account in people}
    Delegations.fresh = staticmethod(emptied(database))
    examples, steps = (18, 30) if isinstance(database, SqliteDatabase) else (4, 25)
    try:
        run_state_machine_as_test(
            Delegations,
            settings=settings(
                max_examples=examples,
                stateful_step_count=steps,
                phases=[Phase.generate],  # a run is short enough to be read as it is
                deadline=None,
                database=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
    finally:
        set_business_day(None)
