"""Readers and the cards in them, by PC/SC. The only module that knows pyscard.

Every call to PC/SC that concerns a card may take for ever, so each connection has a thread of its own and every question to it a
deadline. A connection is exclusive: whoever shares a card inherits its PIN.
"""

import os
import queue
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Literal

from smartcard import scard

from card_reader.apdu import Wire
from card_reader.errors import CardProblem
from card_reader.piv import Card
from card_reader.profiles import recognise

State = Literal["empty", "card", "unknown-card", "mute", "busy"]

# What PC/SC's results mean to a person. Every other one is card-answer.
PROBLEM_OF_RESULT = {
    0x80100002: "cancelled",
    0x80100003: "no-service",  # a handle the service no longer knows: it was started anew
    0x80100009: "no-reader",
    0x8010000A: "timeout",
    0x8010000B: "reader-busy",
    0x8010000C: "no-card",
    0x8010000F: "mute-card",  # no protocol: its answer to reset cannot be read
    0x80100013: "no-service",
    0x80100015: "mute-card",
    0x80100016: "card-removed",  # pulled, and nobody has noticed yet
    0x80100017: "no-reader",
    0x8010001D: "no-service",
    0x8010001E: "no-service",
    0x8010002E: "no-reader",
    0x8010002F: "card-removed",
    0x80100065: "mute-card",
    0x80100066: "mute-card",
    0x80100067: "mute-card",
    0x80100068: "card-removed",  # reset by another
    0x80100069: "card-removed",
    0x8010006E: "cancelled",
}
# Of several readers' problems the one furthest on is told: it is nearest to success.
TELLING = ("no-reader", "no-card", "mute-card", "not-supported", "reader-busy")

PROTOCOLS = scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
NEW_READERS = "\\\\?PnP?\\Notification"
FEATURES = scard.SCARD_CTL_CODE(3400)  # CM_IOCTL_GET_FEATURE_REQUEST, PC/SC part 10, section 2.2
VERIFY_ON_PAD = 0x06  # FEATURE_VERIFY_PIN_DIRECT
CONNECTING = 10  # seconds
LETTING_GO = 3
LOOKING = 3  # at a new card, to see what it is
WAITING_OUR_TURN = 3
A_LOOK_EVERY = 500  # milliseconds
SERVICE_BACK_AFTER = 0.25  # seconds between attempts


@dataclass(frozen=True)
class ReaderState:
    """A reader and what is in it. `pin_pad` is known only while a card is in it: PC/SC tells no sooner."""

    name: str
    state: State
    pin_pad: bool


@dataclass(frozen=True)
class Status:
    """`service` is False while the computer's smart card service cannot be reached. Readers in the service's order."""

    service: bool
    readers: tuple[ReaderState, ...]


class Readers:
    """All readers of this computer. One for each process, for all its threads. `close()` ends its watching."""

    def __init__(self) -> None:
        self._status = Status(False, ())
        self._changed = threading.Condition()
        self._looked = threading.Event()
        self._closing = threading.Event()
        self._turns: dict[str, threading.Lock] = {}  # of a reader: one of our threads at a time
        self._found: dict[str, tuple[object, ReaderState]] = {}  # what is in a reader, and by what we know it is still that
        self._watcher = threading.Thread(target=self._watch, name="card readers", daemon=True)
        self._watcher.start()

    def status(self) -> Status:
        """Now. A reader we work with ourselves is not busy: it says what is in it."""
        self._looked.wait(5)
        return self._status

    def wait_for_change(self, seen: Status, seconds: float) -> Status:
        """The first status unlike `seen`, or, after so many seconds, still `seen`."""
        with self._changed:
            self._changed.wait_for(lambda: self._status != seen or self._closing.is_set(), seconds)
            return self._status

    @contextmanager
    def open(self, reader: str | None = None) -> Iterator[Card]:
        """The card in that reader, or the first we can speak with: ours alone; logged out, reset and let go at the end.

        Raises CardProblem no-service, no-reader, no-card, mute-card, not-supported, reader-busy, card-removed, timeout.
        """
        connection = self._supported(reader)
        try:
            card = Card(connection)
            try:
                yield card
            finally:
                with suppress(CardProblem):
                    card.logout()
        finally:
            connection.close()
            self._turn(connection.reader).release()

    def close(self) -> None:
        """Stop watching. What `open` gave out stays open until its end."""
        self._closing.set()
        with self._changed:
            self._changed.notify_all()
        self._watcher.join(A_LOOK_EVERY / 1000 + LOOKING)

    def _supported(self, reader: str | None) -> "Connection":
        problem = CardProblem("no-reader")
        for name in [reader] if reader is not None else self._promising():
            try:
                return self._taken(name)
            except CardProblem as another:
                problem = max(problem, another, key=lambda each: _rank(each.code))
        raise problem

    def _promising(self) -> list[str]:
        """All readers as the service lists them this moment, those first where a card was seen that we know."""
        with service() as context:
            names = reader_names(context)
        known = {state.name for state in self._status.readers if state.state == "card"}
        return sorted(names, key=lambda name: name not in known)

    def _taken(self, name: str) -> "Connection":
        """The reader's card, its application selected; the reader's turn is ours."""
        if not self._turn(name).acquire(timeout=WAITING_OUR_TURN):
            raise CardProblem("reader-busy", detail="by ourselves")
        try:
            connection = Connection(name)
            try:
                recognise(connection, connection.answer_to_reset)
            except BaseException:
                connection.close()
                raise
            return connection
        except BaseException:
            self._turn(name).release()
            raise

    def _turn(self, name: str) -> threading.Lock:
        return self._turns.setdefault(name, threading.Lock())

    def _watch(self) -> None:
        """Until closed, through all that happens: no service, a service started anew, readers coming and going."""
        while not self._closing.is_set():
            with suppress(CardProblem), service() as context:
                self._watch_service(context)
            if not self._closing.is_set():
                self._found.clear()
                self._publish(Status(False, ()))
                self._closing.wait(SERVICE_BACK_AFTER)

    def _watch_service(self, context: Any) -> None:
        while not self._closing.is_set():
            states = _states(context, reader_names(context))
            self._publish(Status(True, tuple(self._look(*each) for each in states)))
            _wait(context, {name: state for name, state, _ in states})

    def _look(self, name: str, state: int, answer_to_reset: bytes) -> ReaderState:
        """What is in the reader. A card is asked once who it is: the state's upper half counts cards coming and going."""
        if not state & scard.SCARD_STATE_PRESENT:
            self._found.pop(name, None)
            return ReaderState(name, "empty", False)
        turn, mark = self._turn(name), (state >> 16, answer_to_reset)
        known, found = self._found.get(name, (None, ReaderState(name, "card", False)))
        if turn.locked():
            return found if known == mark else ReaderState(name, "card", False)
        if state & scard.SCARD_STATE_EXCLUSIVE:
            return ReaderState(name, "busy", found.pin_pad if known == mark else False)
        if known == mark:
            return found
        if state & scard.SCARD_STATE_MUTE:
            return ReaderState(name, "mute", False)
        if not turn.acquire(blocking=False):
            return ReaderState(name, "card", False)
        try:
            found = _introduced(name)
        finally:
            turn.release()
        if found.state not in ("empty", "busy"):
            self._found[name] = (mark, found)
        return found

    def _publish(self, status: Status) -> None:
        with self._changed:
            if status != self._status:
                self._status = status
                self._changed.notify_all()
        self._looked.set()


class Connection(Wire):
    """A card, exclusively. `close()` whatever happened; after a deadline was missed the connection is good for nothing else."""

    def __init__(self, reader: str, seconds: float = CONNECTING) -> None:
        """Raises CardProblem as `Readers.open` does."""
        self.reader = reader
        self.pin_pad = False
        self.short_of_lengths = False
        self.answer_to_reset = b""
        self._process = os.getpid()
        self._lost = False
        self._work: queue.SimpleQueue[tuple[Callable[[], Any], Future[Any]] | None] = queue.SimpleQueue()
        self._context: Any = None
        self._card: Any = None
        self._protocol = scard.SCARD_PCI_T1
        self._pad = 0
        threading.Thread(target=self._serve, name=f"card in {reader}", daemon=True).start()
        try:
            self._ask(self._connect, seconds)
        except BaseException:
            self.close()
            raise

    def transmit(self, command: bytes, seconds: float) -> bytes:
        """The card's answer. Raises CardProblem card-removed, no-service, timeout."""
        return bytes(self._ask(lambda: self._transmit(command), seconds))

    def verify_on_pad(self, structure: bytes, seconds: float) -> bytes:
        """The same after the person typed on the reader."""
        return bytes(self._ask(lambda: _good(scard.SCardControl(self._card, self._pad, list(structure))), seconds))

    def close(self, *, reset: bool = True) -> None:
        """Let the card go; it forgets the PIN. Only a card looked at and not used is let go without a reset."""
        if self._process == os.getpid():
            with suppress(CardProblem):
                self._ask(lambda: self._disconnect(reset), 0 if self._lost else LETTING_GO)
            self._work.put(None)

    def _ask(self, work: Callable[[], Any], seconds: float) -> Any:
        if self._process != os.getpid():  # a forked child would share the card, and the PIN with it
            raise CardProblem("card-removed", detail="another process")
        if self._lost and seconds:
            raise CardProblem("timeout", detail="earlier")
        done: Future[Any] = Future()
        self._work.put((work, done))
        try:
            return done.result(seconds)
        except TimeoutError as error:
            self._lost = True
            raise CardProblem("timeout") from error

    def _serve(self) -> None:
        while (task := self._work.get()) is not None:
            work, done = task
            try:
                done.set_result(work())
            except BaseException as error:
                done.set_exception(error)
            del task, work, done  # a command may hold a PIN

    def _connect(self) -> None:
        self._context = _good(scard.SCardEstablishContext(scard.SCARD_SCOPE_USER))
        result, self._card, protocol = scard.SCardConnect(self._context, self.reader, scard.SCARD_SHARE_EXCLUSIVE, PROTOCOLS)
        if result != 0:
            self._card = None
            raise _problem(result)
        self.short_of_lengths = protocol == scard.SCARD_PROTOCOL_T0
        self._protocol = scard.SCARD_PCI_T0 if self.short_of_lengths else scard.SCARD_PCI_T1
        result, *told = scard.SCardStatus(self._card)
        if result != 0:
            raise _problem(result)
        self.answer_to_reset = bytes(told[-1])
        self._pad = self._features().get(VERIFY_ON_PAD, 0)
        self.pin_pad = bool(self._pad)

    def _features(self) -> dict[int, int]:
        """What the reader can do beyond carrying bytes, each with its control code. Most can do nothing: they answer an error."""
        result, told = scard.SCardControl(self._card, FEATURES, [])
        raw = bytes(told) if result == 0 else b""
        rows = [raw[at : at + 6] for at in range(0, len(raw) - 5, 6)]
        return {row[0]: int.from_bytes(row[2:], "big") for row in rows if row[1] == 4}

    def _transmit(self, command: bytes) -> Any:
        return _good(scard.SCardTransmit(self._card, self._protocol, list(command)))

    def _disconnect(self, reset: bool) -> None:
        if self._card is not None:
            scard.SCardDisconnect(self._card, scard.SCARD_RESET_CARD if reset else scard.SCARD_LEAVE_CARD)
            self._card = None
        if self._context is not None:
            scard.SCardReleaseContext(self._context)
            self._context = None


@contextmanager
def service() -> Iterator[Any]:
    """The smart card service, for as long as the block. Raises CardProblem no-service."""
    context = _good(scard.SCardEstablishContext(scard.SCARD_SCOPE_USER))
    try:
        yield context
    finally:
        scard.SCardReleaseContext(context)


def reader_names(context: Any) -> list[str]:
    """Of all readers. Raises CardProblem no-service."""
    result, names = scard.SCardListReaders(context, [])
    if result == 0:
        return list(names)
    problem = _problem(result)
    if problem.code == "no-reader":
        return []
    raise problem


def _states(context: Any, names: list[str]) -> list[tuple[str, int, bytes]]:
    """Of each reader, with the answer to reset of the card in it. Raises CardProblem no-service."""
    if not names:
        return []
    rows = _good(scard.SCardGetStatusChange(context, 0, [(name, scard.SCARD_STATE_UNAWARE) for name in names]))
    return [(name, state, bytes(answer_to_reset)) for name, state, answer_to_reset in rows]


def _wait(context: Any, seen: dict[str, int]) -> None:
    """Until it is no longer as seen: a card or a reader comes or goes; or a while has passed: who takes a card for itself gives no notice."""
    result, _ = scard.SCardGetStatusChange(context, A_LOOK_EVERY, [*seen.items(), (NEW_READERS, scard.SCARD_STATE_UNAWARE)])
    problem = _problem(result)
    if result != 0 and problem.code not in ("timeout", "no-reader"):
        raise problem


def _introduced(name: str) -> ReaderState:
    """What the card in the reader is. It is let go as it was found."""
    state: State = "card"
    pin_pad = False
    try:
        connection = Connection(name, LOOKING)
        try:
            pin_pad = connection.pin_pad
            recognise(connection, connection.answer_to_reset, LOOKING)
        finally:
            connection.close(reset=False)
    except CardProblem as problem:
        state = STATE_OF_PROBLEM.get(problem.code, "unknown-card")
    return ReaderState(name, state, pin_pad)


STATE_OF_PROBLEM: dict[str, State] = {
    "no-card": "empty",
    "no-reader": "empty",
    "card-removed": "empty",
    "no-service": "empty",
    "reader-busy": "busy",
    "mute-card": "mute",
    "timeout": "mute",
}


def _good(answered: Any) -> Any:
    """The second of (result, value), or CardProblem."""
    result, value = answered
    if result != 0:
        raise _problem(result)
    return value


def _problem(result: int) -> CardProblem:
    return CardProblem(PROBLEM_OF_RESULT.get(_unsigned(result), "card-answer"), detail=f"PC/SC {_unsigned(result):08X}")


def _unsigned(result: int) -> int:
    return result & 0xFFFFFFFF


def _rank(code: str) -> int:
    return TELLING.index(code) if code in TELLING else len(TELLING)
