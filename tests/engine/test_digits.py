"""Digits of any script are read alike; Arabic pages show Arabic ones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import digits


@pytest.mark.parametrize("typed", ["1229237", "١٢٢٩٢٣٧", "۱۲۲۹۲۳۷", "1229237", "१२२९२३७", "12٢٩23٧"])
def test_every_script_of_digits_reads_alike(typed: str):
    assert digits.fold(typed) == "1229237"


@pytest.mark.parametrize("text", ["", "شركة ²½Ⅷ①", "OMR ر.ع.", "-,.٫٬", "\u200f\x00"])
def test_what_is_not_a_digit_is_left_alone(text: str):
    assert digits.fold(text) == text


def test_arabic_pages_show_arabic_digits():
    assert digits.arabic("CR 1229237, 19/03/2018") == "CR ١٢٢٩٢٣٧, ١٩/٠٣/٢٠١٨"


@given(st.text())
def test_folding_keeps_every_sign_in_its_place(text: str):
    folded = digits.fold(text)
    assert len(folded) == len(text)
    assert digits.fold(folded) == folded == digits.fold(digits.arabic(folded))


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("1279531", "١٢٧٩٥٣١"),
        ("22 نوفمبر 2026", "٢٢ نوفمبر ٢٠٢٦"),
        ("311/7", "٣١١/٧"),
        ("Z4410022", "Z4410022"),
        ("جواز Z4410022 حتى 2028", "جواز Z4410022 حتى ٢٠٢٨"),
    ],
)
def test_on_paper_what_has_latin_letters_in_it_stays_as_it_is_written(written: str, read: str):
    assert digits.arabic_numbers(written) == read
