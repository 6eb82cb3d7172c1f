"""Numbers people copy by hand: each carries a check digit, so that a slip is caught before a search.

The check digit is Damm's (H. M. Damm, "Total anti-symmetrische Quasigruppen", 2004): it finds every single wrong digit and every
swap of neighbours.
"""

import re

from engine import digits
from engine.errors import Refusal
from engine.wording import _

_DAMM = (
    "0317598642",
    "7092154863",
    "4206871359",
    "1750983426",
    "6123045978",
    "3674209581",
    "5869720134",
    "8945362017",
    "9438617205",
    "2581436790",
)
# No I, L, O, U: nobody mistakes one sign for another (Crockford's base 32).
CODE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 12
_MISREAD = str.maketrans("ILO", "110")
# Spaces, the dashes of word processors, and the invisible marks that come along when a number is copied out of Arabic text.
_FORGIVEN = re.compile(r"[\s\u2010-\u2015\u2212\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+")
_REFERENCE = re.compile(r"([A-Z]+)-?(\d{4})-?(\d{7})-?(\d)")


def check_digit(number: str) -> str:
    interim = 0
    for digit in number:
        interim = int(_DAMM[interim][int(digit)])
    return str(interim)


def reference(authority: str, year: int, number: int) -> str:
    """An application number: CHAMBER-2026-0000042-2."""
    body = f"{number:07}"
    return f"{authority.upper()}-{year}-{body}-{check_digit(f'{year}{body}')}"


def parse_reference(typed: str) -> str:
    """The application number a person typed (any digits, any case, dashes or not); a Refusal when it cannot be one."""
    match = _REFERENCE.fullmatch(_FORGIVEN.sub("", digits.fold(typed)).upper())
    if match is None:
        raise Refusal(_("An application number looks like CHAMBER-2026-0000042-2. Copy it as it stands in your message."))
    authority, year, body, check = match.groups()
    if check_digit(year + body) != check:
        raise Refusal(_("One digit of this application number is wrong. Compare it with your message and type it again."))
    return f"{authority}-{year}-{body}-{check}"


def verification_code(random_bytes: bytes) -> str:
    """The code printed on a document: 12 signs (60 bits) from at least 12 random bytes."""
    return "".join(CODE_ALPHABET[byte % 32] for byte in random_bytes[:CODE_LENGTH])


def parse_verification_code(typed: str) -> str | None:
    """The code a person typed, spaces and dashes and confusable letters forgiven; None when it cannot be one."""
    bare = re.sub(r"[^0-9A-Z]", "", digits.fold(typed).upper()).translate(_MISREAD)
    return bare if len(bare) == CODE_LENGTH and set(bare) <= set(CODE_ALPHABET) else None


def grouped(code: str) -> str:
    """The code as printed, in groups of four: 7K2M-9QXA-04TD."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def receipt_number(series: str, year: int, number: int) -> str:
    return f"{series}-{year}-{number:06}"
