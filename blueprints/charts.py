"""Where the bars of a chart stand. Lengths along the reading direction are per cent of the chart's width, so that text keeps its size on
any screen; heights are pixels. Right to left is the same picture mirrored."""

from collections.abc import Sequence
from dataclasses import dataclass

from engine.wording import Text

ROW = 44  # a label's line and its bar
HEIGHT = 140  # of columns


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: what it stands for, how many, and its place."""

    label: object
    shown: str | int
    x: str
    y: int
    width: str
    height: int


@dataclass(frozen=True, slots=True)
class Chart:
    title: Text
    bars: list[Bar]
    height: int
    most: int


def rows(title: Text, items: Sequence[tuple[object, int, str | int]], *, rtl: bool) -> Chart:
    """Bars below each other: (label, how many, how it is written)."""
    most = max((many for _label, many, _shown in items), default=0)
    bars = []
    for number, (label, many, shown) in enumerate(items):
        length = 100 * many / most if most else 0
        bars.append(Bar(label, shown, _per_cent(100 - length if rtl else 0), number * ROW, _per_cent(length), ROW))
    return Chart(title, bars, len(items) * ROW, most)


def columns(title: Text, items: Sequence[tuple[object, int]], *, rtl: bool) -> Chart:
    """Bars beside each other, the first where reading begins."""
    most = max((many for _label, many in items), default=0)
    wide = 100 / len(items) if items else 0
    bars = []
    for number, (label, many) in enumerate(items):
        tall = round(HEIGHT * many / most) if most else 0
        start = 100 - wide * (number + 1) if rtl else wide * number
        bars.append(Bar(label, many, _per_cent(start + wide * 0.1), HEIGHT - tall, _per_cent(wide * 0.8), tall))
    return Chart(title, bars, HEIGHT, most)


def _per_cent(length: float) -> str:
    return f"{length:.2f}%"
