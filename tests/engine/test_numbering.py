"""Numbers people copy by hand: a slip is caught, a harmless difference forgiven."""

import random
from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import numbering
from engine.errors import Refusal
from engine.numbering import CODE_ALPHABET, check_digit, grouped, parse_reference, parse_verification_code, reference

random.seed(572)  # the same numbers in every worker
NUMBERS = [0, 1, 9, 10, 42, 9_999_999, *(random.randrange(10**7) for _ in range(40))]
REFERENCES = [reference("chamber", year, number) for year in (2018, 2026) for number in NUMBERS]


def accepted(text: str) -> bool:
    try:
        parse_reference(text)
    except Refusal:
        return False
    return True


def test_the_example_in_the_texts_is_a_real_number():
    assert reference("chamber", 2026, 42) == "CHAMBER-2026-0000042-2"


def test_damms_table_is_what_makes_the_promise_true():
    """A Latin square with zeros on its diagonal, anti-symmetric after every digit: from this follows every single digit and every swap."""
    step = [[int(check_digit_from(row, column)) for column in range(10)] for row in range(10)]
    assert all(sorted(row) == list(range(10)) for row in step)
    assert all(sorted(column) == list(range(10)) for column in zip(*step, strict=True))
    assert all(step[digit][digit] == 0 for digit in range(10))
    swaps = [(c, x, y) for c, x, y in product(range(10), repeat=3) if x != y and step[step[c][x]][y] == step[step[c][y]][x]]
    assert swaps == []


def check_digit_from(interim: int, digit: int) -> str:
    """The table's entry, asked through the public function: a prefix that leads to `interim`, then the digit."""
    prefix = next(str(number) for number in range(100) if check_digit(str(number)) == str(interim))
    return check_digit(f"{prefix}{digit}")


@pytest.mark.parametrize("number", REFERENCES)
def test_a_number_is_accepted_and_every_single_wrong_digit_is_found(number: str):
    assert parse_reference(number) == number
    slips = [
        number[:place] + wrong + number[place + 1 :]
        for place, right in enumerate(number)
        if right.isdigit()
        for wrong in "0123456789"
        if wrong != right
    ]
    assert len(slips) == 12 * 9
    assert [slip for slip in slips if accepted(slip)] == []


@pytest.mark.parametrize("number", REFERENCES)
def test_every_swap_of_neighbours_is_found(number: str):
    places = [place for place, sign in enumerate(number) if sign.isdigit()]
    swapped = []
    for here, there in pairwise(places):
        signs = list(number)
        signs[here], signs[there] = signs[there], signs[here]
        if signs[here] != signs[there]:
            swapped.append("".join(signs))
    assert [slip for slip in swapped if accepted(slip)] == []


@pytest.mark.parametrize(
    "typed",
    [
        "chamber-2026-0000042-2",
        " CHAMBER 2026 0000042 2 ",
        "CHAMBER202600000422",
        "Chamber-٢٠٢٦-٠٠٠٠٠٤٢-٢",
        "CHAMBER\u20132026\u20130000042\u20112",  # dashes of a word processor
        "\u2066CHAMBER-2026-0000042-2\u2069",  # copied out of an Arabic message
        "\u200eCHAMBER-2026-0000042-2\u200f",
        "CHAMBER\u22122026-0000042-2",
    ],
)
def test_how_a_number_was_typed_does_not_matter(typed: str):
    assert parse_reference(typed) == "CHAMBER-2026-0000042-2"


@pytest.mark.parametrize(
    "typed", ["", "42", "CHAMBER-2026-42-7", "CHAMBER-2026-0000042", "2026-0000042-2", "CHAMBER-2026-0000042-27"]
)
def test_what_cannot_be_a_number_is_shown_what_one_looks_like(typed: str):
    with pytest.raises(Refusal, match="looks like CHAMBER-2026-0000042-2"):
        parse_reference(typed)


def test_a_slip_is_told_from_something_else():
    with pytest.raises(Refusal, match=r"One digit .* is wrong"):
        parse_reference("CHAMBER-2026-0000043-2")


@given(st.text(max_size=40))
def test_nothing_typed_can_do_more_than_be_refused(typed: str):
    accepted(typed)
    parse_verification_code(typed)


@given(st.binary(min_size=12, max_size=32))
def test_a_verification_code_survives_print_and_hand(random_bytes: bytes):
    code = numbering.verification_code(random_bytes)
    assert len(code) == 12
    assert set(code) <= set(CODE_ALPHABET)
    printed = grouped(code)
    assert [len(part) for part in printed.split("-")] == [4, 4, 4]
    for typed in (code, printed, printed.lower(), printed.replace("-", " "), f"\u200f{printed}\u200e"):
        assert parse_verification_code(typed) == code


def test_every_sign_of_a_code_is_equally_likely():
    counts = [sum(numbering.verification_code(bytes([byte] * 12))[0] == sign for byte in range(256)) for sign in CODE_ALPHABET]
    assert counts == [8] * 32


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("O0I1-LK2M-9QXA", "0011-1K2M-9QXA"), ("٧K٢M-٩QXA-٠٤TD", "7K2M-9QXA-04TD"), (" 7k2m 9qxa 04td ", "7K2M-9QXA-04TD")],
)
def test_signs_that_look_alike_are_read_as_the_one_that_exists(typed: str, meant: str):
    code = parse_verification_code(typed)
    assert code is not None
    assert grouped(code) == meant


@pytest.mark.parametrize("typed", ["", "7K2M-9QXA-04T", "7K2M-9QXA-04TDD", "7K2M-9QXA-04TU", "شهادة"])
def test_what_cannot_be_a_code_is_none(typed: str):
    assert parse_verification_code(typed) is None


def test_a_receipt_number_names_series_year_and_place():
    assert numbering.receipt_number("R", 2026, 7) == "R-2026-000007"
