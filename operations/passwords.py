"""Passwords: what a good one is, how it is kept (argon2id), and that an unknown person costs the same time as a known one."""

import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from secrets import token_urlsafe

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from engine import digits
from engine.errors import Refusal
from engine.wording import _

LEAST = 8
LEAST_FOR_STAFF = 15
MOST = 256  # longer ones would only serve to keep us busy
OURS = ("bawaba", "بوابة", "oman", "عمان", "عُمان", "muscat", "مسقط", "sultanate", "chamber", "occi", "municipality", "residency")
"""Words that belong to this portal: the first that a guesser tries, so a password needs more than them."""
TELLING = 4  # shorter pieces of somebody's data (Ali, Oman's 968) may stand in any password

# OWASP's least for argon2id: 19 MiB, two passes, one lane. Others are hashed again at the next log-in.
hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def check(password: str, *, personal: Iterable[str] = (), staff: bool = False) -> None:
    """Raises Refusal for field `password`. No rules of composition (NIST SP 800-63B 3.1.1.2), but length, and not what others try first."""
    text = _plain(password)
    least = LEAST_FOR_STAFF if staff else LEAST
    if len(text) < least:
        raise Refusal(_("Choose a longer password. Least number of characters: %(least)s", least=least), field="password")
    if len(text) > MOST:
        raise Refusal(_("Choose a shorter password. Greatest number of characters: %(most)s", most=MOST), field="password")
    if text.casefold() in common() or len(set(text)) <= 2 or _tells(text, OURS):
        raise Refusal(
            _("Many people use this password, so it is easy to guess. Choose another, such as a few words in a row."),
            field="password",
        )
    if _tells(text, personal):
        raise Refusal(_("Leave your own name, e-mail, phone and numbers out of your password."), field="password")


def hashed(password: str) -> str:
    return hasher.hash(_plain(password))


def fits(password: str, kept: str | None) -> bool:
    """Whether it is the password of that hash. Without one (nobody of that name) the work is done all the same, and the answer is no."""
    try:
        right = hasher.verify(kept or _of_nobody(), _plain(password[:MOST]))
        return right and kept is not None and len(password) <= MOST
    except (VerificationError, InvalidHashError):
        return False


def nobodys() -> str:
    """In place of a hash: no password fits it."""
    return "!"


def random() -> str:
    """One that nobody knows, until its owner sets another."""
    return token_urlsafe(32)


def outdated(kept: str) -> bool:
    return hasher.check_needs_rehash(kept)


@cache
def common() -> frozenset[str]:
    lines = Path(__file__).with_name("common_passwords.txt").read_text().splitlines()
    return frozenset(line for line in lines if not line.startswith("#"))


@cache
def _of_nobody() -> str:
    return hashed("nobody has this password")


def _plain(password: str) -> str:
    """One spelling for what looks the same, digits of any keyboard included: people change keyboards, not passwords."""
    return digits.fold(unicodedata.normalize("NFKC", password))


def _tells(text: str, personal: Iterable[str]) -> bool:
    """Whether little is left of the password once the person's own data is taken out."""
    left = text.casefold()
    for piece in sorted((_plain(piece).casefold() for piece in personal), key=len, reverse=True):
        if len(piece) >= TELLING:
            left = left.replace(piece, "")
    return len(left) < min(LEAST, len(text))
