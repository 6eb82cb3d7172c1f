"""Digits as people type them and as Arabic pages show them."""

import re
import unicodedata

_ARABIC_INDIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


def fold(text: str) -> str:
    """The text with every decimal digit (Arabic-Indic, Persian, full-width …) as ASCII 0-9; all else untouched."""
    return "".join(str(unicodedata.decimal(character)) if character.isdecimal() else character for character in text)


def arabic(text: str) -> str:
    """The text with ASCII digits as Arabic-Indic ones."""
    return text.translate(_ARABIC_INDIC)


def arabic_numbers(text: str) -> str:
    """As `arabic`, for papers: what has Latin letters among its digits, such as a passport's number, stays as it is written."""
    return re.sub(r"\S+", lambda word: word[0] if re.search("[A-Za-z]", word[0]) else arabic(word[0]), text)
