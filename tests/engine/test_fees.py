"""From fees to a price: what each kind of rule charges, on which day, and when nobody may be charged."""

import dataclasses
import datetime as dt
import json
from itertools import count
from typing import Any

import pytest

from engine.fees import Fee, Kind, Quote, Rule, Schedule, Unset
from engine.money import Money

DAY = dt.date(2026, 3, 19)
_ids = count(1)


def a_rule(code: str = "card", amount: int | None = 5_000, kind: Kind = Kind.FLAT, **given: Any) -> Rule:
    """A rule in force; amounts in baisa."""
    limits = {name: Money(given.pop(name)) if name in given else None for name in ("least", "most")}
    values: dict[str, Any] = {
        "id": next(_ids),
        "variant": "",
        "label": {"ar": "رسم", "en": code},
        "rate": 0,
        "threshold": 0,
        "of": "",
        "effective_from": dt.date(2018, 1, 1),
        "effective_to": None,
        "source": "a decree",
        "confirmed": True,
    }
    return Rule(code=code, amount=None if amount is None else Money(amount), kind=kind, **limits, **values | given)


def price(fee: Fee, *rules: Rule, day: dt.date = DAY) -> int:
    return Schedule(rules).quote([fee], day).total.baisa


@pytest.mark.parametrize(("quantity", "baisa"), [(0, 0), (1, 5_000), (3, 15_000)])
def test_a_flat_fee_is_charged_for_each(quantity: int, baisa: int):
    assert price(Fee("card", quantity=quantity), a_rule()) == baisa


@pytest.mark.parametrize(("metres", "baisa"), [(0, 0), (150, 0), (151, 200), (400, 50_000)])
def test_a_fee_per_unit_counts_only_what_is_above_the_threshold(metres: int, baisa: int):
    assert price(Fee("permit", quantity=metres), a_rule("permit", 200, Kind.PER_UNIT, threshold=150)) == baisa


@pytest.mark.parametrize(("rent", "baisa"), [(0, 0), (3_600_000, 108_000), (1, 0), (17, 1), (100_050, 3_002)])
def test_a_share_is_so_many_per_mille_of_its_base(rent: int, baisa: int):
    assert price(Fee("lease", base=Money(rent)), a_rule("lease", None, Kind.SHARE, rate=30)) == baisa


def test_a_multiple_is_so_many_per_mille_of_another_fee_and_of_what_that_one_is_a_share_of():
    lease, late = a_rule("lease", None, Kind.SHARE, rate=30), a_rule("late", None, Kind.MULTIPLE, rate=3_000, of="lease")
    assert price(Fee("late", base=Money(3_600_000)), late, lease) == 324_000
    assert price(Fee("late", quantity=2), a_rule("late", None, Kind.MULTIPLE, rate=500, of="card"), a_rule()) == 5_000


def test_a_multiple_of_a_fee_nobody_has_set_is_not_set_either():
    late = a_rule("late", None, Kind.MULTIPLE, rate=3_000, of="lease")
    with pytest.raises(Unset, match="lease"):
        price(Fee("late"), late, a_rule("lease", None, Kind.SHARE))
    with pytest.raises(Unset):
        price(Fee("late"), late)


@pytest.mark.parametrize(("days", "baisa"), [(1, 1_000), (29, 1_000), (30, 5_000), (31, 5_000), (365, 20_000)])
def test_a_tier_is_the_amount_of_the_highest_step_reached(days: int, baisa: int):
    tiers = [
        a_rule("late", amount, Kind.TIER, threshold=threshold) for threshold, amount in ((90, 20_000), (1, 1_000), (30, 5_000))
    ]
    assert price(Fee("late", quantity=days), *tiers) == baisa


def test_below_the_first_tier_there_is_no_price():
    with pytest.raises(Unset):
        price(Fee("late", quantity=0), a_rule("late", 1_000, Kind.TIER, threshold=1))


def test_half_a_fee_is_half_of_what_the_schedule_says():
    assert price(Fee("card", share=(6, 12)), a_rule(amount=25_000)) == 12_500
    assert price(Fee("card", share=(6, 12)), a_rule(amount=25_001)) == 12_501


@pytest.mark.parametrize(("rent", "baisa"), [(10_000, 1_000), (100_000, 3_000), (10_000_000, 50_000)])
def test_a_fee_stays_between_its_least_and_its_most(rent: int, baisa: int):
    rule = a_rule("lease", None, Kind.SHARE, rate=30, least=1_000, most=50_000)
    assert price(Fee("lease", base=Money(rent)), rule) == baisa


def test_a_variant_has_its_own_rule_else_the_general_one():
    rules = a_rule(amount=1_000), a_rule(amount=25_000, variant="fourth")
    assert price(Fee("card", variant="fourth"), *rules) == 25_000
    assert price(Fee("card", variant="first"), *rules) == 1_000
    assert price(Fee("card"), *rules) == 1_000


@pytest.mark.parametrize(
    "rules",
    [
        [],
        [a_rule("other")],
        [a_rule(amount=None)],
        [a_rule(amount=None, kind=Kind.PER_UNIT)],
        [a_rule(amount=5_000, kind=Kind.SHARE, rate=0)],
        [a_rule(variant="first")],
        [a_rule(amount=1_000), a_rule(amount=None, variant="fourth")],  # its own row is unset: the general one does not stand in
    ],
    ids=["no schedule", "another fee", "no amount", "no unit price", "no rate", "another variant", "own variant unset"],
)
def test_a_fee_nobody_has_set_is_refused_and_nothing_is_charged(rules: list[Rule]):
    with pytest.raises(Unset, match="Nothing was charged") as refused:
        Schedule(tuple(rules)).quote([Fee("card", variant="fourth")], DAY)
    assert refused.value.message.values == {"fee": "card/fourth"}


def test_a_fee_set_to_nothing_is_free_and_not_unset():
    assert price(Fee("card"), a_rule(amount=0)) == 0


@pytest.mark.parametrize(
    ("day", "baisa"),
    [("2018-01-01", 4_000), ("2025-12-31", 4_000), ("2026-01-01", 5_000), ("2026-06-30", 5_000), ("2026-07-01", 6_000), ("2030-01-01", 6_000)],
)  # fmt: skip
def test_the_version_of_the_day_decides(day: str, baisa: int):
    versions = [("2018-01-01", "2026-01-01", 4_000), ("2026-01-01", "2026-07-01", 5_000), ("2026-07-01", None, 6_000)]
    rules = [
        a_rule(amount=amount, effective_from=dt.date.fromisoformat(start), effective_to=end and dt.date.fromisoformat(end))
        for start, end, amount in versions
    ]
    assert price(Fee("card"), *rules, day=dt.date.fromisoformat(day)) == baisa
    assert [rule.amount for rule in Schedule(tuple(rules)).variants("card", dt.date.fromisoformat(day))] == [Money(baisa)]


def test_before_the_first_version_there_is_no_price():
    with pytest.raises(Unset):
        price(Fee("card"), a_rule(), day=dt.date(2017, 12, 31))


def test_after_the_last_version_there_is_no_price():
    with pytest.raises(Unset):
        price(Fee("card"), a_rule(effective_to=DAY))


def test_a_quote_lists_each_fee_with_its_rule_and_adds_up():
    first, second = a_rule("first", 25_000), a_rule("second", 12_500)
    quote = Schedule((first, second)).quote([Fee("first"), Fee("second", quantity=2)], DAY)
    assert [(line.fee, line.rule, line.quantity, line.amount) for line in quote.lines] == [
        ("first", first.id, 1, Money(25_000)),
        ("second", second.id, 2, Money(25_000)),
    ]
    assert [line.label for line in quote.lines] == [{"ar": "رسم", "en": "first"}, {"ar": "رسم", "en": "second"}]
    assert (quote.total, quote.day) == (Money(50_000), DAY)


def test_a_quote_of_nothing_costs_nothing():
    assert Schedule(()).quote([], DAY).total == Money(0)


def test_one_unset_fee_spoils_the_whole_quote():
    with pytest.raises(Unset, match="missing"):
        Schedule((a_rule(),)).quote([Fee("card"), Fee("missing")], DAY)


def test_a_quote_cannot_be_changed():
    quote = Schedule((a_rule(),)).quote([Fee("card")], DAY)
    for thing, name in ((quote, "lines"), (quote, "day"), (quote.lines[0], "amount")):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(thing, name, None)


def test_a_quote_kept_on_a_bill_comes_back_the_same():
    quote = Schedule((a_rule(amount=1_250_005),)).quote([Fee("card", quantity=3, share=(1, 2))], DAY)
    kept = json.loads(json.dumps(quote.frozen(), ensure_ascii=False))
    assert Quote.thaw(kept) == quote
    assert kept["lines"][0]["baisa"] == quote.total.baisa == 1_875_008


# --- Being late --------------------------------------------------------------------------------------------------------------------

ENDED = dt.date(2026, 1, 31)  # a Saturday


def late(fee: Fee, rule: Rule, day: dt.date, *off: dt.date) -> Quote:
    return Schedule((rule,), closed=lambda each: each in off).quote([fee], day)


def monthly(grace: int = 30) -> Rule:
    return a_rule("late", 5_000, Kind.LATE_MONTHS, threshold=grace)


@pytest.mark.parametrize(
    ("since", "day", "months"),
    [
        (ENDED, ENDED, 0),  # the last day
        (ENDED, dt.date(2026, 3, 2), 0),  # the last day of grace
        (ENDED, dt.date(2026, 3, 3), 1),
        (ENDED, dt.date(2026, 4, 2), 1),
        (ENDED, dt.date(2026, 4, 3), 2),  # a month later to the day: the second has begun
        (ENDED, dt.date(2027, 3, 3), 13),
        (dt.date(2024, 1, 30), dt.date(2024, 2, 29), 0),  # grace ends on the leap day
        (dt.date(2024, 1, 30), dt.date(2024, 3, 1), 1),
        (dt.date(2023, 12, 31), dt.date(2024, 2, 28), 1),  # late from 31 January: its month is over on the last of February
        (dt.date(2023, 12, 31), dt.date(2024, 2, 29), 2),
        (dt.date(2023, 12, 31), dt.date(2024, 3, 30), 2),
        (dt.date(2023, 12, 31), dt.date(2024, 3, 31), 3),
    ],
)
def test_every_month_begun_after_the_grace_is_fined(since: dt.date, day: dt.date, months: int):
    assert late(Fee("late", since=since), monthly(), day).total.baisa == 5_000 * months


def test_grace_that_would_end_on_days_off_ends_with_the_next_working_day():
    eid = [dt.date(2026, 3, day) for day in (2, 3, 4, 5)]
    schedule = Schedule((monthly(),), closed=lambda day: day in eid)
    assert schedule.late_from(ENDED, 30) == dt.date(2026, 3, 7)
    assert late(Fee("late", since=ENDED), monthly(), dt.date(2026, 3, 6), *eid).lines == ()
    assert late(Fee("late", since=ENDED), monthly(), dt.date(2026, 3, 7), *eid).total.baisa == 5_000


def test_a_fine_that_is_charged_once_does_not_grow():
    once = a_rule("late", 10_000, Kind.LATE, threshold=30)
    assert [late(Fee("late", since=ENDED), once, dt.date(2026, month, 3)).total.baisa for month in (2, 3, 4, 12)] == [
        0,
        10_000,
        10_000,
        10_000,
    ]


def test_what_was_fined_before_is_not_fined_again():
    once, today = a_rule("late", 10_000, Kind.LATE, threshold=30), dt.date(2026, 6, 10)
    paid = dt.date(2026, 4, 20)
    assert late(Fee("late", since=ENDED, fined=paid), monthly(), today).total.baisa == 5_000 * (4 - 2)
    assert late(Fee("late", since=ENDED, fined=today), monthly(), today).lines == ()
    assert late(Fee("late", since=ENDED, fined=paid), once, today).lines == ()
    before = dt.date(2026, 1, 5)  # a fine of the year before
    assert late(Fee("late", since=ENDED, fined=before), once, today).total.baisa == 10_000
    assert late(Fee("late", since=ENDED, fined=before), monthly(), today).total.baisa == 20_000


def test_its_line_says_since_when_and_how_it_is_counted():
    (line,) = late(Fee("late", since=ENDED), monthly(), dt.date(2026, 5, 20)).lines
    assert line.fine
    assert line.note is not None
    assert line.note.values == {"day": dt.date(2026, 3, 3), "num": 3, "amount": Money(5_000)}  # type: ignore[union-attr]


def test_what_is_not_late_has_no_line_and_what_costs_nothing_has_one():
    assert late(Fee("late", since=ENDED), monthly(), ENDED).lines == ()
    assert len(Schedule((a_rule(amount=0),)).quote([Fee("card")], DAY).lines) == 1
