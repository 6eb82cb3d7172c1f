"""What an operation may refuse with. The web maps them once: 422, 404, 409, 403, 503; routes never catch them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.wording import Text


@dataclass(frozen=True, slots=True)
class Start:
    """The way on from a refusal: begin this service with these answers, as a person would type them."""

    service: str
    answers: Mapping[str, Any]


class Refusal(Exception):
    """The request breaks a rule. Says why and what to do next, in the person's language (422); `start` is the service that helps."""

    def __init__(self, message: Text, *, field: str | None = None, start: Start | None = None) -> None:
        super().__init__(str(message))
        self.message = message
        self.field = field
        self.start = start


class NotFound(Exception):
    """There is no such thing for this person: unknown and forbidden look alike (404)."""


class Conflict(Refusal):
    """Somebody, or the same person in another window, was faster (409)."""


class NotAllowed(Exception):
    """The person's role does not include this (403)."""


class Unavailable(Refusal):
    """Something outside does not answer; nothing was lost, try again (503)."""


class TooMany(Refusal):
    """A limit was reached. Says how long to wait (429)."""

    def __init__(self, message: Text, *, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after
