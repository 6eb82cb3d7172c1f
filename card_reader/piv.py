"""The PIV application of a card (NIST SP 800-73-4 part 2): certificates, PIN, signatures."""

import enum
import unicodedata
import zlib

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

from card_reader.apdu import OK, Answer, Wire, exchange, read
from card_reader.errors import CardProblem
from card_reader.tlv import only, parse, tlv

GET_DATA, VERIFY, GENERAL_AUTHENTICATE = 0xCB, 0x20, 0x87
DISCOVERY = 0x7E
APPLICATION_PIN, GLOBAL_PIN = 0x80, 0x00
PIN_LENGTHS = range(6, 9)  # section 2.4.3
PAD = b"\xff"
LARGEST_CERTIFICATE = 32_768  # unpacked; a packed one may claim anything
PIN_PAD_SECONDS = 30
LONGEST_SIGNING = 20  # seconds; the slowest cards take some two for RSA-3072

# The algorithm's number in a command: SP 800-78-5, table 6-2.
RSA_ALGORITHMS = {2048: 0x07, 3072: 0x05}
CURVE_ALGORITHMS = {"secp256r1": 0x11, "secp384r1": 0x14}
CURVE_NAMES = {"secp256r1": "ES256", "secp384r1": "ES384"}

HASHES: dict[int, hashes.HashAlgorithm] = {32: hashes.SHA256(), 48: hashes.SHA384(), 64: hashes.SHA512()}
# What stands before a digest in a PKCS#1 v1.5 signature: RFC 8017, section 9.2, note 1.
DIGEST_INFOS = {
    32: bytes.fromhex("3031300d060960864801650304020105000420"),
    48: bytes.fromhex("3041300d060960864801650304020205000430"),
    64: bytes.fromhex("3051300d060960864801650304020305000440"),
}

PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey


class Slot(enum.Enum):
    """A key with its certificate."""

    AUTHENTICATION = 0x9A
    SIGNATURE = 0x9C


# Where a slot's certificate is: SP 800-73-4 part 1, table 3.
CERTIFICATES = {Slot.AUTHENTICATION: 0x5FC105, Slot.SIGNATURE: 0x5FC10A}


class Card:
    """A card in a reader, ours alone until `Readers.open` ends; its application is selected already.

    Every method may raise CardProblem: card-removed, no-service, timeout and card-answer at any time.
    """

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self.reader = wire.reader
        self.pin_pad = wire.pin_pad
        self._certificates: dict[Slot, x509.Certificate] = {}
        self._pin: int | None = None

    def certificate(self, slot: Slot = Slot.AUTHENTICATION) -> x509.Certificate:
        """Of the slot's key. Raises CardProblem no-certificate, not-supported (its key is of a kind we cannot use)."""
        if slot not in self._certificates:
            self._certificates[slot] = _certificate(self._object(CERTIFICATES[slot]))
        return self._certificates[slot]

    def tries(self) -> int | None:
        """PIN tries left; 0 is blocked; None when the card does not say, as when it holds the PIN as given."""
        answer = self._verify(b"")
        return 0 if answer.status == 0x6983 else answer.tries

    def verify(self, pin: str | None, *, last: bool = False) -> None:
        """Give the PIN (None: it is typed on the reader's own pad). Digits of any script.

        Raises CardProblem pin-format, pin-blocked, last-try (one is left, and `last` not given) or card-answer (the card does
        not say how many are left) before anything is sent; wrong-pin with the tries left, pin-blocked, or, on the pad,
        cancelled, timeout or pin-format after. The PIN is never sent twice.
        """
        block = None if pin is None else _pin_block(pin)
        self._must_have_tries(last)
        answer = self._verify_on_pad() if block is None else self._verify(block)
        if answer.tries is not None:
            raise CardProblem("wrong-pin" if answer.tries else "pin-blocked", tries=answer.tries)
        if answer.status == 0x6983:
            raise CardProblem("pin-blocked", tries=0)
        answer.expected()

    def logout(self) -> None:
        """The card forgets that the PIN was given. Old cards cannot: the reset that follows does it there."""
        self._exchange(VERIFY, 0xFF, self._pin_reference())

    def sign(self, digest: bytes, slot: Slot = Slot.AUTHENTICATION) -> bytes:
        """A signature over a SHA-256, SHA-384 or SHA-512 digest, checked against the slot's certificate.

        RSA: PKCS#1 v1.5. Elliptic curve: DER (convert to R‖S with cryptography's decode_dss_signature).
        SIGNATURE wants the PIN just before each signature (SP 800-73-4 part 1, table 4b "PIN Always").
        Raises CardProblem signature-mismatch.
        """
        key = _public_key(self.certificate(slot))
        question = tlv(0x7C, tlv(0x82), tlv(0x81, _to_sign(key, digest)))
        answer = self._exchange(
            GENERAL_AUTHENTICATE, _number(key), slot.value, question, answers=True, seconds=LONGEST_SIGNING
        ).expected()
        try:
            signature = only(0x82, only(0x7C, answer))
        except ValueError as error:
            raise CardProblem("card-answer", detail="signature") from error
        _check(key, signature, digest)
        return signature

    def algorithm(self, slot: Slot = Slot.AUTHENTICATION) -> str:
        """Of the slot's key in JOSE's words, with the hash to use: ES256, ES384, RS256."""
        key = _public_key(self.certificate(slot))
        return "RS256" if isinstance(key, rsa.RSAPublicKey) else CURVE_NAMES[key.curve.name]

    def _must_have_tries(self, last: bool) -> None:
        left = self.tries()
        if left is None:  # somebody's PIN may still count: forget it, so that the card says
            self.logout()
            left = self.tries()
        if left is None:
            raise CardProblem("card-answer", detail="tries unknown")
        if left == 0:
            raise CardProblem("pin-blocked", tries=0)
        if left == 1 and not last:
            raise CardProblem("last-try", tries=1)

    def _verify(self, block: bytes) -> Answer:
        return self._exchange(VERIFY, 0x00, self._pin_reference(), block)

    def _verify_on_pad(self) -> Answer:
        if not self.pin_pad:
            raise CardProblem("pin-format", detail="this reader has no pad")
        # a person takes longer than the reader waits only when the reader forgot to stop waiting
        return read(self._wire.verify_on_pad(_pad_structure(self._pin_reference()), PIN_PAD_SECONDS + 10))

    def _pin_reference(self) -> int:
        """Which PIN the person knows: the card's discovery object says (SP 800-73-4 part 1, section 3.3.2); else PIV's own."""
        if self._pin is None:
            self._pin = _preferred_pin(self._exchange(GET_DATA, 0x3F, 0xFF, tlv(0x5C, bytes([DISCOVERY])), answers=True))
        return self._pin

    def _object(self, name: int) -> bytes:
        answer = self._exchange(GET_DATA, 0x3F, 0xFF, tlv(0x5C, name.to_bytes(3, "big")), answers=True)
        return answer.expected()

    def _exchange(
        self, instruction: int, p1: int, p2: int, data: bytes = b"", *, answers: bool = False, seconds: float = 15
    ) -> Answer:
        return exchange(self._wire, instruction, p1, p2, data, answers=answers, seconds=seconds)


def _certificate(container: bytes) -> x509.Certificate:
    """From the object in its slot: SP 800-73-4 part 1, appendix A, table 10."""
    try:
        parts = parse(only(0x53, container))
        packed = int.from_bytes(parts.get(0x71, b"")[:1], "big") & 1
        encoded = parts.get(0x70, b"")
        if not encoded:
            raise CardProblem("no-certificate")
        certificate = x509.load_der_x509_certificate(_unpacked(encoded) if packed else encoded)
        _public_key(certificate)
    except (ValueError, TypeError, zlib.error, x509.InvalidVersion) as error:
        raise CardProblem("card-answer", detail="certificate") from error
    return certificate


def _unpacked(data: bytes) -> bytes:
    """Of gzip. Raises ValueError or zlib.error if it is broken or too large."""
    stream = zlib.decompressobj(wbits=31)
    unpacked = stream.decompress(data, LARGEST_CERTIFICATE)
    if not stream.eof:
        raise ValueError("too large, or cut off")
    return unpacked


def _public_key(certificate: x509.Certificate) -> PublicKey:
    try:
        key = certificate.public_key()
    except UnsupportedAlgorithm as error:
        raise CardProblem("not-supported", detail="key") from error
    if isinstance(key, rsa.RSAPublicKey) and key.key_size in RSA_ALGORITHMS:
        return key
    if isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name in CURVE_ALGORITHMS:
        return key
    raise CardProblem("not-supported", detail="key")


def _number(key: PublicKey) -> int:
    return RSA_ALGORITHMS[key.key_size] if isinstance(key, rsa.RSAPublicKey) else CURVE_ALGORITHMS[key.curve.name]


def _to_sign(key: PublicKey, digest: bytes) -> bytes:
    """What the card is given: for RSA the whole block, since it adds nothing; for a curve as many bytes as its order has."""
    if len(digest) not in HASHES:
        raise ValueError("not a SHA-2 digest")
    size = (key.key_size + 7) // 8
    if isinstance(key, rsa.RSAPublicKey):
        info = DIGEST_INFOS[len(digest)] + digest
        return b"\x00\x01" + b"\xff" * (size - 3 - len(info)) + b"\x00" + info
    return digest[:size].rjust(size, b"\x00")


def _check(key: PublicKey, signature: bytes, digest: bytes) -> None:
    prehashed = Prehashed(HASHES[len(digest)])
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, digest, padding.PKCS1v15(), prehashed)
        else:
            key.verify(signature, digest, ec.ECDSA(prehashed))
    except InvalidSignature as error:
        raise CardProblem("signature-mismatch") from error


def _pin_block(pin: str) -> bytes:
    """As it is sent: eight bytes, filled up with FF (section 2.4.3)."""
    digits = "".join(str(unicodedata.decimal(letter, "?")) for letter in pin)
    if len(digits) not in PIN_LENGTHS or "?" in digits:
        raise CardProblem("pin-format")
    return digits.encode("ascii").ljust(8, PAD)


def _preferred_pin(discovered: Answer) -> int:
    """5F2F: the first byte says which PINs there are (0x20: the global one too), the second which comes first (0x20: that one)."""
    if discovered.status != OK:
        return APPLICATION_PIN
    try:
        policy = parse(only(DISCOVERY, discovered.data)).get(0x5F2F, b"").ljust(2, b"\0")
    except ValueError:
        return APPLICATION_PIN
    return GLOBAL_PIN if policy[0] & 0x20 and policy[1] == 0x20 else APPLICATION_PIN


def _pad_structure(reference: int) -> bytes:
    """PIN_VERIFY of PC/SC part 10, section 2.5.2: digits in ASCII, left justified, eight bytes in the command's data."""
    command = bytes([0x00, VERIFY, 0x00, reference, 8]) + PAD * 8
    return b"".join(
        (
            bytes([PIN_PAD_SECONDS, PIN_PAD_SECONDS]),
            bytes([0x82]),  # bmFormatString: in bytes, from the first, left, ASCII
            bytes([0x08]),  # bmPINBlockString: eight bytes, no length in front
            bytes([0x00]),  # bmPINLengthFormat
            bytes([PIN_LENGTHS[-1], PIN_LENGTHS[0]]),  # wPINMaxExtraDigit, a little-endian word: most, then fewest
            bytes([0x02]),  # bEntryValidationCondition: the key OK
            bytes([0x01]),  # bNumberMessage
            (0x0409).to_bytes(2, "little"),  # wLangId: the reader's own words; Arabic is on none
            bytes([0x00]),  # bMsgIndex
            bytes(3),  # bTeoPrologue
            len(command).to_bytes(4, "little"),
            command,
        )
    )
