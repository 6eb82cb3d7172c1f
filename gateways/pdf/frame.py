"""The frame of our certificates: a band of eight-pointed stars, and a gate in a tint that barely shows behind the text.

Drawn once and kept as static/documents/frame.pdf, since a page's background must be a PDF:

    python -m gateways.pdf.frame static/documents/frame.pdf
"""

import math
import sys
from pathlib import Path

from reportlab.lib.colors import Color, HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.pdfgen.pathobject import PDFPathObject

GREEN, GOLD, TINT = HexColor("#12504a"), HexColor("#b08a45"), HexColor("#f7f2e8")
WIDTH, HEIGHT = A4
OUTSIDE, BAND = 9 * mm, 6.5 * mm
STARS_ACROSS, STARS_DOWN = 31, 45


def draw(path: Path) -> None:
    """Write the frame as a one-page A4 PDF; always the same bytes."""
    canvas = Canvas(str(path), pagesize=A4, invariant=1, pageCompression=1)
    canvas.setTitle("Frame")
    _gate(canvas)
    _rules(canvas)
    _stars(canvas)
    canvas.save()


def _rules(canvas: Canvas) -> None:
    for inset, colour, width in (
        (OUTSIDE - 1.3 * mm, GREEN, 1.6),
        (OUTSIDE, GOLD, 0.5),
        (OUTSIDE + BAND, GOLD, 0.5),
        (OUTSIDE + BAND + 0.9 * mm, GREEN, 0.35),
    ):
        canvas.setStrokeColor(colour)
        canvas.setLineWidth(width)
        canvas.rect(inset, inset, WIDTH - 2 * inset, HEIGHT - 2 * inset)


def _stars(canvas: Canvas) -> None:
    """Stars along the middle of the band, the corners' own ones larger and filled."""
    middle = OUTSIDE + BAND / 2
    right, top = WIDTH - middle, HEIGHT - middle
    radius = BAND * 0.44
    for step in range(1, STARS_ACROSS):
        x = middle + (right - middle) * step / STARS_ACROSS
        for y in (middle, top):
            _star(canvas, x, y, radius)
    for step in range(1, STARS_DOWN):
        y = middle + (top - middle) * step / STARS_DOWN
        for x in (middle, right):
            _star(canvas, x, y, radius)
    for x in (middle, right):
        for y in (middle, top):
            _corner(canvas, x, y)


def _star(canvas: Canvas, x: float, y: float, radius: float) -> None:
    """A khatam: two squares, one turned by an eighth, and a dot."""
    canvas.setStrokeColor(GOLD)
    canvas.setFillColor(GOLD)
    canvas.setLineWidth(0.4)
    for turn in (0.0, math.pi / 4):
        canvas.drawPath(_square(canvas, x, y, radius, turn), stroke=1, fill=0)
    canvas.circle(x, y, radius * 0.2, stroke=0, fill=1)


def _corner(canvas: Canvas, x: float, y: float) -> None:
    half = BAND / 2
    canvas.setFillColor(GREEN)
    canvas.rect(x - half, y - half, 2 * half, 2 * half, stroke=0, fill=1)
    canvas.setFillColor(HexColor("#e6cf9a"))
    for turn in (0.0, math.pi / 4):
        canvas.drawPath(_square(canvas, x, y, half * 0.8, turn), stroke=0, fill=1)
    canvas.setFillColor(GREEN)
    canvas.circle(x, y, half * 0.28, stroke=0, fill=1)


def _square(canvas: Canvas, x: float, y: float, radius: float, turn: float) -> PDFPathObject:
    """A square of corners at `radius` from its middle."""
    path = canvas.beginPath()
    for corner in range(4):
        angle = turn + corner * math.pi / 2
        point = (x + radius * math.cos(angle), y + radius * math.sin(angle))
        (path.lineTo if corner else path.moveTo)(*point)
    path.close()
    return path


def _gate(canvas: Canvas) -> None:
    """Arches within arches in the middle of the page, as of a gate one walks towards."""
    for step in range(6):
        _arch(canvas, width=(92 - 15 * step) * mm, height=(138 - 17 * step) * mm, colour=TINT)


def _arch(canvas: Canvas, width: float, height: float, colour: Color) -> None:
    left, right, middle, foot = (WIDTH - width) / 2, (WIDTH + width) / 2, WIDTH / 2, 80 * mm
    spring, tip = foot + height * 0.52, foot + height
    path = canvas.beginPath()
    path.moveTo(left, foot)
    path.lineTo(left, spring)
    path.curveTo(left, spring + height * 0.24, middle - width * 0.2, tip - height * 0.14, middle, tip)
    path.curveTo(middle + width * 0.2, tip - height * 0.14, right, spring + height * 0.24, right, spring)
    path.lineTo(right, foot)
    canvas.setStrokeColor(colour)
    canvas.setLineWidth(2.2)
    canvas.drawPath(path, stroke=1, fill=0)


if __name__ == "__main__":
    draw(Path(sys.argv[1]))
