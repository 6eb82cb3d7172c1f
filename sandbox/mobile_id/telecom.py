"""Requests on their way between a relying party and a phone. No web in here and no keys: the web part asks the SIM to sign.

Nothing runs in the background: whoever looks at a request first brings it up to date (`_settle`).
"""

import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

from sandbox.mobile_id.people import Behaviour, Customer

PIN_TRIES = 3

# How a request to such a phone ends at once; a phone that is not in this table rings.
ENDS_AT_ONCE = {
    Behaviour.NOT_A_CLIENT: "NOT_MID_CLIENT",
    Behaviour.ABSENT: "PHONE_ABSENT",
    Behaviour.DELIVERY_ERROR: "DELIVERY_ERROR",
    Behaviour.SIM_ERROR: "SIM_ERROR",
    Behaviour.HASH_MISMATCH: "SIGNATURE_HASH_MISMATCH",
}


@dataclass
class Request:
    """One authentication. `result` is None while the phone rings."""

    customer: Customer | None
    relying_party: str
    text: str
    digest: bytes
    hash_type: str
    started: float
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    tries_left: int = PIN_TRIES
    result: str | None = None
    ended: float | None = None

    @property
    def code(self) -> str:
        """Verification code, section 2.4.1: six bits from the beginning of the hash and seven from its end."""
        bits = f"{int.from_bytes(self.digest):0{len(self.digest) * 8}b}"
        return f"{int(bits[:6] + bits[-7:], 2):04d}"


class Telecom:
    """All requests. Times in seconds: a phone rings for `rings`, a session is known for `lives`."""

    def __init__(self, *, rings: float = 120, lives: float = 300, clock: Callable[[], float] = time.monotonic) -> None:
        self._rings, self._lives, self._clock = rings, lives, clock
        self._requests: dict[str, Request] = {}
        self._confirms_after: dict[str, float] = {}
        self._changed = threading.Condition()

    def start(self, customer: Customer | None, relying_party: str, text: str, digest: bytes, hash_type: str) -> Request:
        """Ring; a phone that is no customer's ends as NOT_MID_CLIENT."""
        request = Request(customer, relying_party, text, digest, hash_type, self._clock())
        with self._changed:
            self._requests[request.id] = request
            self._end(request, ENDS_AT_ONCE.get(customer.behaviour) if customer else "NOT_MID_CLIENT")
        return request

    def wait(self, session_id: str, seconds: float) -> Request | None:
        """The request once it has ended, or as it is when the time is over; None for one that is not known (any more)."""
        until = self._clock() + seconds
        with self._changed:
            while True:
                request = self._known(session_id)
                left = until - self._clock()
                if request is None or request.result or left <= 0:
                    return request
                self._changed.wait(min(left, self._until_next(request)))

    def ringing(self, phone: str) -> Request | None:
        """What the phone shows: the oldest request that waits for an answer."""
        with self._changed:
            return next((request for request in self._of(phone) if not request.result), None)

    def last(self, phone: str) -> Request | None:
        """The request that ended last on this phone."""
        with self._changed:
            return max(
                (request for request in self._of(phone) if request.ended), key=lambda request: request.ended or 0, default=None
            )

    def enter_pin(self, phone: str, pin: str) -> Request | None:
        """The answered request, or None when nothing rings. Three wrong PINs end it as cancelled."""
        with self._changed:
            request = next((request for request in self._of(phone) if not request.result), None)
            if request and request.customer and pin == request.customer.pin:
                self._end(request, "OK")
            elif request:
                request.tries_left -= 1
                self._end(request, None if request.tries_left else "USER_CANCELLED")
            return request

    def refuse(self, phone: str) -> Request | None:
        """The person pressed cancel."""
        with self._changed:
            request = next((request for request in self._of(phone) if not request.result), None)
            if request:
                self._end(request, "USER_CANCELLED")
            return request

    def withdraw(self, session_id: str) -> bool:
        """The relying party does not want it any more. Says whether it was known."""
        with self._changed:
            request = self._known(session_id)
            if request and not request.result:
                self._end(request, "USER_CANCELLED")
            return request is not None

    def confirm_by_itself(self, phone: str, after: float | None) -> None:
        """From now on the phone confirms by itself after so many seconds; None: a person does it."""
        with self._changed:
            self._confirms_after.pop(phone, None)
            if after is not None:
                self._confirms_after[phone] = after
            self._changed.notify_all()

    def confirms_after(self, phone: str) -> float | None:
        """The seconds set by `confirm_by_itself`."""
        return self._confirms_after.get(phone)

    def _of(self, phone: str) -> list[Request]:
        mine = [request for request in self._requests.values() if request.customer and request.customer.phone == phone]
        return [request for request in mine if self._known(request.id)]

    def _known(self, session_id: str) -> Request | None:
        """Brought up to date; all that have outlived their session are forgotten."""
        self._requests = {
            known: request for known, request in self._requests.items() if self._clock() - request.started < self._lives
        }
        request = self._requests.get(session_id)
        if request and not request.result:
            self._settle(request)
        return request

    def _settle(self, request: Request) -> None:
        age, confirms = self._clock() - request.started, self._confirms(request)
        if confirms is not None and age >= confirms:
            self._end(request, "OK")
        elif age >= self._rings:
            self._end(request, "TIMEOUT")

    def _until_next(self, request: Request) -> float:
        confirms = self._confirms(request)
        return max(0.001, request.started + min(self._rings, self._rings if confirms is None else confirms) - self._clock())

    def _confirms(self, request: Request) -> float | None:
        return self._confirms_after.get(request.customer.phone) if request.customer else None

    def _end(self, request: Request, result: str | None) -> None:
        if result:
            request.result, request.ended = result, self._clock()
            self._changed.notify_all()
