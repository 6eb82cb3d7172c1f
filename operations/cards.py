"""What a smart card has signed, for whoever needs to know whose card it is."""

from collections.abc import Iterator

from engine.errors import Unavailable
from engine.wording import _
from gateways.certificates import Finding, Person
from operations.now import now
from operations.outside import outside

UNTRUSTED = _("No card is accepted here yet: the portal does not know whom to trust. Please tell its operator.")


def person(token: str, nonce: str) -> Person:
    """Whose card signed the nonce. Raises Untrusted with the reason, Unavailable where no card is accepted yet."""
    if outside.cards is None:
        raise Unavailable(UNTRUSTED)
    return outside.cards.person(token, nonce=nonce, at=now())


def findings(certificate: bytes, *, of_phone: bool = False, signing: bool = False) -> Iterator[Finding]:
    """Why a certificate (DER) is or is not accepted, check by check; by the rules for logging in with a card or Mobile ID, or for signing.

    Raises Unavailable.
    """
    rules = outside.certificates if of_phone else outside.signers if signing else outside.cards
    if rules is None:
        raise Unavailable(UNTRUSTED)
    return rules.findings(certificate, at=now())
