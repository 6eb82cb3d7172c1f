"""A reader in memory, for what the virtual reader cannot be: one with a PIN pad, one that another program holds, one that lies.

It has the driver's interface and a real key and certificate, no smart card service.
"""

import datetime as dt
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.x509.oid import NameOID

from card_reader.errors import CardProblem
from card_reader.piv import Slot
from card_reader.reader import ReaderState, Status

KEY = ec.generate_private_key(ec.SECP256R1())


def certificate(name: str) -> x509.Certificate:
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name), x509.NameAttribute(NameOID.SERIAL_NUMBER, "PNOOM-63157466")])
    now = dt.datetime.now(dt.UTC)
    builder = x509.CertificateBuilder().subject_name(who).issuer_name(who).public_key(KEY.public_key()).serial_number(1)
    return builder.not_valid_before(now).not_valid_after(now + dt.timedelta(days=1)).sign(KEY, hashes.SHA256())


@dataclass
class CardOnShelf:
    """As card_reader.piv.Card. `pad` are the answers typed on the reader's own keys: a PIN, or a problem's code."""

    certificate_: x509.Certificate = field(default_factory=lambda: certificate("ALI SAID AL JAHDHAMI"))
    pin: str = "123456"
    left: int | None = 3
    reader: str = "Shelf"
    pin_pad: bool = False
    pad: list[str] = field(default_factory=list)
    problem: str | None = None
    verified: int = 0
    slots: tuple[Slot, ...] = tuple(Slot)
    typed: threading.Event = field(default_factory=threading.Event)

    def certificate(self, slot: Slot = Slot.AUTHENTICATION) -> x509.Certificate:
        if slot not in self.slots:
            raise CardProblem("no-certificate")
        return self.certificate_

    def tries(self) -> int | None:
        return self.left

    def verify(self, pin: str | None, *, last: bool = False) -> None:
        if pin is None:
            assert self.typed.wait(10)
            self.typed.clear()
            pin = self.pad.pop(0)
        if pin in ("cancelled", "timeout"):
            raise CardProblem(pin)
        if not 6 <= len(pin) <= 8:
            raise CardProblem("pin-format")
        self.verified += 1
        if pin != self.pin:
            self.left = (self.left or 0) - 1
            raise CardProblem("wrong-pin" if self.left else "pin-blocked", tries=self.left)

    def sign(self, digest: bytes, slot: Slot = Slot.AUTHENTICATION) -> bytes:
        if self.problem:
            raise CardProblem(self.problem)
        return KEY.sign(digest, ec.ECDSA(Prehashed(hashes.SHA256())))

    def algorithm(self, slot: Slot = Slot.AUTHENTICATION) -> str:
        return "ES256"


class Shelf:
    """As card_reader.reader.Readers. `problem` is what opening meets; `card` None: an empty reader."""

    def __init__(self, card: CardOnShelf | None = None) -> None:
        self.card, self.service, self.reader = card, True, True
        self.problem: str | None = None

    def status(self) -> Status:
        if not (self.service and self.reader):
            return Status(self.service, ())
        state = ReaderState("Shelf", "card" if self.card else "empty", bool(self.card and self.card.pin_pad))
        states = {"reader-busy": "busy", "not-supported": "unknown-card", "mute-card": "mute"}
        return Status(True, (replace(state, state=states.get(self.problem or "", state.state)),))

    def wait_for_change(self, seen: Status, seconds: float) -> Status:
        threading.Event().wait(min(seconds, 0.02))
        return self.status()

    @contextmanager
    def open(self, reader: str | None = None) -> Iterator[CardOnShelf]:
        status = self.status()
        lacks = [
            (not status.service, "no-service"),
            (not status.readers, "no-reader"),
            (bool(self.problem), self.problem),
            (not self.card, "no-card"),
        ]
        for lacking, code in lacks:
            if lacking:
                raise CardProblem(str(code))
        assert self.card
        yield self.card

    def close(self) -> None: ...
