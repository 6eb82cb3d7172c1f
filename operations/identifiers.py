"""Identifiers: the one spelling of an e-mail address or a mobile, whose it is, and who has proven it."""

import datetime as dt
from collections.abc import Iterator

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from engine import digits
from engine.errors import Refusal
from engine.wording import _
from models import Account, Identifier, IdentifierType


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


def account_of(who: str) -> Account | None:
    """The open account with that verified e-mail or phone, however it is spelled."""
    account = named(who)
    return account if account and not account.blocked_at else None


def named(who: str) -> Account | None:
    """As `account_of`, blocked or not: for who then asks for the password."""
    if "@" in who:
        value = digits.fold(who).strip().lower()
    else:
        number = _phone(who)
        value = _e164(number) if number else ""
    return next((account for account in owners(value) if not account.closed_at), None)


def owners(*values: str) -> Iterator[Account]:
    """Who has proven these e-mails and phones."""
    addresses = Identifier.type.in_((IdentifierType.EMAIL, IdentifierType.PHONE)) & Identifier.value.in_(values)
    return iter(Account.select().join(Identifier).where(addresses & Identifier.verified_at.is_null(False)).distinct())


def claim(account: Account, values: dict[IdentifierType, str], verified_at: dt.datetime | None = None) -> None:
    rows = [{"account": account, "type": type_, "value": value, "verified_at": verified_at} for type_, value in values.items()]
    Identifier.insert_many(rows).execute()


def value_of(account: Account, type_: IdentifierType) -> str:
    """Empty where there is none: an account opened at a counter has no address yet."""
    row = Identifier.get_or_none((Identifier.account == account) & (Identifier.type == type_))
    return str(row.value) if row else ""
