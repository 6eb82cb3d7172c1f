"""Registering: an account opens once the codes to its e-mail and its mobile came back.

Nobody learns from an answer, or from how long it took, whether somebody else has an account here.
"""

import datetime as dt
from dataclasses import dataclass

from peewee import IntegrityError

from engine.errors import Conflict, Refusal
from engine.wording import Text, _
from models import (
    Account,
    AccountKind,
    CodeSent,
    Identifier,
    IdentifierType,
    IdentityType,
    OneTimeCode,
    Purpose,
    SecurityEvent,
    database,
)
from operations import audit, codes, identifiers, messages, passwords
from operations.now import now

UNFINISHED_FOR = dt.timedelta(days=1)
TERMS = "2026-11"
"""The version of the terms of use (templates/pages/about/terms.html): another text is another version. Nobody is asked to agree anew."""
KINDS: dict[str, Text] = {
    AccountKind.CITIZEN: _("Omani citizen"),
    AccountKind.RESIDENT: _("Resident"),
    AccountKind.CONSULTING_OFFICE: _("Consulting office"),
    AccountKind.CONTRACTOR: _("Building contractor"),
    AccountKind.INSTITUTION: _("Institution"),
}
"""As whom one opens an account: those of Sohar municipality's registration."""
BUSINESSES = frozenset({AccountKind.CONSULTING_OFFICE, AccountKind.CONTRACTOR, AccountKind.INSTITUTION})
"""Who registers names its commercial registration."""


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
    kind: str = ""  # none: by what they showed
    terms: str = ""  # the version they agreed to

    @property
    def personal(self) -> tuple[str, ...]:
        """What does not belong into a password."""
        names = (self.first_name, self.middle_name, self.family_name, self.arabic_name)
        return (*names, self.email.partition("@")[0], self.phone[4:], self.identity_number, self.registration)


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
            kind=given.kind or kind_of(given.identity_type),
            terms_version=given.terms,
            terms_at=now() if given.terms else None,
            password_hash=password_hash,
            locale=locale,
            created_at=now(),
        )
        identifiers.claim(account, {IdentifierType.EMAIL: given.email, IdentifierType.PHONE: given.phone})
        if proven:
            identifiers.claim(account, {IdentifierType.CIVIL_NUMBER: given.identity_number})
        owners = list(identifiers.owners(given.email, given.phone))
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
            messages.tell_owner(owner, "already_registered", key=f"already:{owner.id}:{now():%Y-%m-%d}")
    return challenge.id


def kind_of(identity_type: str) -> AccountKind:
    """As whom somebody comes who has not said it: a passport is a resident's."""
    return AccountKind.RESIDENT if identity_type == IdentityType.PASSPORT else AccountKind.CITIZEN


def check_kind(kind: str, registration: str) -> None:
    """Raises Refusal when there is no such kind, or one that needs a commercial registration has none."""
    if kind not in KINDS:
        raise Refusal(_("Choose one of the kinds of account."), field="kind")
    if kind in BUSINESSES and not registration:
        raise Refusal(_("Write the commercial registration of the office, contractor or institution."), field="registration")


def verify_email(challenge_id: str, typed: str, *, locale: str, address: str) -> str:
    """The code of the mail was typed: send the one for the mobile and return its challenge. Raises Refusal, TooMany, Unavailable."""
    return _to_the_mobile(codes.matched(challenge_id, Purpose.REGISTER_EMAIL, typed), locale=locale, address=address)


def verify_email_by_link(challenge_id: str, token: str, *, locale: str, address: str) -> str:
    """The link of the mail was confirmed: the registration goes on in that browser, and there alone."""
    return _to_the_mobile(codes.linked_for(challenge_id, token, Purpose.REGISTER_EMAIL), locale=locale, address=address)


def _to_the_mobile(challenge: OneTimeCode, *, locale: str, address: str) -> str:
    account: Account = challenge.account
    phone = identifiers.value_of(account, IdentifierType.PHONE)
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
