"""What an operation may refuse with. The web maps them once: 422, 404, 409, 403, 503; routes never catch them."""

from engine.wording import Text


class Refusal(Exception):
    """The request breaks a rule. Says why and what to do next, in the person's language (422)."""

    def __init__(self, message: Text, *, field: str | None = None) -> None:
        super().__init__(str(message))
        self.message = message
        self.field = field


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
