"""Commands to a card and its answers (ISO/IEC 7816-4 section 5): what is sent in parts, and what comes in parts."""

import time
from dataclasses import dataclass
from typing import Protocol

from card_reader.errors import CardProblem

OK = 0x9000
LARGEST_PART = 255
LARGEST_ANSWER = 0xFFFF
MOST_PARTS = 1024  # of one answer; a card that gives a byte at a time for ever is not waited for
GET_RESPONSE = b"\x00\xc0\x00\x00"
MORE_FOLLOWS = 0x10  # in the class byte

# Status words a person can do something about, or that name what the card lacks. Every other one is card-answer.
PROBLEM_OF_STATUS = {
    0x6400: "timeout",  # nothing was typed on the reader's own pad (PC/SC part 10, section 2.5.2)
    0x6401: "cancelled",  # cancel was pressed there
    0x6403: "pin-format",  # too few or too many digits were typed there
    0x6881: "not-supported",  # logical channels
    0x6884: "not-supported",  # commands in parts
    0x6983: "pin-blocked",
    0x6986: "not-supported",  # nothing is selected
    0x6A81: "not-supported",
    0x6A82: "no-certificate",  # no such object
    0x6A83: "no-certificate",
    0x6A86: "no-certificate",  # what some cards say of an empty slot
    0x6A88: "no-certificate",
    0x6D00: "not-supported",  # instruction
    0x6E00: "not-supported",  # class
}


class Wire(Protocol):
    """Carries bytes to one card and back."""

    reader: str
    pin_pad: bool
    short_of_lengths: bool  # T=0: a command with data carries no expected length

    def transmit(self, command: bytes, seconds: float) -> bytes:
        """The answer with its status word. Raises CardProblem if there is none within so many seconds."""

    def verify_on_pad(self, structure: bytes, seconds: float) -> bytes:
        """Let the reader ask for the PIN (PC/SC part 10, PIN_VERIFY); the card's answer to it."""


@dataclass(frozen=True)
class Answer:
    """What the card said: data and status word."""

    data: bytes
    status: int

    @property
    def tries(self) -> int | None:
        """Of 63Cx, which cards answer to a wrong PIN and to the question how often it may be tried."""
        return self.status & 0x0F if self.status & 0xFFF0 == 0x63C0 else None

    def problem(self) -> CardProblem:
        """What this answer, not being 9000, means."""
        return CardProblem(PROBLEM_OF_STATUS.get(self.status, "card-answer"), detail=f"SW {self.status:04X}")

    def expected(self) -> bytes:
        """The data, or CardProblem."""
        if self.status != OK:
            raise self.problem()
        return self.data


def exchange(
    wire: Wire,
    instruction: int,
    p1: int,
    p2: int,
    data: bytes = b"",
    *,
    answers: bool = False,
    seconds: float = 15,
) -> Answer:
    """One command, whatever number of parts it and its answer take. `answers`: data is expected back.

    `seconds` is for all of it. Raises CardProblem card-answer, timeout, or what the wire raises.
    """
    end = time.monotonic() + seconds
    header = bytes([instruction, p1, p2])
    *first, last = [data[at : at + LARGEST_PART] for at in range(0, len(data) or 1, LARGEST_PART)]
    for part in first:
        answer = _transmit(wire, bytes([MORE_FOLLOWS]) + header + bytes([len(part)]) + part, end)
        if answer.status != OK:
            return answer
    command = b"\x00" + header + (bytes([len(last)]) + last if last else b"")
    expects = answers and not (last and wire.short_of_lengths)
    answer = _transmit(wire, command + b"\x00" * (expects or (not last and wire.short_of_lengths)), end)
    if expects and answer.status >> 8 == 0x6C:  # names the length to ask for. Never for a PIN, which is not sent twice
        answer = _transmit(wire, command + bytes([answer.status & 0xFF]), end)
    return _whole(wire, answer, end)


def _whole(wire: Wire, answer: Answer, end: float) -> Answer:
    """The answer with all its parts: 61xx says that more is waiting (section 5.3.4)."""
    data = answer.data
    for _ in range(MOST_PARTS):
        if answer.status >> 8 != 0x61:
            return Answer(data, answer.status)
        answer = _transmit(wire, GET_RESPONSE + bytes([answer.status & 0xFF]), end)
        if answer.status >> 8 == 0x6C:
            answer = _transmit(wire, GET_RESPONSE + bytes([answer.status & 0xFF]), end)
        data += answer.data
        if len(data) > LARGEST_ANSWER or (answer.status >> 8 == 0x61 and not answer.data):
            break
    raise CardProblem("card-answer", detail="endless answer")


def _transmit(wire: Wire, command: bytes, end: float) -> Answer:
    remaining = end - time.monotonic()
    if remaining <= 0:
        raise CardProblem("timeout")
    return read(wire.transmit(command, remaining))


def read(raw: bytes) -> Answer:
    """Data and status word. Raises CardProblem card-removed for nothing at all: so ends an answer when the card is pulled."""
    if not raw:
        raise CardProblem("card-removed", detail="no answer")
    if len(raw) < 2:
        raise CardProblem("card-answer", detail="half a status word")
    return Answer(raw[:-2], int.from_bytes(raw[-2:], "big"))
