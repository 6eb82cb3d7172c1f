"""What goes onto paper is cleaned first: nothing a person typed may turn letters around or hide.

`equip` gives a Jinja environment the two habits every paper needs; the environment's own autoescape does the rest.
"""

import re
import unicodedata

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup, escape

# Unicode UAX #9, 2: the explicit directional embeddings, overrides, isolates and marks.
BIDI_CONTROLS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
# Phones, card numbers, numbers with a year before them, figures with gaps: from right to left their parts would change places.
NUMBER = re.compile(r"\+?\d[\d •*()+/\-]{3,}[\d*•]")
LEFT_TO_RIGHT_ISOLATE, POP_ISOLATE, NO_BREAK_SPACE = "\u2066", "\u2069", "\u00a0"
# Cc control, Co private use (the renderer keeps its glyphs there), Cs lone surrogates, Cn unassigned.
UNWANTED = {"Cc", "Co", "Cs", "Cn"}


def equip(environment: Environment) -> None:
    """Every value is cleaned as it is printed, `|ltr` keeps numbers in order, and a forgotten value is an error."""
    environment.finalize = printed
    environment.filters["ltr"] = ltr
    environment.undefined = StrictUndefined


def printed(value: object) -> object:
    """A value as it may be printed: text cleaned, unless a filter of ours has already done so."""
    return clean(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def clean(text: str) -> str:
    """The text without direction controls, controls and private characters; tabs and line ends become spaces."""
    spaced = re.sub(r"[\t\n\r]+", " ", BIDI_CONTROLS.sub("", text))
    return "".join(character for character in spaced if unicodedata.category(character) not in UNWANTED)


def ltr(text: str) -> Markup:
    """The text cleaned, with each number inside it kept whole and read from left to right, as in "+968 2479 3700"."""
    return Markup(NUMBER.sub(_isolated, str(escape(clean(text)))))


def _isolated(number: re.Match[str]) -> str:
    return LEFT_TO_RIGHT_ISOLATE + number.group().replace(" ", NO_BREAK_SPACE) + POP_ISOLATE
