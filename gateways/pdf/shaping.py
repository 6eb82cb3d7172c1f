"""Print-quality Arabic for xhtml2pdf: HarfBuzz measures and draws every Arabic run, so the font's own rules apply.

Stock xhtml2pdf replaces letters by presentation forms: vowel marks are lost, a font's ligatures are missed, and many fonts
stay unjoined. Here text stays as it was written; a run of Arabic letters becomes glyphs only when it is measured or drawn,
and the PDF's ToUnicode table maps each glyph back to the letters it stands for, so that words can be searched and copied.

This is the one module that reaches into private functions of xhtml2pdf and ReportLab. It was written against exactly the
versions in PINNED and refuses any other, and it refuses to install over somebody else's changes; golden images guard the
result (tests/gateways/pdf/test_papers.py). To raise a version: raise PINNED, run the tests, look at the pictures.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from importlib.metadata import version
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import uharfbuzz as hb
from reportlab.lib.rl_accel import fp_str
from reportlab.pdfbase import pdfmetrics, ttfonts
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.textobject import PDFTextObject
from xhtml2pdf import context
from xhtml2pdf import reportlab_paragraph as paragraph

from engine import digits

PINNED = {"xhtml2pdf": "0.2.28", "reportlab": "5.1.0", "uharfbuzz": "0.57.0"}

# Letters, marks and joiners of the Arabic script. Its digits and punctuation join nothing and are drawn as they are.
ARABIC = re.compile(
    "[\u0610-\u061a\u0620-\u065f\u066e-\u06d3\u06d5-\u06dc\u06df-\u06e8\u06ea-\u06ef\u06fa-\u06ff"
    "\u0750-\u077f\u08a0-\u08ff\u200c\u200d]+"
)
CONTROLS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
# Stands for the glyphs that carry no letter of their own: ToUnicode must name something, and this shows and copies as nothing.
NOTHING = "\u034f"
FIRST_PRIVATE = 0xF0000
# Viewers take a gap of a tenth of an em for the end of a word, and bold faces push some letters (the ر of تاريخ) that far apart.
WIDEST_GAP = 95


def install() -> None:
    """Replace what xhtml2pdf and ReportLab do with Arabic, in the whole process; a second call changes nothing.

    Raises RuntimeError when their versions are not PINNED or somebody else has already replaced one of the functions.
    """
    if all(getattr(owner, name) is ours for owner, name, ours in _REPLACEMENTS):
        return
    for package, expected in PINNED.items():
        if version(package) != expected:
            raise RuntimeError(f"gateways.pdf.shaping was written for {package} {expected}, not {version(package)}")
    for owner, name, ours in _REPLACEMENTS:
        present = getattr(owner, name)
        if present is not ours and not present.__module__.startswith(("xhtml2pdf.", "reportlab.")):
            raise RuntimeError(f"{present.__module__} has already replaced {name}")
    for owner, name, ours in _REPLACEMENTS:
        setattr(owner, name, ours)


# Shaping


class Glyph(NamedTuple):
    """One glyph to draw, in thousandths of an em. `code` is the private character that selects it in the PDF's font."""

    code: str
    advance: float
    x_offset: float
    y_offset: float
    width: float


def shape(font: TTFont, run: str) -> list[Glyph]:
    """The glyphs of a run of Arabic letters, from left to right."""
    face, known = _shaper(font)
    if run not in known:
        known[run] = [_placed(font, *glyph) for glyph in _glyphs(face, run)]
    return known[run]


def _glyphs(face: hb.Font, run: str) -> Iterator[tuple[int, str, Any, int]]:
    """(glyph id, the letters it stands for, its position, its own advance) from left to right."""
    buffer = hb.Buffer()
    buffer.cluster_level = hb.BufferClusterLevel.MONOTONE_CHARACTERS
    buffer.add_str(run)
    buffer.direction, buffer.script, buffer.language = "rtl", "Arab", "ar"
    hb.shape(face, buffer, {"kern": True, "liga": True})
    glyphs = list(zip(buffer.glyph_infos, buffer.glyph_positions, strict=True))

    starts = sorted({info.cluster for info, _ in glyphs})
    ends = dict(zip(starts, [*starts[1:], len(run)], strict=True))
    widest: dict[int, int] = {}
    for index, (info, position) in enumerate(glyphs):
        best = widest.get(info.cluster)
        if best is None or position.x_advance > glyphs[best][1].x_advance:
            widest[info.cluster] = index
    for index, (info, position) in enumerate(glyphs):
        letters = run[info.cluster : ends[info.cluster]] if widest[info.cluster] == index else ""
        yield info.codepoint, LIGATURES.get(letters, letters), position, face.get_glyph_h_advance(info.codepoint)


def _placed(font: TTFont, glyph: int, letters: str, position: Any, advance: int) -> Glyph:
    """The glyph made selectable in the PDF's font under a private character of its own."""
    scale = font.face._pdfScale
    code = _private(glyph, letters)
    font.face.charToGlyph[code] = glyph
    font.face.charWidths[code] = scale(advance)
    width, shift = scale(advance), scale(position.x_offset)
    kerned = position.x_offset == position.x_advance - advance
    excess = max(shift - WIDEST_GAP, 0) if kerned else 0
    return Glyph(chr(code), scale(position.x_advance) - excess, shift - excess, scale(position.y_offset), width)


def _private(glyph: int, letters: str) -> int:
    """One private code point per (glyph, letters), the same in every font: bounded by what fonts hold, not by what is drawn."""
    code = _codes.setdefault((glyph, letters), FIRST_PRIVATE + len(_codes))
    _letters[code] = letters
    return code


def _shaper(font: TTFont) -> tuple[hb.Font, dict[str, list[Glyph]]]:
    if font not in _shapers:
        _shapers[font] = hb.Font(hb.Face(hb.Blob(bytes(font.face._ttf_data)))), {}
    return _shapers[font]


def _ligatures() -> dict[str, str]:
    """Letters → the one code point of their ligature: viewers put the letters of a many-letter glyph in the wrong order."""
    spelled = ((unicodedata.normalize("NFKC", chr(code)), chr(code)) for code in range(0xFEFC, 0xFB4F, -1))
    return {letters: ligature for letters, ligature in spelled if len(letters) > 1 and ARABIC.fullmatch(letters)}


LIGATURES = _ligatures()
_codes: dict[tuple[int, str], int] = {}
_letters: dict[int, str] = {}
_shapers: "WeakKeyDictionary[TTFont, tuple[hb.Font, dict[str, list[Glyph]]]]" = WeakKeyDictionary()


# Measuring and drawing


def _runs(text: str) -> Iterator[tuple[str, bool]]:
    """The text in pieces, each with whether it is Arabic."""
    end = 0
    for match in ARABIC.finditer(text):
        if match.start() > end:
            yield text[end : match.start()], False
        yield match.group(), True
        end = match.end()
    if end < len(text):
        yield text[end:], False


def _string_width(self: TTFont, text: str | bytes, size: float, encoding: str = "utf8") -> float:
    text = CONTROLS.sub("", text.decode(encoding) if isinstance(text, bytes) else text)
    return sum(
        sum(glyph.advance for glyph in shape(self, run)) * size / 1000 if arabic else _stock_width(self, run, size, encoding)
        for run, arabic in _runs(text)
    )


def _format_text(self: PDFTextObject, text: str | bytes) -> str:
    """The PDF operators that show a text whose words already stand in visual order."""
    font = pdfmetrics.getFont(self._fontname)
    if not isinstance(font, TTFont):
        return _stock_format(self, text)
    text = CONTROLS.sub("", text.decode("utf8") if isinstance(text, bytes) else text)
    return " ".join(_Drawing(self, font).operators(run) if arabic else _stock_format(self, run) for run, arabic in _runs(text))


class _Drawing:
    """Writes one Arabic run as PDF operators: TJ arrays, broken where the subset font or the height changes."""

    def __init__(self, target: PDFTextObject, font: TTFont) -> None:
        self.target, self.font = target, font
        self.document = target._canvas._doc
        self.out: list[str] = []
        self.array: list[str] = []

    def operators(self, run: str) -> str:
        base = rise = self.target._rise
        for glyph in shape(self.font, run):
            subset, code = self.font.splitString(glyph.code, self.document)[0]
            if subset != self.target._curSubset:
                self._select(subset)
            height = base + self.target._fontsize * glyph.y_offset / 1000
            if abs(height - rise) > 1e-6:
                rise = self._raise(height)
            self._show(glyph, code)
        self._flush()
        if rise != base:
            self._raise(base)
        return " ".join(self.out)

    def _select(self, subset: int) -> None:
        self._flush()
        name = self.font.getSubsetInternalName(subset, self.document)
        self.out.append(f"{name} {fp_str(self.target._fontsize)} Tf {fp_str(self.target._leading)} TL")
        self.target._curSubset = subset

    def _raise(self, height: float) -> float:
        self._flush()
        self.out.append(f"{fp_str(height)} Ts")
        return height

    def _show(self, glyph: Glyph, code: bytes) -> None:
        """In a TJ array a number moves back (PDF 32000-1, 9.4.3): to the glyph's place, then from its width to its advance."""
        after = glyph.width - glyph.advance + glyph.x_offset
        if glyph.x_offset:
            self.array.append(fp_str(-glyph.x_offset) + " ")
        self.array.append(f"({self.target._canvas._escape(code)})")
        if abs(after) > 1e-6:
            self.array.append(fp_str(after) + " ")

    def _flush(self) -> None:
        if self.array:
            self.out.append(f"[{''.join(self.array)}] TJ")
            self.array.clear()


def _to_unicode(fontname: str, subset: list[int]) -> str:
    """ToUnicode of a subset font: private codes name the letters they stand for."""
    lines = _stock_to_unicode(fontname, [code if code < FIRST_PRIVATE else 0xFFFD for code in subset]).split("\n")
    for index, line in enumerate(lines):
        if entry := re.fullmatch(r"<([0-9A-F]{2})> <FFFD>", line):
            letters = _letters.get(subset[int(entry[1], 16)], "") or NOTHING
            lines[index] = f"<{entry[1]}> <{letters.encode('utf-16-be').hex().upper()}>"
    return "\n".join(lines)


# Paragraphs: xhtml2pdf ends each with an empty piece, so all are of ReportLab's "mixed" kind and the simple kind never occurs.


def _logical(text: str) -> str:
    """A line in visual order with each Arabic run turned back, since HarfBuzz wants letters as they are read."""
    return ARABIC.sub(lambda run: run.group()[::-1], text)


def _visual_words(words: list[Any], base_dir: str) -> list[Any]:
    visual = _stock_visual_words(_without_last_space(words), base_dir)
    for word in filter(_is_text, visual):
        word.text = _logical(word.text)
    return visual


def _without_last_space(words: list[Any]) -> list[Any]:
    """A paragraph split over pages keeps a space at the end of its lines: from right to left it would indent them."""
    for index in range(len(words) - 1, -1, -1):
        if _is_text(words[index]):
            return [*words[:index], words[index].clone(text=words[index].text.rstrip(" ")), *words[index + 1 :]]
    return words


def _is_text(word: Any) -> bool:
    return not hasattr(word, "cbDefn") and isinstance(word.text, str) and bool(word.text)


def _wrap(self: paragraph.Paragraph, width: float, height: float) -> tuple[float, float]:
    """Page numbers of a right-to-left paragraph in Arabic-Indic digits."""
    if self.dir == "rtl":
        for piece in self.frags:
            if (getattr(piece, "pageNumber", False) or getattr(piece, "pageCount", False)) and type(piece.text) is str:
                piece.text = digits.arabic(piece.text)
    return _stock_wrap(self, width, height)


def _begin_text(self: paragraph.Paragraph, x: float, y: float) -> PDFTextObject:
    target = _stock_begin_text(self, x, y)
    target.right_to_left = self.dir == "rtl"
    return target


def _justify(target: PDFTextObject, offset: float, line: Any, last: int = 0) -> None:
    """The last line of a right-to-left paragraph starts at the right."""
    ends = last or getattr(line, "lineBreak", False)
    draw = paragraph._rightDrawParaLineX if ends and target.right_to_left else _stock_justify
    draw(target, offset, line, last)


def _warn_missing_glyphs(self: context.pisaContext, text: str, candidates: list[str]) -> None:
    """Direction marks are never drawn, so no font need hold them."""
    _stock_warn_missing_glyphs(self, CONTROLS.sub("", text), candidates)


def _no_presentation_forms(text: str, font_name: str | None = None) -> None:
    """Letters stay letters."""


_stock_width, _stock_format, _stock_to_unicode = TTFont.stringWidth, PDFTextObject._formatText, ttfonts.makeToUnicodeCMap
_stock_visual_words = paragraph._visual_words
_stock_wrap, _stock_begin_text = paragraph.Paragraph.wrap, paragraph.Paragraph.beginText
_stock_warn_missing_glyphs = context.pisaContext._warn_missing_glyphs
_stock_justify = paragraph._justifyDrawParaLineX

_REPLACEMENTS: list[tuple[Any, str, Callable[..., Any]]] = [
    (TTFont, "stringWidth", _string_width),
    (PDFTextObject, "_formatText", _format_text),
    (ttfonts, "makeToUnicodeCMap", _to_unicode),
    (context, "shape_frag_text", _no_presentation_forms),
    (context.pisaContext, "_warn_missing_glyphs", _warn_missing_glyphs),
    (paragraph, "_visual_words", _visual_words),
    (paragraph.Paragraph, "wrap", _wrap),
    (paragraph.Paragraph, "beginText", _begin_text),
    (paragraph, "_justifyDrawParaLineX", _justify),
]
