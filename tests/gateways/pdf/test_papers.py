"""The papers as people see them: pictures, words that can be searched, and both languages of everything."""

import os
import re
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from jinja2 import Environment, UndefinedError
from PIL import Image, ImageChops, ImageStat
from pypdf import PdfReader

from gateways.pdf import frame
from gateways.pdf.papers import LABELS
from gateways.pdf.xhtml import XhtmlRenderer
from tests.gateways.pdf.conftest import ROOT
from tests.gateways.pdf.sample_papers import CREATED, PAPERS, short_certificate, short_lease, short_receipt

GOLDEN = ROOT / "tests" / "documents_golden"
REGOLD = os.environ.get("REGOLD") == "1"
RESOLUTION = 60
# Mean difference of a channel, of 255: another poppler shades an edge otherwise, and passes; a line set differently does not.
TOLERANCE = 0.3
SIZES = {"receipt": [148, 210], "engineer": [86, 54]}  # millimetres, where it is not A4
MARKS = re.compile("[\u034f\u064b-\u065f\u200e\u200f\u202a-\u202e]")

SHAPING = """<html><head><style>
@font-face { font-family: Plex; src: url(fonts/IBMPlexSansArabic-Regular.ttf) }
@font-face { font-family: Amiri; src: url(fonts/Amiri-Regular.ttf) }
@page { size: 120mm 62mm; margin: 4mm } body { font-size: 17pt } p { margin: 1pt }
</style></head><body>
<div dir="rtl" style="font-family: Plex; text-align: right">
<p dir="rtl">لا إلهَ إلّا اللهُ، السَّلامُ عليكم محمّد</p>
<p dir="rtl" style="white-space: nowrap">لا تفترق حروف هذا السطر</p></div>
<div dir="rtl" style="font-family: Amiri; text-align: right"><p dir="rtl">لا إلهَ إلّا اللهُ، السَّلامُ عليكم محمّد</p>
<p dir="rtl" style="text-align: justify">السطر الأخير من الفقرة يبدأ من اليمين مهما كان قصيرًا</p></div>
</body></html>"""

# A paragraph that goes on overleaf: its lines must still begin at the margin.
OVERLEAF = """<html><head><style>
@font-face { font-family: Plex; src: url(fonts/IBMPlexSansArabic-Regular.ttf) }
@page { size: 90mm 40mm; margin: 4mm } body { font-family: Plex; font-size: 13pt }
</style></head><body><div dir="rtl" style="text-align: right"><p dir="rtl">%s</p></div></body></html>"""


# Of these a picture of each page is kept: clauses stay whole, heads and the places for initials come again.
SEVERAL_PAGES = {"declaration_long": 2, "lease_short": 3, "lease_long": 4, "lease_supplement": 2, "statement_long": 2}


def compare(seen: Image.Image, name: str) -> None:
    path = GOLDEN / f"{name}.png"
    if REGOLD:
        seen.quantize(64).save(path, optimize=True)
    with Image.open(path) as golden:
        # both pass through the palette, so that only drawing differs
        difference = ImageChops.difference(seen.quantize(64).convert("RGB"), golden.convert("RGB"))
    assert seen.size == difference.size
    assert max(ImageStat.Stat(difference).mean) < TOLERANCE, f"{name} looks different: look at it, then REGOLD=1"


@pytest.mark.parametrize("name", PAPERS)
def test_each_paper_looks_as_it_did(name: str, drawn: Callable[[str], bytes], picture: Callable[..., Image.Image]) -> None:
    compare(picture(drawn(name), RESOLUTION), name)


@pytest.mark.parametrize(("name", "pages"), [each for each in SEVERAL_PAGES.items() if each[0].startswith("lease")])
def test_every_page_of_a_lease_looks_as_it_did(
    name: str, pages: int, drawn: Callable[[str], bytes], picture: Callable[..., Image.Image]
) -> None:
    for page in range(2, pages + 1):
        compare(picture(drawn(name), RESOLUTION, page), f"{name}_{page}")


def test_a_lease_repeats_its_head_and_the_places_for_initials_and_keeps_clauses_whole(
    drawn: Callable[[str], bytes], tmp_path: Path
) -> None:
    (tmp_path / "lease.pdf").write_bytes(drawn("lease_short"))
    pages = [page.extract_text() for page in PdfReader(tmp_path / "lease.pdf").pages]
    assert len(pages) == 3
    for number, text in enumerate(pages, 1):
        assert f"Page {number} of 3" in text and text.count("Initials") == 2 and "Clauses" in text
    for clause in short_lease()["clauses"]:
        words_of_it = plain_words(clause["en"])
        assert any(all(word in plain_words(text) for word in words_of_it) for text in pages), clause["en"]


def test_letters_join_marks_sit_and_short_lines_stand_right(renderer: XhtmlRenderer, picture: Callable[..., Image.Image]) -> None:
    compare(picture(renderer.render(SHAPING, created=CREATED), 90), "shaping")


def test_the_lines_of_a_paragraph_that_goes_on_overleaf_begin_at_the_margin(
    renderer: XhtmlRenderer, picture: Callable[..., Image.Image]
) -> None:
    html = OVERLEAF % " ".join(["يمتد هذا النص إلى الصفحة التالية ولا يتغير موضع بداية سطوره"] * 8)
    compare(picture(renderer.render(html, created=CREATED), 90), "overleaf")


@pytest.mark.parametrize("name", [name for name in PAPERS if name not in SEVERAL_PAGES])
def test_the_longest_data_still_fits_one_page(name: str, drawn: Callable[[str], bytes], tmp_path: Path) -> None:
    (tmp_path / "paper.pdf").write_bytes(drawn(name))
    pages = PdfReader(tmp_path / "paper.pdf").pages
    assert len(pages) == 1
    millimetres = [round(float(length) / 72 * 25.4) for length in pages[0].mediabox[2:]]
    assert millimetres == SIZES.get(name.partition("_")[0], [210, 297])


@pytest.mark.parametrize("name", PAPERS)
def test_every_word_can_be_found_in_both_languages(
    name: str, drawn: Callable[[str], bytes], words_of: Callable[[bytes], str]
) -> None:
    found = set(plain_words(words_of(drawn(name))))
    paper = PAPERS[name][1]()
    sides = [value for value in paper.values() if isinstance(value, dict) and "ar" in value]
    rows = paper.get("rows") or [*paper["lines"], *(row for section in paper.get("sections", ()) for row in section["rows"])]
    sides += [words for row in rows for words in (row.values() if isinstance(row, dict) else row) if isinstance(words, dict)]
    wanted = set(plain_words(" ".join(f"{words['ar']} {words['en']}" for words in sides)))
    assert len(wanted - found) <= len(wanted) * 0.04, wanted - found


def plain_words(text: str) -> list[str]:
    """Letters and figures only: viewers move marks and brackets about, and give some letters as one ligature."""
    return re.findall(r"[^\W_]+", MARKS.sub("", unicodedata.normalize("NFKC", MARKS.sub("", text))))


def test_pages_are_counted_in_both_digit_systems(drawn: Callable[[str], bytes], words_of: Callable[[bytes], str]) -> None:
    text = words_of(drawn("certificate_short"))
    assert "Page 1 of 1" in text
    assert re.search("١.{0,4}من.{0,4}١", MARKS.sub("", text))


def test_long_bills_go_on_overleaf_and_every_page_says_which_it_is(
    renderer: XhtmlRenderer, environment: Environment, words_of: Callable[[bytes], str]
) -> None:
    receipt = short_receipt()
    receipt["lines"] = receipt["lines"] * 20
    text = words_of(renderer.render(environment.get_template("documents/receipt.html").render(receipt), created=CREATED))
    assert "Page 1 of 2" in text
    assert "Page 2 of 2" in text
    assert text.count(receipt["verify_url"]) == 4


def test_a_long_declaration_goes_on_overleaf_and_says_on_each_page_what_makes_it_count(
    drawn: Callable[[str], bytes], words_of: Callable[[bytes], str]
) -> None:
    text = words_of(drawn("declaration_long"))
    assert "Page 1 of 2" in text and "Page 2 of 2" in text
    assert text.count("Counts only with the electronic signature") == 2


def test_a_reference_reads_the_same_on_both_sides_of_a_declaration(
    drawn: Callable[[str], bytes], words_of: Callable[[bytes], str]
) -> None:
    assert words_of(drawn("declaration_short")).count("CHAMBER-2018-0000042-2") == 2


def test_a_long_statement_goes_on_overleaf_with_its_headings(
    drawn: Callable[[str], bytes], words_of: Callable[[bytes], str], tmp_path: Path
) -> None:
    (tmp_path / "paper.pdf").write_bytes(drawn("statement_long"))
    assert len(PdfReader(tmp_path / "paper.pdf").pages) == 2
    assert words_of(drawn("statement_long")).count("Receipt number") == 2


def test_a_duplicate_names_the_certificate_it_replaces(drawn: Callable[[str], bytes], words_of: Callable[[bytes], str]) -> None:
    assert "Duplicate, in place of OCCI-2017-998877" in words_of(drawn("certificate_long"))
    assert "Duplicate" not in words_of(drawn("certificate_short"))


def test_a_duplicate_of_one_that_we_did_not_issue_is_marked_too(
    renderer: XhtmlRenderer, environment: Environment, words_of: Callable[[bytes], str]
) -> None:
    certificate = short_certificate()
    certificate["duplicate_of"] = ""
    html = environment.get_template("documents/membership_certificate.html").render(certificate)
    assert "Duplicate, in place of a lost one" in words_of(renderer.render(html, created=CREATED))


def test_what_people_typed_cannot_become_markup_or_turn_text_around(
    renderer: XhtmlRenderer, environment: Environment, words_of: Callable[[bytes], str]
) -> None:
    certificate = short_certificate()
    certificate["company"] = {"en": '<img src="/x"> & Sons \u202eLLC', "ar": "شركة \u2066<b>\u202e& أبنائه"}
    html = environment.get_template("documents/membership_certificate.html").render(certificate)
    assert "\u202e" not in html
    assert '<img src="/x"> & Sons LLC' in words_of(renderer.render(html, created=CREATED))


def test_a_forgotten_value_is_an_error(environment: Environment) -> None:
    receipt = dict(short_receipt())
    del receipt["card"]
    with pytest.raises(UndefinedError, match="card"):
        environment.get_template("documents/receipt.html").render(receipt)


def test_templates_use_every_fixed_word_and_no_other(environment: Environment) -> None:
    folder = ROOT / "templates" / "documents"
    used = {name for page in folder.glob("*.html") for name in re.findall(r"labels\.(\w+)", page.read_text("utf-8"))}
    assert used == set(LABELS)


def test_the_kept_frame_is_the_one_the_program_draws(tmp_path: Path) -> None:
    frame.draw(tmp_path / "frame.pdf")
    assert (tmp_path / "frame.pdf").read_bytes() == (ROOT / "static/documents/frame.pdf").read_bytes()
