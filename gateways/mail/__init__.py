"""Sending a mail. `smtp.SmtpMailer` speaks to a mail server; `Failover` adds a second one."""

from typing import Protocol

from gateways.delivery import Failover, Undeliverable

__all__ = ["Failover", "Mailer", "Undeliverable"]


class Mailer(Protocol):
    """Hands one mail to one person over to a mail server."""

    def send(self, *, to: str, subject: str, text: str, html: str | None, message_id: str) -> None:
        """`message_id` is the same at every try (`<…@portal>`, with its brackets), so that readers show a repeated mail once.

        Raises Undeliverable (give up) or engine.errors.Unavailable (try again later).
        """
