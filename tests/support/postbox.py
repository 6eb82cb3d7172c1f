"""A mailer and texter that keeps what it is given, for tests that only read it."""

import re
from dataclasses import dataclass, field
from typing import Any

from operations import outbox
from operations.outside import outside


@dataclass
class Postbox:
    sent: list[dict[str, Any]] = field(default_factory=list)

    def send(self, **message: Any) -> None:
        self.sent.append(message)


def delivered(channel: str = "mail") -> list[dict[str, Any]]:
    """Everything sent so far by mail or SMS, after the worker had its turn."""
    outbox.drain()
    return (outside.mailer if channel == "mail" else outside.texter).sent


def last_code(channel: str = "mail", to: str | None = None) -> str:
    """The six digits in the last message (to that address)."""
    text = next(message["text"] for message in reversed(delivered(channel)) if to in (None, message["to"]))
    return re.search(r"\b\d{6}\b", text)[0]


def last_link() -> str:
    """The path of the link in the last mail that has one."""
    found = [re.search(r"http://127\.0\.0\.1:\d+(/account/codes/\S+)", message["text"]) for message in delivered()]
    return next(match[1] for match in reversed(found) if match)
