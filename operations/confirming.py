"""Asking again who is there, before what a stolen session must not do: change addresses and passwords, take the data, close the account.

The password (staff: and the second factor) or a card or Mobile ID, shown within ten minutes.
"""

import datetime as dt

from engine.actor import Actor
from engine.errors import Refusal, TooMany
from engine.wording import _
from models import Account, SecurityEvent
from operations import audit, passwords, second_factor, sessions
from operations.now import now

FRESH = dt.timedelta(minutes=10)
WRONG, WRONG_WITHIN = 5, dt.timedelta(minutes=15)


def fresh(actor: Actor) -> bool:
    return sessions.confirmed(actor, within=FRESH)


def demand(actor: Actor) -> None:
    """Raises Refusal unless it was asked lately. Pages ask before; this holds where they do not."""
    if not fresh(actor):
        raise Refusal(_("Confirm first that it is you; that counts for ten minutes."))


def by_code(actor: Actor) -> bool:
    """Whether the second factor is asked for too."""
    return second_factor.state(actor.account).since is not None if actor.account else False


def confirm(actor: Actor, password: str, code: str, *, address: str) -> None:
    """Raises Refusal beside the field, TooMany after five wrong ones in a quarter of an hour."""
    account = Account.get_by_id(actor.account)
    check_password(account, password, field="password", address=address)
    if by_code(actor):
        second_factor.check(account, code, address=address)
    sessions.confirm(actor)


def check_password(account: Account, password: str, *, field: str, address: str) -> None:
    """The account's own password, asked inside a session. Not inside a transaction: a wrong one must stay counted."""
    wrong = (SecurityEvent.account == account) & (SecurityEvent.kind == "password-refused")
    if SecurityEvent.select().where(wrong & (SecurityEvent.at > now() - WRONG_WITHIN)).count() >= WRONG:
        raise TooMany(
            _("Those were five wrong passwords. Wait a quarter of an hour, or set a new one by a code."),
            retry_after=int(WRONG_WITHIN.total_seconds()),
        )
    if not passwords.fits(password, account.password_hash):
        audit.security(account.id, "password-refused", address)
        raise Refusal(_("This is not the password of this account."), field=field)
