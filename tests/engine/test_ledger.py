"""Double entry: whatever happens to money, the postings sum to zero."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import ledger
from engine.fees import Line
from engine.ledger import Posting
from engine.money import Money

AMOUNTS = st.integers(-(10**12), 10**12)


def a_line(baisa: int, fee: str = "chamber.first-year") -> Line:
    return Line({"ar": "رسم", "en": "Fee"}, fee, 1, 1, Money(baisa))


def test_a_capture_owes_us_the_total_and_earns_each_line():
    lines = [a_line(25_000), a_line(12_500, "chamber.second-year"), a_line(0, "chamber.old-debit")]
    assert ledger.capture("clearing:bank:live", "chamber", lines) == [
        Posting("clearing:bank:live", Money(37_500)),
        Posting("income:chamber:chamber.first-year", Money(-25_000)),
        Posting("income:chamber:chamber.second-year", Money(-12_500)),
    ]


@given(st.lists(st.integers(1, 10**12), min_size=1, max_size=9))
def test_every_capture_balances(amounts: list[int]):
    postings = ledger.capture("clearing:bank:test", "chamber", [a_line(baisa) for baisa in amounts])
    assert sum(posting.amount.baisa for posting in postings) == 0
    assert postings[0].amount.baisa == sum(amounts)


def test_a_deposit_is_held_not_earned_and_goes_back_whole():
    lines = [a_line(70_000), replace(a_line(300_000), deposit=True)]
    taken = ledger.capture("clearing:bank:live", "chamber", lines)
    moved = [*taken, *ledger.owe("chamber", Money(300_000)), *ledger.transfer("chamber", Money(300_000))]
    balances: dict[str, int] = {}
    for posting in moved:
        balances[posting.account] = balances.get(posting.account, 0) + posting.amount.baisa
    assert balances == {
        "clearing:bank:live": 370_000,
        "income:chamber:chamber.first-year": -70_000,
        "deposits:chamber": 0,
        "payable:chamber": 0,
        "transferred:chamber": -300_000,
    }


def test_stray_money_is_held_apart_and_given_back_without_a_trace_of_income():
    moved = ledger.stray("bank", "test", Money(50_000)) + ledger.give_back("bank", "test", Money(50_000), ledger.SUSPENSE)
    balances: dict[str, int] = {}
    for posting in moved:
        balances[posting.account] = balances.get(posting.account, 0) + posting.amount.baisa
    assert balances == {"clearing:bank:test": 0, "suspense": 0}


def test_test_money_and_live_money_never_share_an_account():
    assert ledger.clearing("bank", "test") != ledger.clearing("bank", "live")
    assert ledger.income("chamber", "a") != ledger.income("municipality", "a")


@pytest.mark.parametrize(
    "amounts", [[1], [1, 1], [5, -4], [5, -5, 0], [0, 0]], ids=["alone", "same side", "short", "a line of nothing", "nothing"]
)
def test_postings_that_do_not_balance_are_refused(amounts: list[int]):
    with pytest.raises(ValueError, match="sum to zero"):
        ledger.balanced([Posting("a", Money(baisa)) for baisa in amounts])


def test_a_bill_of_nothing_has_no_journal():
    with pytest.raises(ValueError):
        ledger.capture("clearing:bank:live", "chamber", [a_line(0)])


@given(AMOUNTS.filter(bool))
def test_giving_back_is_the_mirror_of_taking(baisa: int):
    taken, given_back = ledger.stray("b", "test", Money(baisa)), ledger.give_back("b", "test", Money(baisa), ledger.SUSPENSE)
    assert {(p.account, p.amount) for p in given_back} == {(p.account, -p.amount) for p in taken}
