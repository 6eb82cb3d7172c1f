"""Money: whole baisa, written and read in both languages without losing one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.money import Money

BIG = st.integers(min_value=-(10**15), max_value=10**15)


@pytest.mark.parametrize("locale", ["ar", "en"])
@pytest.mark.parametrize("sign", [1, -1])
def test_every_baisa_to_a_hundred_rials_reads_back_as_it_was_written(locale: str, sign: int):
    wrong = [baisa for baisa in range(100_001) if Money.parse(Money(sign * baisa).format(locale)).baisa != sign * baisa]
    assert wrong == []


@given(BIG, st.sampled_from(["ar", "en"]))
def test_any_amount_reads_back_as_it_was_written(baisa: int, locale: str):
    assert Money.parse(Money(baisa).format(locale)) == Money(baisa)
    assert Money.parse(Money(baisa).plain()) == Money(baisa)


@given(st.text(max_size=30))
def test_nothing_typed_can_do_more_than_be_refused(typed: str):
    try:
        Money.parse(typed)
    except ValueError:
        pass


@pytest.mark.parametrize(
    ("baisa", "english", "arabic", "plain"),
    [
        (0, "OMR\u00a00.000", "٠٫٠٠٠\u00a0ر.ع.\u200f", "0.000"),
        (50_000, "OMR\u00a050.000", "٥٠٫٠٠٠\u00a0ر.ع.\u200f", "50.000"),
        (1_250_005, "OMR\u00a01,250.005", "١٬٢٥٠٫٠٠٥\u00a0ر.ع.\u200f", "1250.005"),
        (-37_500, "OMR\u00a0-37.500", "-٣٧٫٥٠٠\u00a0ر.ع.\u200f", "-37.500"),
        (-1, "OMR\u00a0-0.001", "-٠٫٠٠١\u00a0ر.ع.\u200f", "-0.001"),
    ],
)
def test_an_amount_is_written_as_each_reader_expects(baisa: int, english: str, arabic: str, plain: str):
    assert (Money(baisa).format("en"), Money(baisa).format("ar"), Money(baisa).plain()) == (english, arabic, plain)


@pytest.mark.parametrize(
    ("typed", "baisa"),
    [
        ("25", 25_000),
        ("25.5", 25_500),
        (" 25.05 ", 25_050),
        ("1,250.000", 1_250_000),
        ("1250", 1_250_000),
        ("OMR 1,250.000", 1_250_000),
        ("٢٥", 25_000),
        ("٢٥٫٥٠٠ ر.ع.", 25_500),
        ("١٬٢٥٠٫٠٠٠", 1_250_000),
        ("٢٥.٥", 25_500),
        ("۲۵٫۵", 25_500),  # Persian digits
        ("25", 25_000),  # full width
        ("\u200f٢٥٫٥٠٠\u00a0ر.ع.\u200f", 25_500),
        ("\u2067-٢٥٫٥٠٠\u2069", -25_500),
        ("\u061c-0.001", -1),
        ("\u221225", -25_000),  # a real minus sign
    ],
)
def test_what_people_type_or_paste_is_understood(typed: str, baisa: int):
    assert Money.parse(typed) == Money(baisa)


@pytest.mark.parametrize(
    "typed",
    ["", " ", "-", ".", "25.", ".5", "25.0001", "25.5000", "1,25", "12,34", "1,2345", "1.250.000", "25,500.5.5", "2 5 x", "1e3",
     "0x10", "²5", "½", "--5", "5-", "USD 5", "OMR", "ر.ع.", "٢٥٫", "NaN", "25\x00"],
)  # fmt: skip
def test_what_is_not_plainly_an_amount_is_refused(typed: str):
    with pytest.raises(ValueError):
        Money.parse(typed)


@pytest.mark.parametrize(
    ("baisa", "part", "whole", "expected"),
    [
        (25_000, 6, 12, 12_500),
        (1, 1, 2, 1),  # the half goes away from zero
        (-1, 1, 2, -1),
        (3, 1, 2, 2),
        (-3, 1, 2, -2),
        (10, 1, 3, 3),
        (20, 1, 3, 7),
        (-20, 1, 3, -7),
        (100, 0, 12, 0),
        (100, 12, 12, 100),
        (7, 3, 2, 11),
    ],
)
def test_a_share_is_rounded_to_the_nearest_baisa(baisa: int, part: int, whole: int, expected: int):
    assert Money(baisa).share(part, whole) == Money(expected)


@given(BIG, st.integers(0, 10_000), st.integers(1, 10_000))
def test_a_share_is_never_off_by_more_than_half_a_baisa(baisa: int, part: int, whole: int):
    share = Money(baisa).share(part, whole).baisa
    assert abs(share * whole - baisa * part) * 2 <= whole
    assert Money(-baisa).share(part, whole).baisa == -share


@given(st.lists(BIG))
def test_adding_amounts_adds_their_baisa(amounts: list[int]):
    assert sum((Money(baisa) for baisa in amounts), Money(0)) == Money(sum(amounts))
    assert sum(Money(baisa) for baisa in amounts) in (Money(sum(amounts)), 0)


def test_amounts_compare_subtract_multiply_and_know_nothing():
    assert Money.rials(25) > Money(24_999)
    assert Money.rials(25) - Money(1) == Money(24_999)
    assert Money(12_500) * 2 == Money.rials(25)
    assert -Money(5) == Money(-5)
    assert not Money(0)
    assert Money(-1)


def test_an_amount_cannot_be_changed():
    with pytest.raises(AttributeError):
        Money(1).baisa = 2
