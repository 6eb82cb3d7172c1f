"""The PIV application of a card (NIST SP 800-73-4): certificates, PIN, signatures."""

import enum

from cryptography import x509


class Slot(enum.Enum):
    """A key with its certificate."""

    AUTHENTICATION = 0x9A
    SIGNATURE = 0x9C


class Card:
    """A card in a reader, ours alone until `Readers.open` ends."""

    reader: str
    pin_pad: bool

    def certificate(self, slot: Slot = Slot.AUTHENTICATION) -> x509.Certificate:
        """Of the slot's key. Raises CardProblem no-certificate, card-answer."""
        raise NotImplementedError

    def tries(self) -> int | None:
        """PIN tries left; 0 is blocked; None when the card does not say (it takes the PIN as given already)."""
        raise NotImplementedError

    def verify(self, pin: str | None, *, last: bool = False) -> None:
        """Give the PIN (None: it is typed on the reader's own pad). Digits of any script.

        Raises CardProblem pin-format, last-try (one is left, `last` not given) or pin-blocked before anything is sent;
        wrong-pin with the tries left, pin-blocked, cancelled or timeout (on the pad) after.
        """
        raise NotImplementedError

    def sign(self, digest: bytes, slot: Slot = Slot.AUTHENTICATION) -> bytes:
        """A signature over a SHA-256, SHA-384 or SHA-512 digest, checked against the slot's certificate.

        RSA: PKCS#1 v1.5. Elliptic curve: DER (convert to R‖S with cryptography's decode_dss_signature).
        SIGNATURE wants the PIN again just before each signature (SP 800-73-4 part 1, table 4b "PIN Always").
        """
        raise NotImplementedError

    def algorithm(self, slot: Slot = Slot.AUTHENTICATION) -> str:
        """Of the slot's key in JOSE's words, with the hash to use: ES256, ES384, RS256."""
        raise NotImplementedError
