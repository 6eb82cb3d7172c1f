"""Who works here: an account with any role is staff, and more is asked of it."""

from models import Account, Role


def is_staff(account: Account | int | None) -> bool:
    return Role.select().where(Role.account == account).exists()
