"""Recovering: a new password by a code, or by the link of a mail, for whoever can read the account's e-mail or SMS."""

from engine.errors import Refusal
from models import Account, OneTimeCode, Purpose, database
from operations import accounts, audit, codes, identifiers, messages, passwords, roles, sessions


def recover(who: str, *, locale: str, address: str) -> str:
    """Send a code to that e-mail or mobile, if it is somebody's. Returns the challenge, which looks the same if not.

    Raises Refusal for field `who` (not an address at all), TooMany, Unavailable.
    """
    try:
        channel, destination = ("mail", identifiers.email_of(who)) if "@" in who else ("sms", identifiers.mobile_of(who))
    except Refusal as refusal:
        raise Refusal(refusal.message, field="who") from None
    codes.allow(channel, destination, address)
    account = identifiers.account_of(who)
    name = account.called(locale) if account else ""
    with database.atomic():
        return codes.begin(
            Purpose.RECOVER,
            channel,
            destination,
            account=account,
            locale=locale,
            address=address,
            real=account is not None,
            name=name,
        ).id


def renew_password(challenge_id: str, typed: str, password: str, *, address: str) -> None:
    """Set a new password with the code that was sent, and end every session. Raises Refusal."""
    _renew(codes.matched(challenge_id, Purpose.RECOVER, typed), password, address)


def renew_password_by_link(challenge_id: str, token: str, password: str, *, address: str) -> None:
    """Set a new password by the mailed link, and end every session. Raises Refusal, NotFound."""
    _renew(codes.linked_for(challenge_id, token, Purpose.RECOVER), password, address)


def _renew(challenge: OneTimeCode, password: str, address: str) -> None:
    account: Account = challenge.account
    passwords.check(password, personal=accounts.personal(account), staff=roles.is_staff(account))
    password_hash = passwords.hashed(password)
    with database.atomic():
        codes.spend(challenge)
        Account.update(password_hash=password_hash).where(Account.id == account.id).execute()
        sessions.end_all(account)
        audit.security(account.id, "password-changed", address)
        messages.tell_owner(account, "password_changed", key=f"password-changed:{challenge.id}")
