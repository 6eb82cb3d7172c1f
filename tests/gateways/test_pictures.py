"""What a portrait shows of itself: its size held upright, what is behind the head, and that every pixel can be read."""

import io
import struct
import zlib
from collections.abc import Callable

import pytest
from PIL import Image, ImageDraw

from gateways import pictures
from tests.support.portraits import a_portrait, head, saved


def shaded(picture: Image.Image) -> None:
    """Light from one side, so that half of the wall lies in shadow."""
    ImageDraw.Draw(picture).rectangle((0, 0, picture.width // 2, picture.height), fill=(90, 90, 90))


def curtain(picture: Image.Image) -> None:
    for left in range(0, picture.width, 60):
        ImageDraw.Draw(picture).rectangle((left, 0, left + 30, picture.height), fill=(120, 60, 60))


def lamp(picture: Image.Image) -> None:
    """A white wall, a little darker on one side, as every room has it."""
    for left in range(picture.width):
        grey = 215 + 30 * left // picture.width
        ImageDraw.Draw(picture).line((left, 0, left, picture.height), fill=(grey, grey, grey))


BEHIND: list[tuple[str, Callable[[Image.Image], None] | None, tuple[int, int, int], bool]] = [
    ("white", None, (255, 255, 255), True),
    ("light blue", None, (200, 220, 245), True),
    ("a lamp on one side", lamp, (255, 255, 255), True),
    ("dark", None, (60, 70, 90), False),
    ("half in shadow", shaded, (255, 255, 255), False),
    ("a curtain", curtain, (255, 255, 255), False),
]


@pytest.mark.parametrize(("painted", "wall", "plain"), [case[1:] for case in BEHIND], ids=[case[0] for case in BEHIND])
def test_what_is_behind_the_head(painted, wall, plain):
    picture = Image.new("RGB", (800, 1200), wall)
    if painted:
        painted(picture)
    head(picture)
    for kind in ("JPEG", "PNG"):
        assert pictures.portrait(saved(picture, kind)) == pictures.Portrait(800, 1200, plain)


def test_one_held_upright_by_a_note_of_the_camera_is_measured_upright():
    lying = Image.open(io.BytesIO(a_portrait(600, 900))).rotate(90, expand=True)
    exif = Image.Exif()
    exif[0x0112] = 6
    written = io.BytesIO()
    lying.save(written, "JPEG", exif=exif)
    assert pictures.portrait(written.getvalue()) == pictures.Portrait(600, 900, True)


def test_what_is_transparent_is_white():
    clear = Image.new("RGBA", (600, 900), (0, 0, 0, 0))
    assert pictures.portrait(saved(clear, "PNG")).plain


@pytest.mark.parametrize(
    "broken", [b"", b"\xff\xd8\xff", b"%PDF-1.7\n", a_portrait()[: len(a_portrait()) // 2], b"GIF89a" + b"\0" * 40]
)
def test_what_is_broken_or_none_is_unreadable(broken):
    with pytest.raises(pictures.Unreadable):
        pictures.portrait(broken)


def test_a_bomb_is_not_opened():
    """A few bytes that say they are 60,000 × 60,000 pixels."""
    said = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    header = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR" + said + struct.pack(">I", zlib.crc32(b"IHDR" + said))
    with pytest.raises(pictures.Unreadable):
        pictures.portrait(header)
