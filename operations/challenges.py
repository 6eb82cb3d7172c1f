"""What a card or a SIM is asked to sign: one nonce, for one purpose, in the hands of one browser, once.

The browser holds a secret in its signed cookie, made anew for every challenge; the table holds its digest. So a cookie that somebody planted,
another browser's nonce and a second use are all worth nothing.
"""

import base64
import datetime as dt
from dataclasses import asdict, dataclass
from secrets import token_bytes, token_urlsafe
from typing import Any

from engine.errors import Refusal
from engine.wording import _
from gateways.certificates import Person
from models import ChallengeState, IdentityChallenge
from operations import secrets
from operations.now import now

LASTS = dt.timedelta(minutes=5)
OVER = _("This request is over, or was begun in another window. Start again.")


@dataclass(frozen=True, slots=True)
class Handed:
    """For the browser that asked: the secret belongs into its cookie, the nonce (base64) to the card or the SIM."""

    secret: str
    nonce: str


def begin(subject: str, *, nonce: str | None = None, lasts: dt.timedelta = LASTS, **details: Any) -> Handed:
    """A new challenge; `nonce` where it must say more than 32 random bytes do."""
    handed, moment = Handed(token_urlsafe(32), nonce or base64.b64encode(token_bytes(32)).decode()), now()
    IdentityChallenge.create(
        holder=secrets.token_hash(handed.secret),
        subject=subject,
        nonce=handed.nonce,
        created_at=moment,
        expires_at=moment + lasts,
        **details,
    )
    return handed


def find(secret: str | None, subject: str) -> IdentityChallenge | None:
    """The challenge of this browser for this purpose while it lasts."""
    if not secret:
        return None
    mine = (IdentityChallenge.holder == secrets.token_hash(secret)) & (IdentityChallenge.subject == subject)
    return IdentityChallenge.get_or_none(mine & (IdentityChallenge.expires_at > now()))  # type: ignore[no-any-return]


def spend(secret: str | None, subject: str) -> str:
    """The nonce, for the first who asks. Before anything is verified: an attempt that fails has used it up too. Raises Refusal."""
    challenge = find(secret, subject)
    if challenge is None or not move(challenge, ChallengeState.OPEN, ChallengeState.SPENT):
        raise Refusal(OVER)
    return str(challenge.nonce)


def move(challenge: IdentityChallenge, before: ChallengeState, after: ChallengeState, **details: Any) -> bool:
    """From one state to another, for one of many who try at once."""
    exactly = (
        (IdentityChallenge.id == challenge.id) & (IdentityChallenge.state == before) & (IdentityChallenge.expires_at > now())
    )
    return bool(IdentityChallenge.update(state=after, **details).where(exactly).execute())


def remember(subject: str, person: Person, *, lasts: dt.timedelta) -> Handed:
    """Keep who was proven, in the hands of the browser that gets this answer and of no other."""
    known = {name: value for name, value in asdict(person).items() if isinstance(value, str)}
    return begin(subject, lasts=lasts, state=ChallengeState.PROVEN, person=known)


def forget() -> None:
    """Those that are over. For the sweeper."""
    IdentityChallenge.delete().where(IdentityChallenge.expires_at < now() - LASTS).execute()
