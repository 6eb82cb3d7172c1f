"""Everything derived from the application key: one-time codes, link tokens, digests of session tokens. What is
secret lies in no table, or lies there sealed."""

import base64
import hashlib
import hmac

import pyotp
from cryptography.fernet import Fernet, InvalidToken

from engine import numbering
from operations.outside import outside


def derived(purpose: str, text: str) -> bytes:
    """32 bytes that only holders of the application key can compute. `purpose` keeps uses apart."""
    return hmac.new(outside.key, f"{purpose}\0{text}".encode(), hashlib.sha256).digest()


def one_time_code(challenge: str, counter: int) -> str:
    """The six digits of a challenge, by HOTP (RFC 4226) over a secret of its own."""
    secret = base64.b32encode(derived("one-time-code", challenge)[:20]).decode()
    return pyotp.HOTP(secret).at(counter)


def link_token(challenge: str, counter: int) -> str:
    """What stands in a mailed link in place of the digits."""
    return derived("link", f"{challenge}\0{counter}").hex()


def agreement_token(request: int) -> str:
    """What stands in the link of somebody who is asked to agree: 128 bits, short enough for an SMS."""
    return base64.urlsafe_b64encode(derived("agreement", str(request))[:16]).decode().rstrip("=")


def guest_key(uuid: str) -> str:
    """What opens the one application of who filed it without an account: twelve signs."""
    return numbering.verification_code(derived("guest", uuid))


def token_hash(token: str) -> str:
    """How a session token is kept: it has 256 random bits, so a plain digest is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def totp_code(secret: str, step: int) -> str:
    """The six digits an authenticator app shows in that half minute since 1970 (RFC 6238)."""
    return pyotp.HOTP(secret).at(step)


def sealed(purpose: str, text: str) -> str:
    """Encrypted and authenticated, for what must be read again: a table alone gives it away to nobody. `purpose` binds it to its use."""
    return _fernet(purpose).encrypt(text.encode()).decode()


def unsealed(purpose: str, text: str) -> str:
    """Raises ValueError for what was sealed for another purpose, under another key, or changed."""
    try:
        return _fernet(purpose).decrypt(text.encode()).decode()
    except InvalidToken:
        raise ValueError(f"not sealed for {purpose} under this application key") from None


def _fernet(purpose: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(derived("sealing", purpose)))


def same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode(), expected.encode())
