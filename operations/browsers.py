"""Browsers that signed in before. Each keeps an id of its own and, for every account it entered, a mark that only we can make.

The marks lie in the browser alone: nothing here remembers who shares a computer with whom.
"""

from secrets import token_urlsafe

from models import Account
from operations import secrets

REMEMBERED = 8  # accounts a browser; the oldest mark goes first


def known(cookie: str, account: Account) -> bool:
    """Whether the browser with this cookie has signed in to the account before."""
    browser, *marks = cookie.split(".")
    return any(secrets.same(mark, _mark(browser, account)) for mark in marks)


def marked(cookie: str, account: Account) -> str:
    """The cookie after signing in: the account's mark is the newest in it."""
    browser, *marks = cookie.split(".")
    browser = browser or token_urlsafe(16)
    mark = _mark(browser, account)
    kept = [other for other in marks if other != mark][-(REMEMBERED - 1) :]
    return ".".join((browser, *kept, mark))


def _mark(browser: str, account: Account) -> str:
    return secrets.derived("browser", f"{browser}\0{account.id}").hex()[:32]
