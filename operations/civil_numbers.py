"""Whose civil number it is: claimed when registering, proven by a card or Mobile ID, and then nobody else's."""

from typing import Any

from engine import digits
from engine.errors import Refusal
from engine.wording import Text
from models import Account, Identifier, IdentifierType, IdentityType
from operations.now import now


def claimed(account: int | None, *, otherwise: Text, field: str | None = None) -> str:
    """What the account's owner said their civil number is. Raises Refusal `otherwise` for a passport's owner."""
    row = Account.get_by_id(account)
    if row.identity_type != IdentityType.CIVIL_CARD:
        raise Refusal(otherwise, field=field)
    return digits.fold(row.identity_number)


def remember(account: int | None, number: str) -> None:
    """From now on it is theirs. Raises IntegrityError where another account has proven it: the database lets no second have it."""
    if not Identifier.select().where(_proven(number) & (Identifier.account == account)).exists():
        Identifier.create(account=account, type=IdentifierType.CIVIL_NUMBER, value=number, verified_at=now())


def of(account: Account) -> str | None:
    """The one its owner has proven."""
    theirs = (Identifier.account == account) & (Identifier.type == IdentifierType.CIVIL_NUMBER)
    row = Identifier.get_or_none(theirs & Identifier.verified_at.is_null(False))
    return row and row.value


def owner(number: str) -> Account | None:
    """The open account that has proven it."""
    usable = Account.active_at.is_null(False) & Account.blocked_at.is_null()
    return Account.select().join(Identifier).where(_proven(number) & usable).first()  # type: ignore[no-any-return]


def blocked(number: str) -> bool:
    """Whether the account that has proven it is blocked (and was not erased)."""
    held = Account.blocked_at.is_null(False) & Account.closed_at.is_null()
    return Account.select().join(Identifier).where(_proven(number) & held).exists()


def _proven(number: str) -> Any:
    this = (Identifier.type == IdentifierType.CIVIL_NUMBER) & (Identifier.value == number)
    return this & Identifier.verified_at.is_null(False)
