"""Changing how one is reached, and the password.

A new address counts once a code sent there came back; until then the old one stays, and it is told of the change. Whether somebody else
has the new address, nobody learns: it is asked for a code like any other, and no code fits.
"""

from peewee import IntegrityError

from engine.actor import Actor
from engine.errors import Conflict, NotFound, Refusal
from engine.wording import _
from models import Account, Identifier, IdentifierType, OneTimeCode, Purpose, database
from operations import accounts, audit, codes, confirming, identifiers, messages, passwords, roles, sessions
from operations.now import now

CHANNELS = {Purpose.CHANGE_EMAIL: "mail", Purpose.CHANGE_PHONE: "sms"}
TYPES = {Purpose.CHANGE_EMAIL: IdentifierType.EMAIL, Purpose.CHANGE_PHONE: IdentifierType.PHONE}
SPELLED = {Purpose.CHANGE_EMAIL: identifiers.email_of, Purpose.CHANGE_PHONE: identifiers.mobile_of}
TOLD = {Purpose.CHANGE_EMAIL: "email_changed", Purpose.CHANGE_PHONE: "phone_changed"}


# --- E-mail and mobile -----------------------------------------------------------------------------------------------------------


def begin(actor: Actor, purpose: Purpose, typed: str, *, address: str) -> str:
    """Send a code to the new e-mail or mobile; returns the challenge. Raises Refusal beside the field, TooMany, Unavailable."""
    confirming.demand(actor)
    account, channel = Account.get_by_id(actor.account), CHANNELS[purpose]
    destination = SPELLED[purpose](typed)
    taken = [owner.id for owner in identifiers.owners(destination)]
    if account.id in taken:
        raise Refusal(_("That is the one your account has already."), field=TYPES[purpose])
    codes.allow(channel, destination, address)
    with database.atomic():
        return codes.begin(
            purpose,
            channel,
            destination,
            account=account,
            locale=actor.locale,
            address=address,
            real=not taken,
            name=account.called(actor.locale),
        ).id


def finish(actor: Actor, challenge_id: str, purpose: Purpose, typed: str, *, address: str) -> None:
    """The code came back: the new address is theirs, the old one is told. Raises Refusal; Conflict when another proved it meanwhile."""
    challenge = codes.of(challenge_id, purpose)
    if challenge.account_id != actor.account:
        raise NotFound
    codes.matched(challenge_id, purpose, typed)
    with database.atomic():
        codes.spend(challenge)
        try:
            with database.atomic():
                before = _replace(challenge.account, TYPES[purpose], challenge.destination)
        except IntegrityError:
            raise Conflict(_("Another account has proven this address meanwhile. Nothing of yours was changed.")) from None
        _void_codes_to(challenge.account, before)
        audit.security(actor.account, TOLD[purpose].replace("_", "-"), address)
        _tell(challenge, before, TOLD[purpose])


def _replace(account: Account, type_: IdentifierType, value: str) -> str:
    """Put the new in the place of the old one, which is returned; empty when there was none."""
    theirs = (Identifier.account == account) & (Identifier.type == type_) & Identifier.verified_at.is_null(False)
    before = Identifier.get_or_none(theirs)
    if before is None:
        Identifier.create(account=account, type=type_, value=value, verified_at=now())
        return ""
    Identifier.update(value=value, verified_at=now()).where(Identifier.id == before.id).execute()
    return str(before.value)


def _void_codes_to(account: Account, destination: str) -> None:
    """Whoever still reads the old address must not set a new password from there."""
    waiting = (OneTimeCode.account == account) & (OneTimeCode.destination == destination) & OneTimeCode.used_at.is_null()
    OneTimeCode.update(expires_at=now()).where(waiting & (OneTimeCode.expires_at > now())).execute()


def _tell(challenge: OneTimeCode, before: str, template: str) -> None:
    """The old address, and for a new mobile the e-mail too: one of them is with its owner still."""
    account = challenge.account
    told = {before: challenge.channel, identifiers.value_of(account, IdentifierType.EMAIL): "mail"}
    for destination, channel in told.items():
        if destination and destination != challenge.destination:
            messages.send(
                channel,
                destination,
                template,
                key=f"{template}:{challenge.id}:{channel}",
                locale=account.locale,
                account=account,
                name=account.called(account.locale),
                new=codes.masked(challenge),
            )


# --- Password --------------------------------------------------------------------------------------------------------------------


def password(actor: Actor, old: str, new: str, *, address: str) -> None:
    """Change it, and end every other session. Raises Refusal beside `old` or `password`, TooMany."""
    account = Account.get_by_id(actor.account)
    passwords.check(new, personal=accounts.personal(account), staff=roles.is_staff(account))
    confirming.check_password(account, old, field="old", address=address)
    password_hash = passwords.hashed(new)
    with database.atomic():
        Account.update(password_hash=password_hash).where(Account.id == account.id).execute()
        sessions.end_others(actor, address=address)
        audit.security(account.id, "password-changed", address)
        messages.tell_owner(account, "password_changed", key=f"password-changed:{account.id}:{now().isoformat()}")
