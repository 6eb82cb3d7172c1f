"""One way to write a word, for the index and the question."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.search import norm


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("تجديد العضوية", "تجديد العضويه"),
        ("إيجار", "ايجار"),
        ("أحمد", "احمد"),
        ("آمنة", "امنه"),
        ("مستشفى", "مستشفي"),
        ("شُؤون", "شوون"),
        ("هيئة", "هييه"),
        ("الـــبلدية", "البلدية"),
        ("مُجَدَّد", "مجدد"),
        ("ﻻ", "لا"),  # a ligature copied from a PDF
        ("عضوي\ufe94", "عضوية"),  # the shape of a letter at a word's end
        ("رقم ١٢٣", "رقم 123"),
        ("Renewal", "RENEWAL"),
        ("Café", "cafe"),
        ("  renew -- the_card. ", "renew the card"),
    ],
)
def test_ways_to_write_a_word_are_one(one: str, other: str):
    assert norm(one) == norm(other) != ""


@pytest.mark.parametrize(("one", "other"), [("عضوية", "عضو"), ("lease", "leash"), ("١٢", "21"), ("ه", "ح")])
def test_different_words_stay_different(one: str, other: str):
    assert norm(one) != norm(other)


@pytest.mark.parametrize("text", ["", "  ", "؟!،", "\u200f", "ًٌٍ"])
def test_what_holds_no_word_is_nothing(text: str):
    assert norm(text) == ""


@given(st.text(alphabet=st.characters(codec="utf-8", max_codepoint=0x6FF)))
def test_norm_of_a_norm_is_itself(text: str):
    assert norm(norm(text)) == norm(text)
