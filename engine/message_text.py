"""The words of a message as an administrator writes them: plain text with {placeholders}; and how many parts an SMS of them has."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from engine.errors import Refusal
from engine.wording import _

PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")

# 3GPP TS 23.038, 6.2.1: the default alphabet, and what counts double because it is written with an escape.
GSM_7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_7_DOUBLE = frozenset("\f^{}\\[~]|€")


@dataclass(frozen=True, slots=True)
class Length:
    """Of an SMS: its characters as the network counts them, and how many parts that makes."""

    characters: int
    parts: int
    arabic: bool  # not in the 7-bit alphabet: 70 characters to a part, not 160


def check(text: str, allowed: Collection[str], needed: Collection[str]) -> None:
    """Raises Refusal for a placeholder this message does not have, for a stray brace, and where one is missing that must be there."""
    used = PLACEHOLDER.findall(text)
    if unknown := [name for name in used if name not in allowed]:
        known = ", ".join(f"{{{name}}}" for name in allowed)
        raise Refusal(_("This message has no {%(name)s}. It has: %(known)s.", name=unknown[0], known=known))
    if set("{}") & set(PLACEHOLDER.sub("", text)):
        raise Refusal(_("Braces stand around the name of a placeholder only, such as {reference}."))
    if missing := [name for name in needed if name not in used]:
        raise Refusal(_("Without {%(name)s} this message is of no use. Put it in.", name=missing[0]))


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with each placeholder's value. What people typed is put in as it is and never read again."""
    return PLACEHOLDER.sub(lambda match: values[match[1]], text)


def length(text: str) -> Length:
    """How a network counts it: 160 characters in the 7-bit alphabet, 153 a part beyond that; otherwise 70 and 67 (TS 23.040)."""
    if set(text) <= GSM_7 | GSM_7_DOUBLE:
        units, one, more = sum(2 if sign in GSM_7_DOUBLE else 1 for sign in text), 160, 153
    else:
        units, one, more = len(text.encode("utf-16-be")) // 2, 70, 67
    parts = 1 if units <= one else -(-units // more)
    return Length(units, parts, one == 70)
