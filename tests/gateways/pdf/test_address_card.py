"""The addressing card: as large as a bank card, two sides, readable in both languages with the longest name."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from jinja2 import Environment
from PIL import Image
from pypdf import PdfReader

from gateways.pdf.xhtml import XhtmlRenderer
from tests.gateways.pdf.sample_papers import CREATED, latin, long_certificate, short_certificate, words
from tests.gateways.pdf.test_papers import compare, plain_words

RESOLUTION = 150  # small letters on a small card


def short_card() -> Any:
    return {
        **short_certificate(),  # what every paper carries
        "title": words("Addressing card", "بطاقة العنونة"),
        "serial": "D-2026-000123-4",
        "authority": words("Municipality of Sohar", "بلدية صحار"),
        "holder": words("Owner", "المالك"),
        "company": words("Shamsa Hamed Al Hashmi", "شمسة حمد الهاشمي"),
        "rows": [
            (words("Addressing number", "رقم العنونة"), words("10001", "10001")),
            (words("Neighbourhood", "الحي"), words("Al Hambar", "الهمبار")),
            (words("Way", "السكة"), words("4832", "4832")),
            (words("Building", "المبنى"), words("2471", "2471")),
            (words("Plot number", "رقم قطعة الأرض"), words("1250", "1250")),
            (words("Coordinates", "الإحداثيات"), latin("24.34812, 56.73045", "24.34812, 56.73045")),
            (words("Date of issue", "تاريخ الإصدار"), words("22 November 2026", "22 نوفمبر 2026")),
        ],
        "duplicate_of": None,
    }


def long_card() -> Any:
    rows = short_card()["rows"]
    town = words("Falaj Al Qabail Industrial City", "مدينة فلج القبائل الصناعية الجديدة")
    return {
        **short_card(),
        "company": long_certificate()["company"],
        "rows": [rows[0], (rows[1][0], town), rows[2], rows[3], (rows[4][0], latin("123456/789/12", "123456/789/12")), *rows[5:]],
        "duplicate_of": "D-2026-000123-4",
    }


CARDS = {"address_card_short": short_card, "address_card_long": long_card}


@pytest.fixture(params=CARDS)
def card(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def pdf(card: str, renderer: XhtmlRenderer, environment: Environment) -> bytes:
    return renderer.render(environment.get_template("documents/address_card.html").render(CARDS[card]()), created=CREATED)


def test_it_has_two_sides_of_the_size_of_a_bank_card(pdf: bytes) -> None:
    pages = PdfReader(io.BytesIO(pdf)).pages
    sizes = [tuple(round(float(length) / 72 * 25.4, 1) for length in page.mediabox[2:]) for page in pages]
    assert sizes == [(85.6, 54.0)] * 2


def test_both_sides_look_as_they_did(card: str, pdf: bytes, picture: Callable[..., Image.Image]) -> None:
    for side in (1, 2):
        compare(picture(pdf, RESOLUTION, side), f"{card}_{side}")


def test_every_word_can_be_found_in_both_languages(card: str, pdf: bytes, words_of: Callable[[bytes], str]) -> None:
    said = CARDS[card]()
    sides = [said["authority"], said["title"], said["company"], *(words for row in said["rows"] for words in row)]
    wanted = set(plain_words(" ".join(f"{words['ar']} {words['en']}" for words in sides)))
    assert len(wanted - set(plain_words(words_of(pdf)))) <= len(wanted) * 0.04


def test_a_duplicate_of_a_card_that_was_not_issued_here_says_so_too(
    renderer: XhtmlRenderer, environment: Environment, words_of: Callable[[bytes], str]
) -> None:
    html = environment.get_template("documents/address_card.html").render(short_card() | {"duplicate_of": ""})
    assert "in place of a lost one" in words_of(renderer.render(html, created=CREATED))


def test_a_duplicate_says_which_card_was_lost(pdf: bytes, card: str, words_of: Callable[[bytes], str]) -> None:
    assert ("Duplicate, in place of D-2026-000123-4" in words_of(pdf)) is (card == "address_card_long")
