"""People: registering, signing in, recovering a password, and what they see of their own account.

Nobody learns from an answer, or from how long it took, whether somebody else has an account here.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from peewee import IntegrityError

from engine import digits
from engine.actor import Actor
from engine.assurance import Assurance
from engine.errors import Conflict, NotFound, Refusal
from engine.wording import Text, _
from models import (
    Account,
    CodeSent,
    Identifier,
    IdentifierType,
    IdentityType,
    OneTimeCode,
    Purpose,
    Role,
    SecurityEvent,
    database,
)
from operations import audit, codes, messages, passwords, sessions
from operations.now import now

UNFINISHED_FOR = dt.timedelta(days=1)
EVENTS_SHOWN = 20
EVENTS: dict[str, Text] = {
    "registered": _("You opened this account"),
    "signed-in": _("Signed in"),
    "sign-in-refused": _("Somebody tried to sign in with a wrong password"),
    "signed-out": _("Signed out"),
    "session-ended": _("You ended a session"),
    "other-sessions-ended": _("You signed out everywhere else"),
    "password-changed": _("The password was changed"),
    "identity-proven": _("You proved who you are"),
    "identity-refused": _("A proof of who you are was refused"),
    "card-linked": _("You linked your ID card"),
    "card-refused": _("An ID card was refused"),
    "declaration-signed": _("You signed a declaration with your ID card"),
    "signature-refused": _("A signature by ID card was refused"),
}
"""What an account's owner reads of its security events, by kind; other operations add theirs. A kind without a text is not shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """The chamber's registration form, as typed and tidied: `email` and `phone` as `email_of` and `mobile_of` return them."""

    first_name: str
    email: str
    phone: str
    password: str
    identity_number: str
    identity_type: str = IdentityType.CIVIL_CARD
    country: str = "OM"
    middle_name: str = ""
    family_name: str = ""
    arabic_name: str = ""
    registration: str = ""

    @property
    def personal(self) -> tuple[str, ...]:
        """What does not belong into a password."""
        names = (self.first_name, self.middle_name, self.family_name, self.arabic_name)
        return (*names, self.email.partition("@")[0], self.phone[4:], self.identity_number, self.registration)


@dataclass(frozen=True, slots=True)
class Mine:
    """Everything the page of one's own account shows."""

    account: Account
    email: str
    phone: str
    civil_number: str
    sessions: list[sessions.Open]
    events: list[tuple[Text, SecurityEvent]]


# --- Addresses -------------------------------------------------------------------------------------------------------------------


def email_of(typed: str) -> str:
    """The one spelling of an e-mail address. Raises Refusal for field `email`."""
    try:
        return validate_email(digits.fold(typed).strip(), check_deliverability=False).normalized.lower()
    except EmailNotValidError:
        raise Refusal(_("Check the e-mail address: it looks like name@example.om."), field="email") from None


def mobile_of(typed: str) -> str:
    """E.164 of an Omani mobile; without a country code it is Omani. Raises Refusal for field `phone`: codes go by SMS to Oman only."""
    number = _phone(typed)
    if number is None:
        raise Refusal(_("Check the mobile number: in Oman it has eight digits and begins with 7 or 9."), field="phone")
    mobile = phonenumbers.number_type(number) in (
        phonenumbers.PhoneNumberType.MOBILE,
        phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,
    )
    if number.country_code != 968 or not mobile:
        raise Refusal(_("Give an Omani mobile number (+968): we send codes by SMS inside Oman only."), field="phone")
    return _e164(number)


def _phone(typed: str) -> phonenumbers.PhoneNumber | None:
    try:
        number = phonenumbers.parse(digits.fold(typed), "OM")
    except phonenumbers.NumberParseException:
        return None
    return number if phonenumbers.is_valid_number(number) else None


def _e164(number: phonenumbers.PhoneNumber) -> str:
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


# --- Registering -----------------------------------------------------------------------------------------------------------------


def register(given: Registration, *, locale: str, address: str, proven: bool = False) -> str:
    """Begin a registration and return the id of the e-mail's challenge. An address already taken looks the same; its owner is told by mail.

    `proven`: a card or Mobile ID has just shown that the civil number is theirs; it becomes so together with the addresses.

    Nothing is taken until both codes were given, so an abandoned registration may be begun again. Raises Refusal, TooMany.
    """
    passwords.check(given.password, personal=given.personal)
    codes.allow("mail", given.email, address)
    password_hash = passwords.hashed(given.password)
    with database.atomic():
        account = Account.create(
            first_name=given.first_name,
            middle_name=given.middle_name,
            family_name=given.family_name,
            arabic_name=given.arabic_name,
            country=given.country,
            identity_type=given.identity_type,
            identity_number=given.identity_number,
            registration=given.registration,
            password_hash=password_hash,
            locale=locale,
            created_at=now(),
        )
        _identify(account, {IdentifierType.EMAIL: given.email, IdentifierType.PHONE: given.phone})
        if proven:
            _identify(account, {IdentifierType.CIVIL_NUMBER: given.identity_number})
        owners = list(_owners(given.email, given.phone))
        challenge = codes.begin(
            Purpose.REGISTER_EMAIL,
            "mail",
            given.email,
            account=account,
            locale=locale,
            address=address,
            real=not owners,
            name=given.first_name,
        )
        for owner in owners:
            _tell(owner, "already_registered", key=f"already:{owner.id}:{now():%Y-%m-%d}")
    return challenge.id


def verify_email(challenge_id: str, typed: str, *, locale: str, address: str) -> str:
    """The code of the mail was typed: send the one for the mobile and return its challenge. Raises Refusal, TooMany, Unavailable."""
    return _to_the_mobile(codes.matched(challenge_id, Purpose.REGISTER_EMAIL, typed), locale=locale, address=address)


def verify_email_by_link(challenge_id: str, token: str, *, locale: str, address: str) -> str:
    """The link of the mail was confirmed: the registration goes on in that browser, and there alone."""
    return _to_the_mobile(_linked(challenge_id, token, Purpose.REGISTER_EMAIL), locale=locale, address=address)


def _to_the_mobile(challenge: OneTimeCode, *, locale: str, address: str) -> str:
    account: Account = challenge.account
    phone = _identifier(account, IdentifierType.PHONE)
    codes.allow("sms", phone, address)
    with database.atomic():
        codes.spend(challenge)
        return codes.begin(Purpose.REGISTER_PHONE, "sms", phone, account=account, locale=locale, address=address).id


def verify_phone(challenge_id: str, typed: str, *, address: str) -> Account:
    """Both addresses are proven: the account is open. Raises Refusal; Conflict when somebody else proved one of them meanwhile."""
    challenge = codes.matched(challenge_id, Purpose.REGISTER_PHONE, typed)
    account: Account = challenge.account
    with database.atomic():
        codes.spend(challenge)
        try:
            with database.atomic():
                Identifier.update(verified_at=now()).where(Identifier.account == account).execute()
        except IntegrityError:
            taken = _(
                "An account with this e-mail, mobile or civil number was opened meanwhile. Sign in to it, or set a new password."
            )
            raise Conflict(taken) from None
        Account.update(active_at=now()).where(Account.id == account.id).execute()
        audit.security(account.id, "registered", address)
    return account


def forget_unfinished() -> None:
    """Registrations nobody finished within a day, and codes as old. For the sweeper."""
    before = now() - UNFINISHED_FOR
    with database.atomic():
        remembered = SecurityEvent.select(SecurityEvent.account).where(SecurityEvent.account.is_null(False))
        forgotten = Account.active_at.is_null() & (Account.created_at < before) & Account.id.not_in(remembered)
        Account.delete().where(forgotten).execute()
        OneTimeCode.delete().where((OneTimeCode.created_at < before) & (OneTimeCode.expires_at < now())).execute()
        CodeSent.delete().where(CodeSent.at < before).execute()


# --- Signing in ------------------------------------------------------------------------------------------------------------------


def recognise(who: str, password: str, *, address: str) -> Account:
    """The account of that e-mail or phone and password. One answer, after one time, for all that is wrong with them (Refusal)."""
    account = _account_of(who)
    if not passwords.fits(password, account.password_hash if account else None) or account is None:
        audit.security(account.id if account else None, "sign-in-refused", address)
        raise Refusal(_("The e-mail or mobile number and the password do not match an account here. Check both and try again."))
    if passwords.outdated(account.password_hash):
        Account.update(password_hash=passwords.hashed(password)).where(Account.id == account.id).execute()
    return account


def ask_if_human(account: Account, *, locale: str, address: str) -> str:
    """Where scripts are off, a mailed code stands in for the CAPTCHA. Returns the challenge. Raises TooMany."""
    email = _identifier(account, IdentifierType.EMAIL)
    codes.allow("mail", email, address)
    with database.atomic():
        return codes.begin(
            Purpose.HUMAN, "mail", email, account=account, locale=locale, address=address, name=account.first_name
        ).id


def is_human(challenge_id: str, typed: str) -> Account:
    """The account that signs in with the mailed code. Raises Refusal."""
    challenge = codes.matched(challenge_id, Purpose.HUMAN, typed)
    codes.spend(challenge)
    if challenge.account.blocked_at:
        raise NotFound
    return challenge.account


def enter(
    account: Account, *, browser: str, address: str, assurance: Assurance = Assurance.PASSWORD, method: str = "password"
) -> str:
    """Open a session and return its token. `assurance` and `method`: how sure we are who it is, and by what."""
    with database.atomic():
        audit.security(account.id, "signed-in", address, browser=browser, method=method)
        return sessions.begin(account, browser=browser, address=address, assurance=assurance)


def leave(actor: Actor, *, address: str) -> None:
    """Log out."""
    with database.atomic():
        sessions.end(actor)
        audit.security(actor.account, "signed-out", address)


# --- Recovering a password -------------------------------------------------------------------------------------------------------


def recover(who: str, *, locale: str, address: str) -> str:
    """Send a code to that e-mail or mobile, if it is somebody's. Returns the challenge, which looks the same if not.

    Raises Refusal for field `who` (not an address at all), TooMany, Unavailable.
    """
    try:
        channel, destination = ("mail", email_of(who)) if "@" in who else ("sms", mobile_of(who))
    except Refusal as refusal:
        raise Refusal(refusal.message, field="who") from None
    codes.allow(channel, destination, address)
    account = _account_of(who)
    name = account.first_name if account else ""
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
    _renew(_linked(challenge_id, token, Purpose.RECOVER), password, address)


def _renew(challenge: OneTimeCode, password: str, address: str) -> None:
    account: Account = challenge.account
    passwords.check(password, personal=_personal(account), staff=_is_staff(account))
    password_hash = passwords.hashed(password)
    with database.atomic():
        codes.spend(challenge)
        Account.update(password_hash=password_hash).where(Account.id == account.id).execute()
        sessions.end_all(account)
        audit.security(account.id, "password-changed", address)
        _tell(account, "password_changed", key=f"password-changed:{challenge.id}")


# --- One's own account -----------------------------------------------------------------------------------------------------------


def mine(actor: Actor) -> Mine:
    """What the person may see of their own account."""
    account = Account.get_by_id(actor.account)
    values = {
        identifier.type: identifier.value for identifier in account.identifiers.where(Identifier.verified_at.is_null(False))
    }
    happened = (
        SecurityEvent.select().where(SecurityEvent.account == account).order_by(SecurityEvent.at.desc(), SecurityEvent.id.desc())
    )
    events = [(EVENTS[event.kind], event) for event in happened.limit(EVENTS_SHOWN) if event.kind in EVENTS]
    return Mine(
        account=account,
        email=values.get(IdentifierType.EMAIL, ""),
        phone=values.get(IdentifierType.PHONE, ""),
        civil_number=values.get(IdentifierType.CIVIL_NUMBER, ""),
        sessions=sessions.of(actor),
        events=events,
    )


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
    email = email_of(email)
    account = _account_of(email)
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
        _identify(account, proven, verified_at=now())
    return account


def create_staff(*, email: str, name: str, role: str, authority: str = "", password: str | None = None) -> str | None:
    """Give a member of staff an account and a role. Without a password: the link with which they set one within a day.

    Raises Refusal when the password is too weak for staff.
    """
    email = email_of(email)
    if password is not None:
        passwords.check(password, personal=(*name.split(), email.partition("@")[0]), staff=True)
    first, _space, family = name.partition(" ")
    with database.atomic():
        account = ensure(email=email, password=password or passwords.random(), first_name=first, family_name=family)
        Role.get_or_create(account=account, name=role, authority=authority)
        audit.record(None, "staff-created", email, role=role, authority=authority)
        if password is None:
            return codes.handed_over(account, email)
        Account.update(password_hash=passwords.hashed(password)).where(Account.id == account.id).execute()
        sessions.end_all(account)
    return None


# --- Finding them ----------------------------------------------------------------------------------------------------------------


def _account_of(who: str) -> Account | None:
    """The open account with that verified e-mail or phone, however it is spelled."""
    if "@" in who:
        value = digits.fold(who).strip().lower()
    else:
        number = _phone(who)
        value = _e164(number) if number else ""
    return next((account for account in _owners(value) if not account.blocked_at), None)


def _owners(*values: str) -> Iterator[Account]:
    """Who has proven these e-mails and phones."""
    addresses = Identifier.type.in_((IdentifierType.EMAIL, IdentifierType.PHONE)) & Identifier.value.in_(values)
    return iter(Account.select().join(Identifier).where(addresses & Identifier.verified_at.is_null(False)).distinct())


def _linked(challenge_id: str, token: str, purpose: Purpose) -> OneTimeCode:
    challenge = codes.linked(challenge_id, token)
    if challenge is None or challenge.purpose != purpose:
        raise NotFound
    return challenge


def _identify(account: Account, values: dict[IdentifierType, str], verified_at: dt.datetime | None = None) -> None:
    rows = [{"account": account, "type": type_, "value": value, "verified_at": verified_at} for type_, value in values.items()]
    Identifier.insert_many(rows).execute()


def _identifier(account: Account, type_: IdentifierType) -> str:
    return Identifier.get((Identifier.account == account) & (Identifier.type == type_)).value


def _personal(account: Account) -> list[str]:
    values = [identifier.value.partition("@")[0].removeprefix("+968") for identifier in account.identifiers]
    return [account.first_name, account.middle_name, account.family_name, account.arabic_name, account.identity_number, *values]


def _is_staff(account: Account) -> bool:
    return Role.select().where(Role.account == account).exists()


def _tell(account: Account, template: str, *, key: str, **context: Any) -> None:
    email = _identifier(account, IdentifierType.EMAIL)
    messages.send("mail", email, template, key=key, locale=account.locale, account=account, name=account.first_name, **context)


def staff(email: str) -> Actor:
    """A member of staff by e-mail, for commands run on the server. Raises NotFound for anybody without a role."""
    account = _account_of(email)
    roles = list(Role.select().where(Role.account == account)) if account else []
    if account is None or not roles:
        raise NotFound
    named = frozenset(f"{role.name}:{role.authority}" if role.authority else role.name for role in roles)
    return Actor(account=account.id, name=account.name, roles=named, locale=account.locale)
