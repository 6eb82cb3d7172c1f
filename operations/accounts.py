"""Accounts: what their owners see of them, and those that commands make."""

from dataclasses import dataclass

from engine.actor import Actor
from engine.errors import NotFound, Refusal
from engine.wording import _
from models import Account, Identifier, IdentifierType, Role, database
from operations import audit, codes, identifiers, messages, passwords, registering, roles, second_factor, sessions
from operations.now import now
from operations.staff import Duty


@dataclass(frozen=True, slots=True)
class Mine:
    """Everything the page of one's own account shows."""

    account: Account
    email: str
    phone: str
    civil_number: str
    second_factor: second_factor.State | None


def mine(actor: Actor) -> Mine:
    """What the person may see of their own account."""
    account = Account.get_by_id(actor.account)
    values = {
        identifier.type: identifier.value for identifier in account.identifiers.where(Identifier.verified_at.is_null(False))
    }
    return Mine(
        account=account,
        email=values.get(IdentifierType.EMAIL, ""),
        phone=values.get(IdentifierType.PHONE, ""),
        civil_number=values.get(IdentifierType.CIVIL_NUMBER, ""),
        second_factor=second_factor.state(account.id) if roles.is_staff(account) else None,
    )


def change_kind(actor: Actor, kind: str, registration: str, *, address: str) -> None:
    """As whom the person uses the portal from now on. Raises Refusal as `registering.check_kind`."""
    registering.check_kind(kind, registration)
    with database.atomic():
        Account.update(kind=kind, registration=registration).where(Account.id == actor.account).execute()
        audit.security(actor.account, "kind-changed", address, now=kind)


# --- Accounts made by commands ---------------------------------------------------------------------------------------------------


def ensure(
    *,
    email: str,
    password: str,
    first_name: str,
    family_name: str = "",
    middle_name: str = "",
    arabic_name: str = "",
    phone: str = "",  # E.164
    civil_number: str = "",
    civil_number_verified: bool = False,
    registration: str = "",
    locale: str = "ar",
) -> Account:
    """The open account of that e-mail; made, with everything verified, where there is none. For demonstrations and staff: no codes, no rules."""
    email = identifiers.email_of(email)
    account = identifiers.account_of(email)
    if account is not None:
        return account
    proven = {IdentifierType.EMAIL: email}
    if phone:
        proven[IdentifierType.PHONE] = phone
    if civil_number and civil_number_verified:
        proven[IdentifierType.CIVIL_NUMBER] = civil_number
    with database.atomic():
        account = Account.create(
            first_name=first_name,
            middle_name=middle_name,
            family_name=family_name,
            arabic_name=arabic_name,
            identity_number=civil_number,
            registration=registration,
            password_hash=passwords.hashed(password),
            locale=locale,
            created_at=now(),
            active_at=now(),
        )
        identifiers.claim(account, proven, verified_at=now())
    return account


def create_staff(*, email: str, name: str, role: str, authority: str = "", password: str | None = None) -> str | None:
    """Give a member of staff an account and a role. Without a password: the link with which they set one within a day.

    Raises Refusal when the password is too weak for staff, or when there is no such duty.
    """
    if role not in set(Duty):
        raise Refusal(_("There is no duty “%(role)s”. There are: %(duties)s.", role=role, duties=", ".join(Duty)), field="role")
    email = identifiers.email_of(email)
    if password is not None:
        passwords.check(password, personal=(*name.split(), email.partition("@")[0]), staff=True)
    first, _space, family = name.partition(" ")
    with database.atomic():
        account = ensure(email=email, password=password or passwords.random(), first_name=first, family_name=family)
        Role.get_or_create(account=account, name=role, authority=authority)
        audit.record(None, "staff-created", email, role=role, authority=authority)
        sessions.end_all(account)  # one that began without the second factor must not have the role
        if password is None:
            return codes.handed_over(account, email)
        Account.update(password_hash=passwords.hashed(password)).where(Account.id == account.id).execute()
    return None


def invited(actor: Actor, *, email: str, name: str, role: str, authority: str) -> Account:
    """As `create_staff`, by an administrator: the link, or for who has an account already word of the role, goes by mail.

    Part of the caller's transaction. Raises Refusal for field `email`.
    """
    address = identifiers.email_of(email)
    first, _space, family = name.strip().partition(" ")
    known = identifiers.account_of(address) is not None
    if not known and next(identifiers.owners(address), None) is not None:
        raise Refusal(_("The account of this e-mail address is blocked. Unblock it first."), field="email")
    account = ensure(email=address, password=passwords.random(), first_name=first, family_name=family, locale=actor.locale)
    if account.id == actor.account:
        raise Refusal(_("This is your own account. Another administrator changes it."), field="email")
    Role.get_or_create(account=account, name=role, authority=authority)
    audit.record(actor, "staff.invited", f"account:{account.id}", role=role, authority=authority)
    audit.security(account.id, "role-given")
    sessions.end_all(account)  # one that began without the second factor must not have the role
    challenge = codes.handed(account, address)
    messages.tell_owner(
        account, "staff_invited", key=f"staff-invited:{challenge.id}", challenge=challenge.id, counter=challenge.counter
    )
    return account


def staff(email: str) -> Actor:
    """A member of staff by e-mail, for commands run on the server. Raises NotFound for anybody without a role."""
    account = identifiers.account_of(email)
    roles = list(Role.select().where(Role.account == account)) if account else []
    if account is None or not roles:
        raise NotFound
    named = frozenset(f"{role.name}:{role.authority}" if role.authority else role.name for role in roles)
    return Actor(account=account.id, name=account.name, roles=named, locale=account.locale)


# --- Whose it is ----------------------------------------------------------------------------------------------------------------


def personal(account: Account) -> list[str]:
    """What does not belong into its owner's password."""
    values = [identifier.value.partition("@")[0].removeprefix("+968") for identifier in account.identifiers]
    return [account.first_name, account.middle_name, account.family_name, account.arabic_name, account.identity_number, *values]
