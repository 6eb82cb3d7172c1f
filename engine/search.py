"""One way to write a word, for index and question alike: Arabic spelling, marks, case and digits forgiven."""

import re
import unicodedata

from engine import digits

LETTERS = {"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ئ": "ي", "ؤ": "و", "ة": "ه", "ـ": ""}
"""Arabic letters that are written for each other."""
_FOLDED = str.maketrans(LETTERS)


def norm(text: str) -> str:
    """Lower case, alef and hamza forms, taa marbuta, alef maqsura, tatweel and marks folded, digits ASCII, signs as spaces."""
    if text.isascii():
        return re.sub(r"[\W_]+", " ", text.lower()).strip()
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", text.translate(_FOLDED)) if not unicodedata.combining(sign))
    return re.sub(r"[\W_]+", " ", digits.fold(bare).translate(_FOLDED).lower()).strip()
