"""Sending an SMS. `kannel.KannelTexter` speaks to a telecom's gateway; `Failover` adds a second one."""

from typing import Protocol

from gateways.delivery import Failover, Undeliverable

__all__ = ["Failover", "Texter", "Undeliverable"]


class Texter(Protocol):
    """Hands one text to one phone over to a telecom."""

    def send(self, *, to: str, text: str, key: str) -> None:
        """`to` is E.164 (`+96890000001`); `key` is the same at every try: the telecom's statement shows what was repeated.

        Raises Undeliverable (give up) or engine.errors.Unavailable (try again later).
        """
