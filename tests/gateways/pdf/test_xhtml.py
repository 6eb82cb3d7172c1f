"""The renderer gives the same bytes again, and lets nothing in from outside its folder."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from jinja2 import Environment
from PIL import Image

from gateways.pdf import RenderingFailed
from gateways.pdf.xhtml import XhtmlRenderer
from tests.gateways.pdf.sample_papers import CREATED, PAPERS

PAGE = "<html><head><style>@page {{ size: a6 }}</style>{head}</head><body><p>Hello</p>{body}</body></html>"


def page(body: str = "", head: str = "") -> str:
    return PAGE.format(body=body, head=head)


def test_the_same_paper_gives_the_same_bytes_whatever_was_drawn_between(
    renderer: XhtmlRenderer, environment: Environment, drawn: Callable[[str], bytes]
) -> None:
    before = drawn("receipt_short")
    drawn("certificate_long")
    template, data = PAPERS["receipt_short"]
    assert renderer.render(environment.get_template(template).render(data()), created=CREATED) == before


def test_the_moment_of_creation_is_the_one_given(renderer: XhtmlRenderer) -> None:
    pdf = renderer.render(page(), created=CREATED)
    assert b"D:20180319063000" in pdf
    assert renderer.render(page(), created=CREATED + timedelta(seconds=1)) != pdf
    assert "SOURCE_DATE_EPOCH" not in os.environ


def test_threads_take_turns_and_keep_their_own_moment(renderer: XhtmlRenderer) -> None:
    moments = [datetime(2020, 1, day, tzinfo=UTC) for day in range(1, 9)]
    with ThreadPoolExecutor(4) as threads:
        pdfs = list(threads.map(lambda moment: renderer.render(page(), created=moment), moments))
    assert all(f"D:{moment:%Y%m%d}".encode() in pdf for moment, pdf in zip(moments, pdfs, strict=True))


@pytest.mark.parametrize(
    "page",
    [
        page('<img src="http://127.0.0.1:9/x.png">'),
        page('<img src="https://example.org/x.png">'),
        page('<link rel="stylesheet" href="https://example.org/a.css">'),
        page(head="<style>@font-face { font-family: X; src: url(https://example.org/x.ttf) }</style>"),
        page(head="<style>@import url(https://example.org/a.css);</style>"),
        page(head="<style>@page { background-image: url(https://example.org/x.pdf) }</style>"),
    ],
)
def test_nothing_is_fetched(renderer: XhtmlRenderer, page: str) -> None:
    with pytest.raises(RenderingFailed, match="remote resources are not allowed"):
        renderer.render(page, created=CREATED)


def test_only_what_lies_in_the_assets_is_read(tmp_path: Path) -> None:
    (tmp_path / "assets").mkdir()
    for place in (tmp_path, tmp_path / "assets"):
        Image.new("RGB", (2, 2)).save(place / "picture.png")
    (tmp_path / "assets" / "way-out.png").symlink_to(tmp_path / "picture.png")
    renderer = XhtmlRenderer(tmp_path / "assets")
    assert renderer.render(page('<img src="picture.png">'), created=CREATED)
    for outside in (f"{tmp_path}/picture.png", f"file://{tmp_path}/picture.png", "../picture.png", "way-out.png"):
        with pytest.raises(RenderingFailed, match="outside the directories"):
            renderer.render(page(f'<img src="{outside}">'), created=CREATED)


def test_what_is_missing_is_an_error(renderer: XhtmlRenderer) -> None:
    with pytest.raises(RenderingFailed, match=r"not-there\.svg"):
        renderer.render(page('<img src="not-there.svg">'), created=CREATED)


def test_a_letter_no_font_holds_is_an_error_not_an_empty_box(renderer: XhtmlRenderer) -> None:
    face = (
        "<style>@font-face { font-family: Plex; src: url(fonts/IBMPlexSansArabic-Regular.ttf) } p { font-family: Plex }</style>"
    )
    with pytest.raises(RenderingFailed, match=r"U\+4E2D"):
        renderer.render(page("<p>中</p>", face), created=CREATED)
    assert renderer.render(page("<p dir='rtl'>\u2066+968 2479\u2069</p>", face), created=CREATED)
