"""The day of an office: whose it is, what it holds, and what it says no more once the customer has gone."""

import datetime as dt

import pytest

from engine.actor import Actor
from engine.clock import MUSCAT
from engine.errors import NotAllowed
from engine.money import Money
from models import Account, Application, Delegation, Operator, PaymentAttempt
from operations import office_days, tills
from operations.now import now
from tests.support.bank import Bank, tell
from tests.support.builders import Renewal, a_cashier, a_person, a_submitted_renewal, signed_in
from tests.support.offices import acting_by, agreed, an_office, an_operator

TODAY = office_days.this_day
CIVIL = iter(range(8_400_000, 8_500_000))


def filed_by(operator: Actor, name: str = "Salim") -> Renewal:
    """Filed for a customer of their own, who has agreed; it waits for its money."""
    customer = a_person(first_name=name, civil_number=str(next(CIVIL)))
    office = Operator.get(Operator.account == operator.account).office
    return a_submitted_renewal(actor=acting_by(operator, agreed(office, customer, operator)))


def paid(bank: Bank, renewal: Renewal) -> None:
    tell(bank.decides(bank.opens(renewal.goes_to_pay())))


@pytest.fixture
def amal(till: Bank) -> Actor:
    return an_operator(an_office())


def colleague_of(operator: Actor, **person: object) -> Actor:
    return an_operator(Operator.get(Operator.account == operator.account).office, **person)


def references(told: office_days.Day) -> set[str]:
    return {line.reference for customer in told.customers for line in customer.lines}


def test_what_was_filed_and_paid_stands_by_customer_with_its_sums(till: Bank, amal: Actor) -> None:
    first, second = filed_by(amal, "Salim"), filed_by(amal, "Basma")
    paid(till, first)
    told = office_days.of(amal, TODAY())
    assert [customer.name for customer in told.customers] == ["Basma Al-Harthy", "Salim Al-Harthy"]
    assert (told.filed, told.paid, told.total) == (2, 1, Money(25_000))
    line = next(line for customer in told.customers for line in customer.lines if line.reference == first.reference)
    assert line.amount == Money(25_000) and line.receipt and line.filed_at and line.by == ["Amal Al-Harthy"]
    assert references(told) == {first.reference, second.reference}


def test_an_operator_sees_their_own_and_the_head_everybodys_and_another_office_nothing(till: Bank, amal: Actor) -> None:
    zahra, head = colleague_of(amal, first_name="Zahra"), colleague_of(amal, head=True)
    mine, hers = filed_by(amal), filed_by(zahra)
    paid(till, mine)
    paid(till, hers)
    assert references(office_days.of(amal, TODAY())) == {mine.reference}
    assert office_days.of(amal, TODAY()).total == Money(25_000)
    assert references(office_days.of(head, TODAY())) == {mine.reference, hers.reference}
    assert office_days.of(head, TODAY()).total == Money(50_000)
    assert office_days.of(an_operator(an_office(), head=True), TODAY()).customers == []


def test_what_one_filed_and_another_paid_is_on_both_days_of_theirs(till: Bank, amal: Actor) -> None:
    zahra, head = colleague_of(amal, first_name="Zahra"), colleague_of(amal, head=True)
    renewal = filed_by(amal)
    given = Delegation.get(Delegation.customer == renewal.actor.acting_for.account)
    paid(till, Renewal(acting_by(zahra, given), renewal.reference))
    assert (office_days.of(amal, TODAY()).filed, office_days.of(amal, TODAY()).paid) == (1, 0)
    assert (office_days.of(zahra, TODAY()).filed, office_days.of(zahra, TODAY()).paid) == (0, 1)
    told = office_days.of(head, TODAY())
    assert [line.by for line in told.customers[0].lines] == [["Amal Al-Harthy", "Zahra Al-Harthy"]]


def test_what_the_customer_paid_and_what_was_never_filed_by_it_is_not_the_offices(till: Bank, amal: Actor) -> None:
    renewal, other = filed_by(amal), filed_by(amal)
    customer = signed_in(Account.get_by_id(renewal.actor.acting_for.account))
    paid(till, Renewal(customer, renewal.reference))
    tills.take(a_cashier(), other.reference, "cash")
    alone = a_submitted_renewal(actor=customer)
    told = office_days.of(amal, TODAY())
    assert (told.filed, told.paid, told.total) == (2, 0, Money(0))
    assert not references(told) & {alone.reference}


@pytest.mark.parametrize(
    "gone",
    [
        {"revoked_at": now()},
        {"until": dt.date(2020, 1, 1)},
        {"services": ["municipality.general-request"]},
        {"consent": "", "consented_at": None},
    ],
)
def test_whose_it_was_is_said_only_while_the_office_may_act_for_them(gone: dict[str, object], till: Bank, amal: Actor) -> None:
    renewal = filed_by(amal)
    paid(till, renewal)
    Delegation.update(**gone).execute()
    told = office_days.of(amal, TODAY())
    assert [customer.name for customer in told.customers] == [None]
    assert told.total == Money(25_000), "its own books keep their sum"


def test_a_blocked_customer_is_not_named(till: Bank, amal: Actor) -> None:
    renewal = filed_by(amal)
    Account.update(blocked_at=now()).where(Account.id == renewal.actor.acting_for.account).execute()
    assert [customer.name for customer in office_days.of(amal, TODAY()).customers] == [None]


def test_a_day_is_a_day_in_muscat(till: Bank, amal: Actor) -> None:
    renewal = filed_by(amal)
    paid(till, renewal)
    day = TODAY()
    midnight = dt.datetime.combine(day, dt.time(), MUSCAT)
    for moment, found in (
        (midnight, True),
        (midnight - dt.timedelta(seconds=1), False),
        (midnight + dt.timedelta(days=1), False),
    ):
        Application.update(submitted_at=moment).where(Application.reference == renewal.reference).execute()
        PaymentAttempt.update(updated_at=moment).execute()
        told = office_days.of(amal, day)
        assert bool(told.filed) is found and bool(told.paid) is found, moment


def test_who_works_for_no_office_has_no_day(till: Bank, amal: Actor) -> None:
    Operator.update(ended_at=now()).where(Operator.account == amal.account).execute()
    for nobody in (amal, signed_in(a_person()), a_cashier()):
        with pytest.raises(NotAllowed):
            office_days.of(nobody, TODAY())
