"""What sending a mail and sending an SMS have in common: the two ways to fail, and a second provider."""

import logging
from collections.abc import Callable, Sequence
from typing import Protocol

from engine.errors import Unavailable

log = logging.getLogger(__name__)


class Undeliverable(Exception):
    """This message will never arrive this way: the address or the text was refused. Trying again is pointless."""


class Provider(Protocol):
    """A mailer or a texter."""

    @property
    def send(self) -> Callable[..., None]: ...


class Failover:
    """Hands a message to the first provider; to the next one only when that fails.

    Raises Unavailable if any of them might still take it later, else Undeliverable.
    A provider that answered too late may have sent it after all: rather twice than never.
    """

    def __init__(self, providers: Sequence[Provider]) -> None:
        self.providers = providers

    def send(self, **message: str | None) -> None:
        failures: list[Exception] = []
        for provider in self.providers:
            try:
                return provider.send(**message)
            except (Unavailable, Undeliverable) as failure:
                log.warning(
                    "%s did not take a message: %s", type(provider).__name__, type(failure).__name__
                )  # no addresses in logs
                failures.append(failure)
        raise next((failure for failure in failures if isinstance(failure, Unavailable)), failures[-1])
