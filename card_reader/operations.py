"""One wish at a time: find the card, ask for the PIN, have the card do it.

An operation runs in the thread of the request that brought it. The PIN window looks on (`view`), and hands in the PIN or a cancellation.
Whatever a person can set right (no card, another program at the reader, a wrong PIN) is waited for; the rest ends it with a CardProblem.
"""

import hmac
import logging
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from cryptography import x509
from cryptography.x509.oid import NameOID

from card_reader.errors import CardProblem
from card_reader.piv import Card
from card_reader.reader import Readers, Status
from card_reader.token import Wish

log = logging.getLogger(__name__)

# The person can set these right with a hand on the reader.
WAITED_FOR: Final = frozenset(
    {"no-service", "no-reader", "no-card", "reader-busy", "card-removed", "mute-card", "not-supported", "no-certificate"}
)
ASKED_AGAIN: Final = frozenset({"wrong-pin", "pin-format"})

TICK = 0.2  # seconds: how soon a cancellation, a vanished page or a pulled card is noticed
RETRY = 1.0  # seconds until a card that could not be used is looked at again without having moved


class Declined(Exception):
    """Not a matter of the card: busy, no-window."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class View:
    """What the window shows. `turn` counts the changes; a PIN belongs to the turn it was asked in, so that a double click is one try."""

    state: Literal["looking", "pin", "pad", "consent", "working", "done", "failed"] = "looking"
    code: str | None = None
    tries: int | None = None
    holder: str = ""
    turn: int = 0

    @property
    def over(self) -> bool:
        return self.state in ("done", "failed")


@dataclass(frozen=True)
class Found:
    """A card that can do it."""

    reader: str
    certificate: x509.Certificate
    tries: int | None
    pin_pad: bool


class Desk:
    """Where wishes are taken, one at a time. `show` opens an address in a browser and tells whether it could."""

    def __init__(
        self, readers: Readers, show: Callable[[str], bool], *, reader: str | None = None, patience: float = 120
    ) -> None:
        self._readers, self._show, self._reader, self._patience = readers, show, reader, patience
        self._taking = threading.Lock()
        self.current: Operation | None = None

    @property
    def busy(self) -> bool:
        return self.current is not None and not self.current.view.over

    def serve(self, wish: Wish, window: Callable[[str], str], gone: Callable[[], bool]) -> dict[str, Any]:
        """The answer for the portal. `window` makes an address of a secret; `gone` tells when nobody waits for the answer any more.

        Raises Declined busy or no-window, CardProblem.
        """
        with self._taking:
            if self.busy:
                raise Declined("busy")
            operation = self.current = Operation(wish, self._readers, self._reader, self._patience, gone)
        # A browser may take its time to start.
        threading.Thread(target=self._open, args=(operation, window(operation.secret)), daemon=True).start()
        return operation.run()

    def at(self, secret: str) -> "Operation | None":
        """The operation of a window, also after its end, until the next begins."""
        current = self.current
        return current if current and hmac.compare_digest(current.secret.encode(), secret.encode()) else None

    def _open(self, operation: "Operation", address: str) -> None:
        if not self._show(address):
            operation.stop(Declined("no-window"))


class Operation:
    """From a wish to its answer."""

    def __init__(self, wish: Wish, readers: Readers, reader: str | None, patience: float, gone: Callable[[], bool]) -> None:
        self.wish = wish
        self.secret = secrets.token_urlsafe(32)
        self.view = View()
        self._readers, self._reader, self._gone = readers, reader, gone
        self._end = time.monotonic() + patience
        self._moved = threading.Condition()
        self._answer: str | None = None  # a PIN, or "" for a yes; taken out as soon as it is seen
        self._stopped: Exception | None = None

    def run(self) -> dict[str, Any]:
        try:
            answer = self._work()
        except (CardProblem, Declined) as problem:
            self._turn(View("failed", problem.code, getattr(problem, "tries", None)))
            log.info("%s for %s: %s", self.wish.kind, self.wish.origin, problem)
            raise
        except BaseException:
            self._turn(View("failed", "fault"))
            raise
        self._turn(View("done"))
        log.info("%s for %s: done", self.wish.kind, self.wish.origin)
        return answer

    # What the window does.

    def answer(self, turn: int, given: str) -> None:
        """A PIN, or "" for a yes, to what was asked in that turn; a second one in the same turn is not heard."""
        with self._moved:
            if self.view.turn == turn and self.view.state in ("pin", "consent"):
                self._answer = given
                self.view = replace(self.view, state="working", code=None, turn=turn + 1)
                self._moved.notify_all()

    def stop(self, why: Exception) -> None:
        with self._moved:
            self._stopped = self._stopped or why
            self._moved.notify_all()

    def wait_for(self, shown: Callable[[View], bool], seconds: float) -> bool:
        """Until the window shows such a thing, so long at most; whether it does."""
        with self._moved:
            return self._moved.wait_for(lambda: shown(self.view), seconds)

    # What the operation does.

    def _work(self) -> dict[str, Any]:
        wrong: CardProblem | None = None
        begun = False
        while True:
            self._still_wanted()
            seen = self._readers.status()
            try:
                found = self._look()
                begun = True
                given = self._ask(found, wrong)
                if given is not None:
                    return self._do(found, given or None)
                wrong = None
            except CardProblem as problem:
                if problem.code in ASKED_AGAIN:
                    wrong = problem
                elif problem.code in WAITED_FOR:
                    wrong = None
                    pulled = begun and problem.code == "no-card"
                    self._turn(View("looking", "card-removed" if pulled else problem.code))
                    self._await_change(seen)
                else:
                    raise

    def _look(self) -> Found:
        with self._readers.open(self._reader) as card:
            certificate = card.certificate(self.wish.slot)
            tries = card.tries() if self.wish.needs_pin else None
            _spare_the_last(tries)
            return Found(card.reader, certificate, tries, card.pin_pad)

    def _ask(self, found: Found, wrong: CardProblem | None) -> str | None:
        """The PIN; "" for a yes, or where the PIN is typed on the reader; None when the card has moved meanwhile."""
        holder, code = _holder(found.certificate), wrong.code if wrong else None
        if not self.wish.needs_pin:
            return self._asked(found, View("consent", holder=holder))
        if found.pin_pad:
            self._turn(View("pad", code, found.tries, holder))
            return ""
        return self._asked(found, View("pin", code, found.tries, holder))

    def _asked(self, found: Found, view: View) -> str | None:
        self._turn(view)
        while True:
            with self._moved:
                self._moved.wait_for(lambda: self._answer is not None or self._stopped, TICK)
                answer, self._answer = self._answer, None
            if answer is not None:
                return answer
            self._still_wanted()
            if not _holds_card(self._readers.status(), found.reader):
                return None

    def _do(self, found: Found, pin: str | None) -> dict[str, Any]:
        """The card is opened anew: it is not ours while a person looks for their PIN, and may have been changed for another."""
        with self._readers.open(found.reader) as card:
            if card.certificate(self.wish.slot) != found.certificate:
                raise CardProblem("card-removed")
            if self.wish.needs_pin:
                self._verify(card, pin)
            return self.wish.fulfil(card, found.certificate)

    def _verify(self, card: Card, pin: str | None) -> None:
        _spare_the_last(card.tries())
        card.verify(pin)

    def _await_change(self, seen: Status) -> None:
        until = time.monotonic() + RETRY
        while time.monotonic() < until and self._readers.wait_for_change(seen, TICK) == seen:
            self._still_wanted()

    def _still_wanted(self) -> None:
        """Raises when it is not."""
        if self._stopped:
            raise self._stopped
        if self._gone():
            raise CardProblem("cancelled", detail="the page is gone")
        if time.monotonic() > self._end:
            raise CardProblem("timeout")

    def _turn(self, view: View) -> None:
        with self._moved:
            if replace(view, turn=self.view.turn) != self.view:
                self.view = replace(view, turn=self.view.turn + 1)
                self._moved.notify_all()


def _spare_the_last(tries: int | None) -> None:
    """A wrong last try blocks the card, and we are not the ones to do it."""
    if tries is not None and tries < 2:
        raise CardProblem("last-try" if tries else "pin-blocked", tries=tries)


def _holds_card(status: Status, reader: str) -> bool:
    """Also while another program has it: whether the card is still the same is seen when it is opened."""
    return any(each.name == reader and each.state in ("card", "busy") for each in status.readers)


def _holder(certificate: x509.Certificate) -> str:
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value) if names else ""
