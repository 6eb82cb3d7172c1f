"""Pictures drawn anew for everybody's eyes: no larger than a screen, and without what a camera writes into them (place, owner, day)."""

import io

from PIL import Image, ImageOps

READABLE = ("image/jpeg", "image/png")
WIDEST = 1600  # pixels
MOST = 50_000_000  # pixels of what is read: a larger one could fill the memory
QUALITY = 82


class Unreadable(ValueError):
    """No picture, a broken one, or one that is too large."""


def redrawn(data: bytes) -> bytes:
    """As JPEG, upright. Raises Unreadable."""
    try:
        with Image.open(io.BytesIO(data), formats=("JPEG", "PNG")) as picture:
            if picture.width * picture.height > MOST:
                raise Unreadable("too large")
            upright = ImageOps.exif_transpose(picture).convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as problem:
        raise Unreadable(str(problem)) from None
    upright.thumbnail((WIDEST, WIDEST))
    plain, written = Image.new("RGB", upright.size), io.BytesIO()
    plain.paste(upright)
    plain.save(written, "JPEG", quality=QUALITY, optimize=True)
    return written.getvalue()
