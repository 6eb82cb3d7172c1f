"""Ringing a phone for Mobile ID: three times in ten minutes, per phone and per address, whatever it is for."""

import datetime as dt
import hashlib

from engine.errors import TooMany, Unavailable
from engine.wording import _
from gateways.certificates import Person, Signed
from gateways.mobile_id import Complete
from models import CodeSent, database
from operations import audit
from operations.now import now
from operations.outside import outside

STARTS = 3
STARTS_WITHIN = dt.timedelta(minutes=10)
CHANNEL = "mobile-id"


def digest(nonce: str) -> bytes:
    """What the SIM signs."""
    return hashlib.sha256(nonce.encode()).digest()


def count(phone: str, address: str, account: int | None) -> None:
    """One more request to this phone. Raises TooMany: nobody's phone is made to ring until they give in."""
    since = now() - STARTS_WITHIN
    with database.atomic():
        recent = CodeSent.select().where((CodeSent.channel == CHANNEL) & (CodeSent.at > since))
        busiest = max(recent.where(CodeSent.destination == phone).count(), recent.where(CodeSent.address == address).count())
        if busiest < STARTS:
            CodeSent.create(destination=phone, channel=CHANNEL, address=address, at=now())
            return
        audit.security(account, "mobile-id-too-often", address)
    raise TooMany(
        _("Three requests were sent in ten minutes. Wait ten minutes, then start again."),
        retry_after=int(STARTS_WITHIN.total_seconds()),
    )


def start(phone: str, civil_number: str, nonce: str, locale: str, text: str) -> str:
    """Ring; returns the provider's session. Raises Unavailable."""
    return outside.mobile_id.start(
        phone=phone, civil_number=civil_number, digest=digest(nonce), hash_type="SHA256", language=locale, text=text
    )


def judged(answer: Complete, nonce: str) -> Person:
    """Believe nothing the provider says: the signature over our hash, the chain and the revocation are checked here.

    Raises Untrusted; Unavailable where nobody is trusted yet.
    """
    assert answer.certificate is not None and answer.signature is not None and answer.algorithm is not None
    if outside.certificates is None:
        raise Unavailable(_("Nobody can be proven here yet: the portal does not know whom to trust. Please tell its operator."))
    signed = Signed(answer.algorithm, digest(nonce), answer.signature)
    return outside.certificates.person(answer.certificate, at=now(), signed=signed)
