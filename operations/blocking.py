"""Blocking an account: its sessions end and nobody comes in, until it is unblocked. Its owner is told by mail, and at the right password."""

from typing import Any

from engine.actor import Actor
from engine.errors import NotFound, Refusal
from engine.wording import _
from models import Account, Role, database
from operations import audit, identifiers, messages, sessions
from operations.now import now
from operations.staff import Duty
from statements import locked

BLOCKED = _(
    "This account is blocked. If you think that this is a mistake, ask the administrator of your authority, or write to us."
)


def block(account: Account, actor: Actor | None) -> None:
    """Part of the caller's transaction. Raises Refusal for the last administrator; blocking twice is once."""
    check_not_last(account)
    if Account.update(blocked_at=now()).where((Account.id == account.id) & Account.blocked_at.is_null()).execute():
        sessions.end_all(account)
        _remember(account, actor, "account-blocked")


def unblock(account: Account, actor: Actor | None) -> None:
    """Raises NotFound for an account that was erased: nothing of it is left."""
    if account.closed_at:
        raise NotFound
    if Account.update(blocked_at=None).where((Account.id == account.id) & Account.blocked_at.is_null(False)).execute():
        _remember(account, actor, "account-unblocked")


def check_not_last(account: Account) -> None:
    """Somebody else must be able to administer everything."""
    holders = hold_administrators()
    free: Any = Account.id.in_([number for number in holders if number != account.id]) & Account.blocked_at.is_null()
    if account.id in holders and not Account.select().where(free).exists():
        raise Refusal(_("This is the last administrator of the whole portal. Make another one first."))


def hold_administrators() -> list[int]:
    """The accounts that administer everything, their roles held until the transaction ends: of two that are taken at once one stays."""
    administers = (Role.name == Duty.ADMINISTRATOR) & (Role.authority == "")
    return [row.account_id for row in locked(Role.select().where(administers).order_by(Role.id))]


# --- For commands run on the server ----------------------------------------------------------------------------------------------


@database.atomic()
def by_operator(email: str, *, blocked: bool) -> None:
    """Block or unblock whoever has proven this e-mail. Raises NotFound, Refusal."""
    account = next(identifiers.owners(identifiers.email_of(email)), None)
    if account is None:
        raise NotFound
    (block if blocked else unblock)(account, None)


def _remember(account: Account, actor: Actor | None, kind: str) -> None:
    audit.record(actor, f"staff.{kind}", f"account:{account.id}")
    audit.security(account.id, kind)
    messages.tell_owner(account, kind.replace("-", "_"), key=f"{kind}:{account.id}:{now().isoformat()}")
