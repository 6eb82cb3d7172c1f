"""Coming in with a password, and going out. (By card or Mobile ID: operations/signing_in.)"""

from engine.actor import Actor
from engine.assurance import Assurance
from engine.errors import NotAllowed, NotFound, Refusal
from engine.wording import _
from models import Account, IdentifierType, Purpose, database
from operations import audit, blocking, codes, identifiers, messages, passwords, second_factor, sessions
from operations.now import now
from operations.rendering import both


def recognise(who: str, password: str, *, address: str) -> Account:
    """The account of that e-mail or phone and password. One answer, after one time, for all that is wrong with them (Refusal).

    Only who gives the right password is told that the account is blocked.
    """
    account = identifiers.named(who)
    if not passwords.fits(password, account.password_hash if account else None) or account is None:
        audit.security(account.id if account else None, "sign-in-refused", address)
        raise Refusal(_("The e-mail or mobile number and the password do not match an account here. Check both and try again."))
    if account.blocked_at:  # said to nobody but who knows the password
        audit.security(account.id, "sign-in-refused", address)
        raise Refusal(blocking.BLOCKED)
    if passwords.outdated(account.password_hash):
        Account.update(password_hash=passwords.hashed(password)).where(Account.id == account.id).execute()
    return account


def ask_if_human(account: Account, *, locale: str, address: str) -> str:
    """Where scripts are off, a mailed code stands in for the CAPTCHA. Returns the challenge. Raises TooMany."""
    email = identifiers.value_of(account, IdentifierType.EMAIL)
    codes.allow("mail", email, address)
    with database.atomic():
        return codes.begin(
            Purpose.HUMAN, "mail", email, account=account, locale=locale, address=address, name=account.called(locale)
        ).id


def is_human(challenge_id: str, typed: str) -> Account:
    """The account that signs in with the mailed code. Raises Refusal."""
    challenge = codes.matched(challenge_id, Purpose.HUMAN, typed)
    codes.spend(challenge)
    if challenge.account.blocked_at:
        raise NotFound
    return challenge.account


def enter(
    account: Account,
    *,
    browser: str,
    address: str,
    assurance: Assurance = Assurance.PASSWORD,
    method: str = "password",
    known: bool = True,
    second_factor_shown: bool = False,
) -> str:
    """Open a session and return its token. `assurance` and `method`: how sure we are who it is, and by what.

    `known`: this browser signed in to this account before; of another the owner is told by mail. Whoever comes in keeps an account that was
    to be closed. Raises NotAllowed for staff who have not shown their second factor.
    """
    if second_factor.asked(account, assurance) and not second_factor_shown:
        raise NotAllowed
    with database.atomic():
        _stay(account, address)
        audit.security(account.id, "signed-in" if known else "signed-in-anew", address, browser=browser, method=method)
        if not known:
            messages.tell_owner(
                account,
                "new_browser",
                key=f"new-browser:{account.id}:{now().isoformat()}",
                browser=browser,
                address=address,
                at=both(now()),
            )
        return sessions.begin(account, browser=browser, address=address, assurance=assurance)


def _stay(account: Account, address: str) -> None:
    if Account.update(closing_at=None).where((Account.id == account.id) & Account.closing_at.is_null(False)).execute():
        audit.security(account.id, "closing-cancelled", address)


def leave(actor: Actor, *, address: str) -> None:
    """Log out."""
    with database.atomic():
        sessions.end(actor)
        audit.security(actor.account, "signed-out", address)
