"""`make pictures`: every page in both languages, on a phone and on a desk, in the light and in the dark, into var/pictures/.

index.html lays them side by side. Look before calling a page done.
"""

import html
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from playwright.sync_api import Page

from tests.journeys.gallery import Place, gallery
from tests.support.browser import chromium
from tests.support.database import migrate
from tests.support.portal import Portal, whole_portal
from tests.support.processes import ROOT

FOLDER = ROOT / "var" / "pictures"
LANGUAGES, WIDTHS, SCHEMES = ("ar", "en"), (360, 1280), ("light", "dark")
HEIGHT = 800


def main() -> int:
    start = time.monotonic()
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    with tempfile.TemporaryDirectory(prefix="bawaba-pictures-") as folder:
        url = f"sqlite:///{folder}/bawaba.db"
        migrate(url)
        with whole_portal(Path(folder), url) as portal:
            with chromium() as browser:
                places = gallery(portal, browser)
            places += mails(portal)
            with ThreadPoolExecutor(len(LANGUAGES)) as pool:
                wide = [name for names in pool.map(lambda language: shoot(portal, places, language), LANGUAGES) for name in names]
    (FOLDER / "index.html").write_text(index([place.name for place in places]), encoding="utf-8")
    print(f"{len(list(FOLDER.glob('*.png')))} pictures in {time.monotonic() - start:.0f} s: {FOLDER / 'index.html'}")
    print(*(f"wider than the screen: {name}" for name in wide), sep="\n", end="\n" if wide else "")
    return 0


def mails(portal: Portal) -> list[Place]:
    """One of each kind of mail that was sent on the way, as a mail program shows it."""
    kinds = {message["subject"].split(":")[0]: message["id"] for message in portal.messages("@") if message["html"]}
    return [Place(f"mail-{number}", f"{portal.mailbox_url}/mails/{message}") for number, message in enumerate(kinds.values(), 1)]


def shoot(portal: Portal, places: list[Place], language: str) -> list[str]:
    """All places in one language; returns the pictures that scroll sideways."""
    wide: list[str] = []
    with chromium() as browser:
        context = browser.new_context(reduced_motion="reduce", **portal.visitor())
        context.add_cookies([{"name": "language", "value": language, "url": portal.url}])
        context.set_default_timeout(15_000)
        page = context.new_page()
        for place in places:
            context.clear_cookies(name="session")
            context.add_cookies(list(place.cookies))
            page.set_viewport_size({"width": WIDTHS[-1], "height": HEIGHT})
            place.show(page, portal)
            page.evaluate("document.fonts.ready")
            wide += list(take(page, f"{place.name}-{language}"))
    return wide


def take(page: Page, name: str) -> Iterator[str]:
    """The page as it stands, in each width and scheme; yields what is wider than the screen."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            yield f"{name}-{width}"
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            page.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(done, 30)))")  # drawn in its new colours
            page.screenshot(path=FOLDER / f"{name}-{width}-{scheme}.png", full_page=True)


def index(names: list[str]) -> str:
    """A row a page: phone and desk, both languages, light and dark."""
    rows = "".join(f"<h2>{html.escape(name)}</h2><p>{''.join(pictures(name))}</p>" for name in names)
    style = "body{font:1rem sans-serif;margin:1rem}p{display:flex;gap:.5rem;align-items:flex-start;overflow-x:auto}img{border:1px solid #999}"
    return f"<!doctype html><html lang=en><meta charset=utf-8><title>Bawaba: every page</title><style>{style}</style>{rows}"


def pictures(name: str) -> Iterator[str]:
    for width in WIDTHS:
        for scheme in SCHEMES:
            for language in LANGUAGES:
                file = f"{name}-{language}-{width}-{scheme}.png"
                yield f'<a href="{file}"><img src="{file}" width="{width // 3}" loading="lazy" alt="{file}"></a>'


if __name__ == "__main__":
    sys.exit(main())
