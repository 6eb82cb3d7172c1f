"""Proposals of fees: written by one administrator, decided by another, counting from their day. Nothing that stands is edited."""

import datetime as dt

import pytest

from engine.actor import Actor
from engine.errors import Conflict, NotAllowed, NotFound, Refusal
from engine.fees import Fee
from engine.money import Money
from models import AuditEntry, Bill, FeeChange, FeeProposal, FeeRule, ProposalState
from operations import fee_proposals, fees
from operations.now import set_business_day, today
from tests.support.administrators import an_administrator
from tests.support.builders import a_person, signed_in
from tests.support.renewals import a_submitted_renewal, an_owner

pytestmark = pytest.mark.usefixtures("rules")
SOON = dt.timedelta(days=10)


def rule_of(code: str = "chamber.first-year", variant: str = "fourth") -> int:
    return int(FeeRule.get((FeeRule.code == code) & (FeeRule.variant == variant) & FeeRule.effective_to.is_null()).id)


def a_proposal(actor: Actor, amount: int = 30, days: int = 10, rule: int | None = None) -> int:
    number = fee_proposals.begin(actor, "chamber")
    write(actor, number, rule or rule_of(), amount, days)
    fee_proposals.propose(actor, number)
    return number


def write(actor: Actor, number: int, rule: int, amount: int, days: int = 10) -> None:
    day = today() + dt.timedelta(days=days)
    fee_proposals.change(actor, number, rule, amount=Money.rials(amount), rate=None, effective_from=day, source="decision 12")


def price(days: int) -> Money | None:
    return fees.schedule().rule(Fee("chamber.first-year", "fourth"), today() + dt.timedelta(days=days)).amount


def test_it_counts_from_its_day_once_a_second_administrator_approved_it() -> None:
    first, second = an_administrator(), an_administrator("chamber")
    number, before = a_proposal(first), rule_of()
    assert price(10) == Money.rials(25)
    fee_proposals.approve(second, number)
    assert (price(9), price(10)) == (Money.rials(25), Money.rials(30))
    old, new = FeeRule.get_by_id(before), FeeRule.get_by_id(rule_of())
    assert (old.amount, old.effective_to, old.source) == (Money.rials(25), today() + SOON, old.source)
    assert (new.label, new.kind, new.confirmed, new.source) == (old.label, old.kind, True, "decision 12")
    assert [entry.action for entry in AuditEntry.select().where(AuditEntry.subject == f"fee-proposal:{number}")] == [
        "fees.proposal-begun",
        "fees.proposed",
        "fees.approved",
    ]


def test_nobody_decides_what_they_proposed() -> None:
    first = an_administrator()
    number = a_proposal(first)
    for decide in (lambda: fee_proposals.approve(first, number), lambda: fee_proposals.reject(first, number, "no")):
        with pytest.raises(Refusal, match="Another administrator decides"):
            decide()
    assert price(10) == Money.rials(25)


def test_what_was_decided_stays_decided_and_a_rejection_says_why() -> None:
    first, second = an_administrator(), an_administrator()
    number = a_proposal(first)
    with pytest.raises(Refusal, match="Write why"):
        fee_proposals.reject(second, number, " ")
    fee_proposals.reject(second, number, "The decree is not published")
    for again in (
        lambda: fee_proposals.approve(second, number),
        lambda: fee_proposals.reject(second, number, "no"),
        lambda: fee_proposals.withdraw(first, number),
    ):
        with pytest.raises(Conflict, match="meanwhile"):
            again()
    seen = fee_proposals.of(first, number)
    assert (seen.state, seen.reason, seen.decided_by) == (
        ProposalState.REJECTED,
        "The decree is not published",
        "Salim Al-Harthy",
    )
    assert price(10) == Money.rials(25)


def test_a_draft_waits_for_its_writer_and_cannot_be_approved() -> None:
    first, second = an_administrator(), an_administrator()
    number = fee_proposals.begin(first, "chamber")
    with pytest.raises(Refusal, match="at least one change"):
        fee_proposals.propose(first, number)
    write(first, number, rule_of(), 30)
    write(first, number, rule_of(), 31)
    assert [line.change.amount for line in fee_proposals.of(second, number).lines] == [Money.rials(31)]
    for act in (
        lambda: write(second, number, rule_of(), 1),
        lambda: fee_proposals.propose(second, number),
        lambda: fee_proposals.withdraw(second, number),
        lambda: fee_proposals.drop(second, number, FeeChange.get().id),
    ):
        with pytest.raises(NotFound):
            act()
    with pytest.raises(Conflict):
        fee_proposals.approve(second, number)
    fee_proposals.drop(first, number, FeeChange.get().id)
    assert fee_proposals.of(first, number).lines == ()


def test_what_was_handed_over_is_not_changed_any_more() -> None:
    first = an_administrator()
    number = a_proposal(first)
    for act in (lambda: write(first, number, rule_of(), 1), lambda: fee_proposals.propose(first, number)):
        with pytest.raises(Conflict, match="handed over"):
            act()
    fee_proposals.withdraw(first, number)
    assert FeeProposal.get().state == ProposalState.WITHDRAWN


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"amount": None}, "amount"),
        ({"amount": Money(-1)}, "amount"),
        ({"source": " "}, "source"),
        ({"effective_from": today()}, "effective_from"),
        ({"effective_from": dt.date(2018, 1, 1)}, "effective_from"),
    ],
)
def test_a_change_needs_an_amount_a_source_and_a_coming_day(values: dict, field: str) -> None:
    first = an_administrator()
    number = fee_proposals.begin(first, "chamber")
    good = {"amount": Money(1), "rate": None, "effective_from": today() + SOON, "source": "x"}
    with pytest.raises(Refusal) as refused:
        fee_proposals.change(first, number, rule_of(), **good | values)
    assert refused.value.field == field


def test_a_rate_is_changed_as_a_rate() -> None:
    rule = FeeRule.create(
        code="chamber.share", label={"ar": "ن", "en": "s"}, kind="share", rate=30, effective_from="2020-01-01", source="x"
    )
    first, second = an_administrator(), an_administrator()
    number, day = fee_proposals.begin(first, "chamber"), today() + SOON
    with pytest.raises(Refusal, match="per thousand"):
        fee_proposals.change(first, number, rule.id, amount=Money(5), rate=None, effective_from=day, source="x")
    fee_proposals.change(first, number, rule.id, amount=Money(5), rate=50, effective_from=day, source="x")
    fee_proposals.propose(first, number)
    fee_proposals.approve(second, number)
    new = FeeRule.get((FeeRule.code == "chamber.share") & FeeRule.effective_to.is_null())
    assert (new.rate, new.amount) == (50, None)


def test_of_two_proposals_for_one_fee_the_second_comes_too_late() -> None:
    first, second = an_administrator(), an_administrator()
    one, other = a_proposal(first, 30), a_proposal(second, 40)
    fee_proposals.approve(second, one)
    with pytest.raises(Conflict, match="was changed meanwhile"):
        fee_proposals.approve(first, other)
    assert price(10) == Money.rials(30)
    assert FeeProposal.get_by_id(other).state == ProposalState.PROPOSED


def test_a_proposal_whose_day_has_come_is_not_approved_any_more() -> None:
    first, second = an_administrator(), an_administrator()
    number = a_proposal(first, days=1)
    set_business_day(today() + dt.timedelta(days=1))
    with pytest.raises(Refusal, match="from tomorrow on"):
        fee_proposals.approve(second, number)


def test_an_open_bill_stays_as_it_was() -> None:
    _account, owner = an_owner()
    a_submitted_renewal(owner, 12)
    owed = Bill.get().total
    first, second = an_administrator(), an_administrator()
    fee_proposals.approve(second, a_proposal(first, 99, days=1))
    set_business_day(today() + dt.timedelta(days=1))
    assert Bill.get().total == owed
    assert price(0) == Money.rials(99)


def test_the_preview_prices_the_services_own_samples() -> None:
    first = an_administrator()
    number = fee_proposals.begin(first, "chamber")
    write(first, number, rule_of(), 30)
    write(first, number, rule_of("chamber.first-year", "third"), 50)
    told = {
        str(effect.sample): (effect.before, effect.after, effect.difference)
        for effect in fee_proposals.effects(fee_proposals.of(first, number))
    }
    rials = Money.rials
    assert told["Fourth grade: One year"] == (rials(25), rials(30), rials(5))
    assert told["Fourth grade: Two years"] == (rials(50), rials(55), rials(5))
    assert told["Fourth grade: one year, after two years lapsed"] == (rials(75), rials(80), rials(5))
    assert told["Third grade: One year"] == (None, None, None)  # its old debit is not set
    assert told["First grade: One year"] == (None, None, None)


def test_each_administrator_has_the_fees_of_their_authorities() -> None:
    theirs, other = an_administrator("chamber"), an_administrator("municipality")
    number = a_proposal(theirs)
    assert [row.id for row in fee_proposals.page(theirs)[0]] == [number]
    assert fee_proposals.page(other) == ([], None)
    for act in (
        lambda: fee_proposals.of(other, number),
        lambda: fee_proposals.approve(other, number),
        lambda: fee_proposals.begin(other, "chamber"),
        lambda: fee_proposals.begin(other, "nowhere"),
        lambda: fee_proposals.changeable(other, "chamber"),
        lambda: fee_proposals.of(theirs, 404),
    ):
        with pytest.raises(NotFound):
            act()
    stranger = fee_proposals.begin(other, "municipality")
    with pytest.raises(NotFound):
        write(other, stranger, rule_of(), 1)  # a fee of the chamber
    with pytest.raises(NotAllowed):
        fee_proposals.of(signed_in(a_person()), number)


def test_proposals_are_read_page_by_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fee_proposals, "PAGE", 2)
    first = an_administrator()
    made = [fee_proposals.begin(first, "chamber") for _ in range(3)]
    rows, onwards = fee_proposals.page(first)
    assert [row.id for row in rows] == made[:0:-1]
    assert ([row.id for row in fee_proposals.page(first, onwards)[0]], fee_proposals.page(first, onwards)[1]) == ([made[0]], None)
