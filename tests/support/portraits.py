"""Made-up portraits: a head and shoulders before a wall."""

import io

from PIL import Image, ImageDraw


def a_portrait(width: int = 600, height: int = 900, wall: tuple[int, int, int] = (240, 240, 240), kind: str = "JPEG") -> bytes:
    picture = Image.new("RGB", (width, height), wall)
    head(picture)
    return saved(picture, kind)


def head(picture: Image.Image) -> None:
    """In the middle, as on a card: hair, face, shoulders."""
    width, height = picture.size
    size, pen = min(width, height * 2 // 3), ImageDraw.Draw(picture)
    middle, top = width // 2, height // 6
    pen.ellipse((middle - size * 0.24, top, middle + size * 0.24, top + size * 0.6), fill=(45, 35, 30))
    pen.ellipse((middle - size * 0.2, top + size * 0.1, middle + size * 0.2, top + size * 0.62), fill=(196, 150, 120))
    pen.rounded_rectangle(
        (middle - size * 0.42, top + size * 0.72, middle + size * 0.42, height + size), radius=size * 0.2, fill=(40, 70, 110)
    )


def saved(picture: Image.Image, kind: str) -> bytes:
    written = io.BytesIO()
    picture.save(written, kind)
    return written.getvalue()
