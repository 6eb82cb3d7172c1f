"""The virtual card: PIV as a card sees it (NIST SP 800-73-4 part 2), and the ways in which real cards differ or fail."""

import gzip
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

from card_reader.tlv import only, parse, tlv

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

APPLICATION = bytes.fromhex("A000000308000010000100")
NAME = b"Bawaba demo card"
DEMO_PIN, DEMO_PUK = "123456", "12345678"
PIN, PUK, MANAGEMENT = 0x80, 0x81, 0x9B
AUTHENTICATION, SIGNATURE, CARD_ITSELF = 0x9A, 0x9C, 0x9E
CERTIFICATES = {AUTHENTICATION: 0x5FC105, SIGNATURE: 0x5FC10A, 0x9D: 0x5FC10B, CARD_ITSELF: 0x5FC101}
CHALLENGES = {0x00: 8, 0x03: 8, 0x08: 16, 0x0A: 16, 0x0C: 16}  # bytes, by the management key's algorithm
VERSION = bytes([5, 2, 4])  # what Yubico's programs ask for before they talk to a card

ALGORITHMS: dict[str, int] = {"RSA-2048": 0x07, "RSA-3072": 0x05, "P-256": 0x11, "P-384": 0x14}
CURVES: dict[int, ec.EllipticCurve] = {0x11: ec.SECP256R1(), 0x14: ec.SECP384R1()}
DIGESTS: dict[int, hashes.HashAlgorithm] = {0x11: hashes.SHA256(), 0x14: hashes.SHA384()}

# Card holder unique identifier and capabilities: SP 800-73-4 part 1, tables 9 and 8; a number of no agency (FASC-N of all nines).
FASC_N = bytes.fromhex("d4e739da739ced39ce739d836858210842108421c84210c3eb")
NOTHING_SAID = b"".join(tlv(tag) for tag in (0xF3, 0xF6, 0xF7, 0xFA, 0xFB, 0xFC, 0xFD, 0xFE))


FIVE_YEARS = timedelta(days=5 * 365)


class Refused(Exception):
    """The card answers with a status word and no data."""

    def __init__(self, status: int) -> None:
        super().__init__(f"{status:04X}")
        self.status = status


@dataclass
class Manners:
    """How this card differs from the plainest one. All may be changed while it is in the reader."""

    tries: int = 3
    part: int = 256  # most bytes of an answer at once
    exact: bool = True  # 61xx says how much is waiting; else 61FF, whatever waits
    strict: bool = False  # before its application is selected: 6986
    empty_slot: int = 0x6A82
    packed: bool = False  # certificates by gzip
    prefers_global_pin: bool = False
    protocol: int = 1  # T=1 or T=0
    # faults
    seconds: float = 0  # to think before each answer
    statuses: dict[int, int] = field(default_factory=dict)  # instead of doing an instruction
    pulled_at: int | None = None  # instruction at which the card leaves the reader
    mangled: Callable[[bytes], bytes] | None = None  # what becomes of an answer


# A PIV card of another maker, as independent ones were seen to behave.
INDEPENDENT = Manners(tries=5, part=255, exact=False, strict=True, empty_slot=0x6A86)


class VirtualCard:
    """Keys, certificates, a PIN. `transmit` is a command in, an answer out."""

    def __init__(self, manners: Manners | None = None, *, pin: str = DEMO_PIN, puk: str = DEMO_PUK) -> None:
        self.manners = manners or Manners()
        self.secrets = {PIN: _padded(pin), PUK: _padded(puk)}
        self.tries = {PIN: self.manners.tries, PUK: self.manners.tries}
        self.keys: dict[int, PrivateKey] = {}
        self.objects: dict[int, bytes] = {}
        self.commands: list[int] = []  # the instructions it was given, for whoever wants to know afterwards
        self._known = {0xA4: self._select, 0xCB: self._get_data, 0x20: self._verify, 0x87: self._authenticate}
        self._known |= {0x24: self._change, 0x2C: self._unblock, 0xFD: lambda p1, p2, data: VERSION}
        self._fill()
        self.reset()

    @property
    def answer_to_reset(self) -> bytes:
        """ISO/IEC 7816-3 section 8.2: direct convention, one protocol, eight historical bytes."""
        said = bytes([0x80 | 8, self.manners.protocol]) + b"VIRTUAL1"
        check = 0
        for byte in said:
            check ^= byte
        return b"\x3b" + said + (bytes([check]) if self.manners.protocol else b"")

    def install(self, slot: int, key: PrivateKey, certificate: x509.Certificate) -> None:
        """A key with its certificate, in place of what was there."""
        encoded = certificate.public_bytes(serialization.Encoding.DER)
        packed = self.manners.packed
        self.keys[slot] = key
        self.objects[CERTIFICATES[slot]] = tlv(
            0x53, tlv(0x70, gzip.compress(encoded) if packed else encoded), tlv(0x71, bytes([packed])), tlv(0xFE)
        )

    def reset(self) -> None:
        """What cutting the power does: nothing is selected, no PIN was given."""
        self.selected = self._given = self._fresh = False
        self._parts, self._header = b"", b""
        self._waiting = b""

    def transmit(self, command: bytes) -> bytes:
        """The answer with its status word."""
        time.sleep(self.manners.seconds)
        try:
            data, status = self._answer(command)
        except Refused as refused:
            data, status = b"", refused.status
        answer = data + status.to_bytes(2, "big")
        return self.manners.mangled(answer) if self.manners.mangled else answer

    def _answer(self, command: bytes) -> tuple[bytes, int]:
        header, data, expected = _read(command)
        cla, instruction, p1, p2 = header
        if self.manners.protocol == 0 and data and expected is not None:  # T=0 carries one length
            raise Refused(0x6700)
        self.commands.append(instruction)
        if instruction in self.manners.statuses:
            raise Refused(self.manners.statuses[instruction])
        if instruction == 0xC0:
            if not self._waiting:
                raise Refused(0x6985)
            return self._part(self._waiting, expected)
        self._waiting = b""
        if cla not in (0x00, 0x10):
            raise Refused(0x6E00)
        if self._header not in (b"", header[1:]):
            self._parts = b""
        self._parts, self._header = self._parts + data, header[1:]
        if cla == 0x10:
            return b"", 0x9000
        data, self._parts, self._header = self._parts, b"", b""
        if instruction not in self._known:
            raise Refused(0x6D00)
        if not self.selected and instruction != 0xA4:
            raise Refused(0x6986 if self.manners.strict else 0x6A82)
        return self._part(self._known[instruction](p1, p2, data), expected)

    def _part(self, answer: bytes, expected: int | None) -> tuple[bytes, int]:
        """As much as fits, and how much waits. With T=0 nothing fits before it is asked for."""
        unasked = expected is None and self.manners.protocol == 0
        size = 0 if unasked and answer else min(expected or 256, self.manners.part)
        now, self._waiting = answer[:size], answer[size:]
        if not self._waiting:
            return now, 0x9000
        waiting = len(self._waiting) if len(self._waiting) < 256 else 0
        return now, 0x6100 | (waiting if self.manners.exact else 0xFF)

    def _select(self, p1: int, p2: int, name: bytes) -> bytes:
        if p1 != 0x04:
            raise Refused(0x6A86)
        if len(name) < 5 or not APPLICATION.startswith(name):
            raise Refused(0x6A82)
        self.selected = True  # who gave the PIN stays known: SP 800-73-4 part 2, section 3.1.1
        algorithms = b"".join(tlv(0x80, bytes([number])) for number in ALGORITHMS.values())
        authority = tlv(0x79, tlv(0x4F, APPLICATION[:5]))
        return tlv(0x61, tlv(0x4F, APPLICATION[5:]), authority, tlv(0x50, NAME), tlv(0xAC, algorithms, tlv(0x06, b"\0")))

    def _get_data(self, p1: int, p2: int, asked: bytes) -> bytes:
        if (p1, p2) != (0x3F, 0xFF):
            raise Refused(0x6A86)
        name = int.from_bytes(_one(0x5C, asked), "big")
        if name not in self.objects:
            raise Refused(self.manners.empty_slot if name in CERTIFICATES.values() else 0x6A82)
        return self.objects[name]

    def _verify(self, p1: int, p2: int, given: bytes) -> bytes:
        if p2 != (0x00 if self.manners.prefers_global_pin else PIN):
            raise Refused(0x6A88)
        if p1 == 0xFF and not given:
            self._given = self._fresh = False
        elif p1:
            raise Refused(0x6A86)
        elif not given:
            if not self._given:
                raise Refused(0x63C0 | self.tries[PIN] if self.tries[PIN] else 0x6983)
        else:
            self._compare(PIN, given)
            self._given = self._fresh = True
        return b""

    def _change(self, p1: int, p2: int, given: bytes) -> bytes:
        if p1 or p2 not in self.secrets:
            raise Refused(0x6A88)
        self._compare(p2, given[:8])
        self.secrets[p2] = given[8:]
        return b""

    def _unblock(self, p1: int, p2: int, given: bytes) -> bytes:
        if p1 or p2 != PIN:
            raise Refused(0x6A88)
        self._compare(PUK, given[:8])
        self.secrets[PIN], self.tries[PIN] = given[8:], self.manners.tries
        return b""

    def _compare(self, which: int, given: bytes) -> None:
        """SP 800-73-4 part 2, section 3.2.1: of a wrong length nothing is counted."""
        if len(given) != 8:
            raise Refused(0x6A80)
        if not self.tries[which]:
            raise Refused(0x6983)
        if given != self.secrets[which]:
            self.tries[which] -= 1
            self._given = self._fresh = False
            raise Refused(0x63C0 | self.tries[which])
        self.tries[which] = self.manners.tries

    def _authenticate(self, algorithm: int, slot: int, question: bytes) -> bytes:
        try:
            asked = parse(only(0x7C, question))
        except ValueError as error:
            raise Refused(0x6A80) from error
        if slot == MANAGEMENT:
            return self._challenge(algorithm, asked)
        key = self.keys.get(slot)
        if key is None:
            raise Refused(0x6A88)
        if algorithm != algorithm_of(key):
            raise Refused(0x6A86)
        if slot != CARD_ITSELF and not (self._fresh if slot == SIGNATURE else self._given):
            raise Refused(0x6982)
        self._fresh = False
        if 0x85 in asked and isinstance(key, ec.EllipticCurvePrivateKey):
            return tlv(0x7C, tlv(0x82, _agreed(key, asked[0x85])))
        if 0x81 not in asked or 0x82 not in asked:
            raise Refused(0x6A80)
        return tlv(0x7C, tlv(0x82, _signed(key, asked[0x81])))

    def _challenge(self, algorithm: int, asked: dict[int, bytes]) -> bytes:
        """For the management key, which nobody has: programs take the challenge for random numbers."""
        if algorithm not in CHALLENGES:
            raise Refused(0x6A86)
        if asked != {0x81: b""}:
            raise Refused(0x6982)
        return tlv(0x7C, tlv(0x81, os.urandom(CHALLENGES[algorithm])))

    def _fill(self) -> None:
        expires = (datetime.now(UTC) + FIVE_YEARS).strftime("%Y%m%d").encode()
        self.objects[0x5FC102] = tlv(0x53, tlv(0x30, FASC_N), tlv(0x34, os.urandom(16)), tlv(0x35, expires), tlv(0x3E), tlv(0xFE))
        identifier = bytes.fromhex("A000000116FF02") + os.urandom(14)
        self.objects[0x5FC107] = tlv(
            0x53,
            tlv(0xF0, identifier),
            tlv(0xF1, b"\x21"),
            tlv(0xF2, b"\x21"),
            tlv(0xF4, b"\0"),
            tlv(0xF5, b"\x10"),
            NOTHING_SAID,
        )
        policy = b"\x60\x20" if self.manners.prefers_global_pin else b"\x40\x00"
        self.objects[0x7E] = tlv(0x7E, tlv(0x4F, APPLICATION), tlv(0x5F2F, policy))


def algorithm_of(key: PrivateKey) -> int:
    """Its number: SP 800-78-5, table 6-2."""
    return ALGORITHMS[f"{'RSA' if isinstance(key, rsa.RSAPrivateKey) else 'P'}-{key.key_size}"]


def new_key(kind: str) -> PrivateKey:
    """Of one of the ALGORITHMS."""
    number = ALGORITHMS[kind]
    if number in CURVES:
        return ec.generate_private_key(CURVES[number])
    return rsa.generate_private_key(65537, int(kind.removeprefix("RSA-")))


def _read(command: bytes) -> tuple[bytes, bytes, int | None]:
    """Header, data and expected length, short or extended: ISO/IEC 7816-3 section 12.1.3."""
    header, body = command[:4], command[4:]
    if len(header) < 4:
        raise Refused(0x6700)
    if not body:
        return header, b"", None
    size, full = (3, 65_536) if body[0] == 0 and len(body) > 1 else (1, 256)
    if len(body) == size:
        return header, b"", int.from_bytes(body, "big") or full
    length = int.from_bytes(body[:size], "big")
    data, rest = body[size : size + length], body[size + length :]
    if len(data) != length or len(rest) not in (0, max(1, size - 1)):
        raise Refused(0x6700)
    return header, data, (int.from_bytes(rest, "big") or full) if rest else None


def _signed(key: PrivateKey, block: bytes) -> bytes:
    size = (key.key_size + 7) // 8
    if len(block) != size:
        raise Refused(0x6A80)
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return key.sign(block, ec.ECDSA(Prehashed(DIGESTS[algorithm_of(key)])))
    numbers = key.private_numbers()
    message = int.from_bytes(block, "big")
    if message >= numbers.public_numbers.n:
        raise Refused(0x6A80)
    of_p, of_q = pow(message, numbers.dmp1, numbers.p), pow(message, numbers.dmq1, numbers.q)
    return (of_q + (of_p - of_q) * numbers.iqmp % numbers.p * numbers.q).to_bytes(size, "big")


def _agreed(key: ec.EllipticCurvePrivateKey, point: bytes) -> bytes:
    try:
        return key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(key.curve, point))
    except ValueError as error:
        raise Refused(0x6A80) from error


def _one(tag: int, data: bytes) -> bytes:
    try:
        return only(tag, data)
    except ValueError as error:
        raise Refused(0x6A80) from error


def _padded(secret: str) -> bytes:
    return secret.encode().ljust(8, b"\xff")
