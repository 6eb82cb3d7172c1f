"""Whom https is trusted from, read once for all adapters: reading the authorities costs 25 ms, and a start makes six clients."""

import ssl
from functools import cache

import httpx


@cache
def usual() -> ssl.SSLContext:
    """What httpx trusts when nobody says otherwise. Give it as `verify`; do not change it, for it is everybody's."""
    return httpx.create_ssl_context()


@cache
def of_this_machine() -> ssl.SSLContext:
    """The system's own authorities, as mail servers are trusted."""
    return ssl.create_default_context()
