"""Arabic runs become the glyphs the font wants, and stay letters for whoever searches."""

import pytest
from reportlab.pdfbase import ttfonts
from reportlab.pdfbase.ttfonts import TTFont

from gateways.pdf import shaping
from tests.gateways.pdf.conftest import ROOT


@pytest.fixture(scope="module", autouse=True)
def installed() -> None:
    shaping.install()


@pytest.fixture(scope="module", params=["IBMPlexSansArabic-Regular", "Amiri-Regular"])
def font(request: pytest.FixtureRequest) -> TTFont:
    return TTFont(request.param, str(ROOT / "static/documents/fonts" / f"{request.param}.ttf"))


def test_lam_alef_is_one_glyph_that_stands_for_both_letters(font: TTFont) -> None:
    drawn = [glyph for glyph in shaping.shape(font, "لا") if glyph.advance]
    letters = "".join(letters_of(glyph) for glyph in shaping.shape(font, "لا"))
    assert letters in {"ﻻ", "ال", "لا"}
    assert sum(glyph.advance for glyph in drawn) < font.stringWidth("ل", 1000) + font.stringWidth("ا", 1000)


def test_a_letter_takes_its_form_from_its_neighbours(font: TTFont) -> None:
    forms = {shaping.shape(font, word)[place].width for word, place in (("ع", 0), ("عب", -1), ("بع", 0), ("بعب", 1))}
    assert len(forms) > 1
    assert font.stringWidth("ععع", 10) != pytest.approx(3 * font.stringWidth("ع", 10))


def test_vowel_marks_take_no_room_and_sit_on_their_letter(font: TTFont) -> None:
    assert font.stringWidth("بَ", 10) == pytest.approx(font.stringWidth("ب", 10))
    bare, marked = shaping.shape(font, "ب"), shaping.shape(font, "بَ")
    assert len(marked) == len(bare) + 1
    mark = next(glyph for glyph in marked if glyph.code not in {other.code for other in bare})
    assert mark.advance == 0


def test_direction_marks_take_no_room(font: TTFont) -> None:
    assert font.stringWidth("\u2066+968\u2069", 10) == font.stringWidth("+968", 10)


def test_no_gap_inside_a_word_is_wide_enough_to_read_as_a_space() -> None:
    bold = TTFont("bold", str(ROOT / "static/documents/fonts/IBMPlexSansArabic-Bold.ttf"))
    glyphs = shaping.shape(bold, "تاريخ")
    assert max(glyph.x_offset for glyph in glyphs) == shaping.WIDEST_GAP
    assert all(glyph.advance - glyph.width <= shaping.WIDEST_GAP for glyph in glyphs)


def test_installing_twice_changes_nothing() -> None:
    width = TTFont.stringWidth
    shaping.install()
    assert TTFont.stringWidth is width


def test_another_version_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ttfonts, "makeToUnicodeCMap", shaping._stock_to_unicode)
    monkeypatch.setitem(shaping.PINNED, "reportlab", "1.0")
    with pytest.raises(RuntimeError, match=r"reportlab 1\.0"):
        shaping.install()


def test_nobody_elses_change_is_overwritten(monkeypatch: pytest.MonkeyPatch) -> None:
    def theirs(fontname: str, subset: list[int]) -> str:
        return ""

    monkeypatch.setattr(ttfonts, "makeToUnicodeCMap", theirs)
    with pytest.raises(RuntimeError, match="already replaced makeToUnicodeCMap"):
        shaping.install()
    assert ttfonts.makeToUnicodeCMap is theirs


def letters_of(glyph: shaping.Glyph) -> str:
    return shaping._letters[ord(glyph.code)]
