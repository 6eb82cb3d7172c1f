"""Texts written once and read in either language; what an operation refuses with."""

import pytest

from engine.errors import Conflict, Refusal, TooMany, Unavailable
from engine.wording import Text, _


def test_a_text_reads_as_english_with_its_values():
    assert str(_("Shorten this to %(longest)s characters; it has %(length)s.", longest=3, length=4)) == (
        "Shorten this to 3 characters; it has 4."
    )
    assert str(_("100% yours")) == "100% yours"


@pytest.mark.parametrize(("num", "words"), [(0, "0 days"), (1, "1 day"), (2, "2 days")])
def test_a_text_counts(num: int, words: str):
    assert str(Text("%(num)s day", "%(num)s days", {"num": num})) == words


def test_texts_are_the_same_when_their_words_and_values_are():
    assert _("Grade") == _("Grade")
    assert _("New expiry: %(day)s", day=1) != _("New expiry: %(day)s", day=2)
    assert len({_("Grade"), _("Grade"), _("Number")}) == 2


@pytest.mark.parametrize("kind", [Refusal, Conflict, Unavailable])
def test_a_refusal_keeps_its_words_and_its_field(kind: type[Refusal]):
    refusal = kind(_("Grade"), field="grade")
    assert (refusal.message, refusal.field, str(refusal)) == (_("Grade"), "grade", "Grade")


def test_too_many_says_how_long_to_wait():
    assert TooMany(_("Grade"), retry_after=30).retry_after == 30
    assert isinstance(TooMany(_("Grade"), retry_after=1), Refusal)
