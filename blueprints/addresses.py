"""Addresses a person may be sent back to: only ours."""

from typing import cast
from urllib.parse import urlsplit

from flask import redirect, request, url_for
from flask.wrappers import Response

LONGEST = 500  # characters: it is kept in the cookie, and a browser drops one of more than 4096 bytes


def back_to(wanted: str | None, otherwise: str | None = None) -> str:
    """`wanted` when it is a path of this portal, else `otherwise` or the home page.

    Refuses `//evil`, `/\\evil`, schemes, control signs and what is too long to be remembered.
    """
    home = otherwise or url_for("pages.home")
    if (
        not wanted
        or len(wanted) > LONGEST
        or not wanted.startswith("/")
        or wanted[1:2] in ("/", "\\")
        or any(ord(sign) < 32 for sign in wanted)
        or "\\" in wanted
    ):
        return home
    parts = urlsplit(wanted)
    return home if parts.scheme or parts.netloc else wanted


def here() -> str:
    """The path of this page, to come back to: for a post, the page it was sent from is the same address."""
    return request.full_path.rstrip("?")


def go(address: str) -> Response:
    """On to another page with GET, whatever brought the person here."""
    return cast(Response, redirect(address, 303))
