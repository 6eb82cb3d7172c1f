"""What people typed is cleaned, and numbers keep their order."""

import pytest
from markupsafe import Markup

from gateways.pdf.text import clean, ltr, printed


@pytest.mark.parametrize("control", "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
def test_direction_controls_are_taken_out(control: str) -> None:
    assert clean(f"Al{control}Noor") == "AlNoor"


def test_private_and_control_characters_are_taken_out_and_lines_become_one() -> None:
    assert clean("a\U000f0001\ue000\x00\x1b\ud800b\r\nc\td") == "ab c d"


def test_letters_marks_and_joiners_stay() -> None:
    assert clean("شركة مُحمّد · نور\u200cالهدى (ش.م.م)") == "شركة مُحمّد · نور\u200cالهدى (ش.م.م)"


def test_a_phone_is_kept_whole_and_in_order() -> None:
    assert ltr("هاتف +968 2479 3700 مكتب") == "هاتف \u2066+968\u00a02479\u00a03700\u2069 مكتب"


def test_a_card_number_is_kept_in_order() -> None:
    assert "\u2066411111\u00a0••••••\u00a01111\u2069" in ltr("فيزا 411111 •••••• 1111")


def test_the_filter_escapes_and_cleans_before_it_marks() -> None:
    marked = ltr("<b>\u202e+968 2479 3700</b>")
    assert isinstance(marked, Markup)
    assert marked == "&lt;b&gt;\u2066+968\u00a02479\u00a03700\u2069&lt;/b&gt;"


def test_what_is_printed_is_cleaned_unless_it_is_ours() -> None:
    assert printed("a\u202eb") == "ab"
    assert printed(Markup("\u2066+968\u2069")) == "\u2066+968\u2069"
    assert printed(7) == 7
