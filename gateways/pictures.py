"""Pictures that people send: drawn anew for everybody's eyes, no larger than a screen and without what a camera writes into them (place,
owner, day); and portraits, measured and looked at for what is behind the head."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from PIL import Image, ImageOps

READABLE = ("image/jpeg", "image/png")
WIDEST = 1600  # pixels
MOST = 50_000_000  # pixels of what is read: a larger one could fill the memory
QUALITY = 82


class Unreadable(ValueError):
    """No picture, a broken one, or one that is too large."""


@dataclass(frozen=True, slots=True)
class Portrait:
    """Pixels of the picture held upright; `plain`: what is behind the head is light and even."""

    width: int
    height: int
    plain: bool


def redrawn(data: bytes) -> bytes:
    """As JPEG, upright. Raises Unreadable."""
    with _opened(data) as picture:
        upright = ImageOps.exif_transpose(picture).convert("RGB")
    upright.thumbnail((WIDEST, WIDEST))
    plain, written = Image.new("RGB", upright.size), io.BytesIO()
    plain.paste(upright)
    plain.save(written, "JPEG", quality=QUALITY, optimize=True)
    return written.getvalue()


def portrait(data: bytes) -> Portrait:
    """What a picture shows of itself, every pixel of it read. Raises Unreadable."""
    with _opened(data) as picture:
        turned = picture.getexif().get(ORIENTATION, 1) in ON_ITS_SIDE
        width, height = reversed(picture.size) if turned else picture.size
        picture.draft("RGB", SEEN)  # a JPEG is read at the scale that is looked at
        upright = ImageOps.exif_transpose(picture)
        return Portrait(width, height, _plain(_on_white(upright)))


@contextmanager
def _opened(data: bytes) -> Iterator[Image.Image]:
    try:
        with Image.open(io.BytesIO(data), formats=("JPEG", "PNG")) as picture:
            if picture.width * picture.height > MOST:
                raise Unreadable("too large")
            yield picture
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as problem:
        raise Unreadable(str(problem)) from None


# --- Behind the head -------------------------------------------------------------------------------------------------------------

ORIENTATION, ON_ITS_SIDE = 0x0112, range(5, 9)
SEEN = (120, 180)
LIGHT = 165
"""Of 255: how light the middle of all greys there is at least. A white wall in a room has 190 and more."""
EVEN = 60
"""How far the darkest tenth of them may be from the lightest: a lamp from one side makes 30, a curtain or a shadow 80 and more."""


def _on_white(picture: Image.Image) -> Image.Image:
    """In greys; what is transparent is printed white."""
    full = picture.convert("RGBA")
    full.thumbnail((SEEN[0] * 2, SEEN[1] * 2))
    white = Image.new("RGBA", full.size, "white")
    return Image.alpha_composite(white, full).convert("L").resize(SEEN)


def _plain(grey: Image.Image) -> bool:
    """By the corners above the shoulders and the edges between them: a guess, good enough for a hint and no more."""
    width, height = grey.size
    behind = Image.new("1", grey.size, 0)
    behind.paste(1, (0, 0, width, height // 20))
    behind.paste(1, (0, 0, width // 8, height // 2))
    behind.paste(1, (width - width // 8, 0, width, height // 2))
    counted = grey.histogram(behind)
    return _level(counted, 0.5) >= LIGHT and _level(counted, 0.9) - _level(counted, 0.1) <= EVEN


def _level(counted: list[int], share: float) -> int:
    """The grey that so large a share of the pixels does not exceed."""
    wanted, passed = share * sum(counted), 0
    for level, count in enumerate(counted):
        passed += count
        if passed >= wanted:
            return level
    return 255
