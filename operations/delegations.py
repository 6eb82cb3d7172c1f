"""Delegations: an office asks a customer for leave to act for them, the customer agrees, and ends it whenever they like.

The customer agrees by the code that was sent to them, on their own page, or with their ID card at the office. Until then the office learns
nothing, not even whether the person has an account here: what it is told and shown is the same for everybody.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from peewee import IntegrityError, fn

from engine import digits
from engine.actor import Actor
from engine.catalogue import catalogue
from engine.errors import Conflict, NotFound, Refusal
from engine.wording import Words, _
from models import Account, Consent, Delegation, Identifier, IdentifierType, Office, Purpose, database
from operations import acting, audit, cards, challenges, civil_numbers, codes, identifiers, messages, offices
from operations.now import now, today
from operations.rendering import both

LONGEST = dt.timedelta(days=365)
WAITS = dt.timedelta(days=7)  # how long a customer may think it over
PAGE = 50
CHANNELS = {IdentifierType.EMAIL: "mail", IdentifierType.PHONE: "sms", IdentifierType.CIVIL_NUMBER: "mail"}

OTHERS_CARD = _("This card does not belong to the person you asked for. Nothing was granted.")
ANSWERED = _("This request was answered or withdrawn meanwhile. Nothing was changed.")


# --- Asking ----------------------------------------------------------------------------------------------------------------------


def ask(actor: Actor, kind: IdentifierType, typed: str, services: Iterable[str], until: dt.date, *, address: str) -> Delegation:
    """Ask whoever has that e-mail, mobile or proven civil number; an earlier unanswered request for it is withdrawn.

    Raises NotAllowed for who works for no office, Refusal beside `who`, `services` or `until`, TooMany, Unavailable.
    """
    office = offices.of(actor).office
    wanted = _services(services)
    if not today() <= until <= today() + LONGEST:
        raise Refusal(_("Choose a last day from today to a year from now."), field="until")
    who = _spelled(kind, typed)
    customer = _customer(kind, who)
    if customer is not None and customer.id == actor.account:
        raise Refusal(_("This is you. For yourself you need no delegation."), field="who")
    channel, destination = CHANNELS[kind], _destination(kind, who, customer)
    codes.allow(channel, destination, address)
    with database.atomic():
        _withdraw_earlier(office, who)
        row = Delegation.create(
            customer=customer,
            office=office,
            services=wanted,
            until=until,
            asked_for=who,
            asked_by=actor.account,
            created_at=now(),
        )
        challenge = codes.begin(
            Purpose.DELEGATE,
            channel,
            destination,
            account=customer,
            locale=customer.locale if customer else actor.locale,
            address=address,
            real=customer is not None and destination != _nowhere(kind, who),
            name=customer.called(customer.locale) if customer else "",
            office=office.name,
            services=[both(catalogue.services[code].title) for code in wanted],
            until=both(until),
            delegation=row.id,
        )
        row.challenge = challenge.id
        row.save()
        audit.record(
            actor, "delegation.asked", acting.subject(row.id), office=office.id, services=wanted, until=until.isoformat()
        )
    return row  # type: ignore[no-any-return]


def _services(codes_: Iterable[str]) -> list[str]:
    wanted = sorted(set(codes_))
    if any(code not in catalogue.services for code in wanted):
        raise Refusal(_("Choose among the services that are offered."), field="services")
    return wanted


def _spelled(kind: IdentifierType, typed: str) -> str:
    try:
        if kind is IdentifierType.EMAIL:
            return identifiers.email_of(typed)
        if kind is IdentifierType.PHONE:
            return identifiers.mobile_of(typed)
    except Refusal as refusal:
        raise Refusal(refusal.message, field="who") from None
    number = digits.fold(typed).strip()
    if not (number.isdecimal() and len(number) <= 9):
        raise Refusal(_("A civil number has up to 9 digits. It stands on the front of the ID card."), field="who")
    return number


def _customer(kind: IdentifierType, who: str) -> Account | None:
    return civil_numbers.owner(who) if kind is IdentifierType.CIVIL_NUMBER else identifiers.account_of(who)


def _destination(kind: IdentifierType, who: str, customer: Account | None) -> str:
    """Where the code goes. Of a civil number that nobody has proven, or whose owner has no address yet: nowhere, but counted as any other."""
    if kind is not IdentifierType.CIVIL_NUMBER:
        return who
    return (identifiers.value_of(customer, IdentifierType.EMAIL) if customer else "") or _nowhere(kind, who)


def _nowhere(kind: IdentifierType, who: str) -> str:
    return f"{kind}:{who}"


def _withdraw_earlier(office: Office, who: str) -> None:
    earlier = (Delegation.office == office) & (Delegation.asked_for == who) & _unanswered()
    Delegation.update(revoked_at=now()).where(earlier).execute()


def _unanswered() -> Any:
    """Still to be answered: an agreement to what is past its last day would end the one that stands, and grant nothing."""
    open_ = Delegation.consented_at.is_null() & Delegation.revoked_at.is_null()
    return open_ & (Delegation.created_at > now() - WAITS) & (Delegation.until >= today())


# --- Agreeing --------------------------------------------------------------------------------------------------------------------


def asked(actor: Actor, delegation: int) -> Delegation:
    """An unanswered request of the actor's office. Raises NotAllowed, NotFound for another office's and for one that is over."""
    office = offices.of(actor).office
    row = Delegation.get_or_none((Delegation.id == delegation) & (Delegation.office == office) & _unanswered())
    if row is None:
        raise NotFound
    return row  # type: ignore[no-any-return]


def by_code(actor: Actor, delegation: int, typed: str, *, address: str) -> None:
    """The customer told the operator the code. Raises Refusal for field `code`, as for a code that was sent to nobody."""
    row = asked(actor, delegation)
    challenge = codes.matched(row.challenge, Purpose.DELEGATE, typed)
    with database.atomic():
        codes.spend(challenge)
        _grant(actor, row, Consent.CODE, address)


def card_challenge(actor: Actor, delegation: int) -> challenges.Handed:
    """What the customer's card is asked to sign, at the office."""
    return challenges.begin(_subject(actor, asked(actor, delegation)))


def by_card(actor: Actor, delegation: int, secret: str | None, token: str, *, address: str) -> None:
    """The customer's card lies in the office's reader and they typed its PIN; it also proves their civil number.

    Raises Refusal: a challenge that is over, Untrusted, or (OTHERS_CARD) anybody else's card, also where nobody was asked.
    """
    row = asked(actor, delegation)
    person = cards.person(token, challenges.spend(secret, _subject(actor, row)))
    if row.customer_id is None or person.civil_number != digits.fold(row.customer.identity_number):
        raise Refusal(OTHERS_CARD)
    try:
        with database.atomic():
            civil_numbers.remember(row.customer_id, person.civil_number)
            _grant(actor, row, Consent.CARD, address)
    except IntegrityError:
        raise Refusal(OTHERS_CARD) from None


def _subject(actor: Actor, row: Delegation) -> str:
    return f"delegation:{row.id}:{actor.session}"


def offered(actor: Actor, delegation: int) -> Delegation:
    """A request that this person was asked to answer, with its office. Raises NotFound for anybody else's and for one that is over."""
    mine = (Delegation.id == delegation) & (Delegation.customer == actor.account)
    row = Delegation.select(Delegation, Office).join(Office).where(mine & _unanswered() & Office.blocked_at.is_null()).first()
    if row is None or actor.acting_for:
        raise NotFound
    return row  # type: ignore[no-any-return]


def agree(actor: Actor, delegation: int, *, address: str) -> None:
    """The customer agrees on their own page."""
    row = offered(actor, delegation)
    with database.atomic():
        _grant(actor, row, Consent.CODE, address)


def _grant(actor: Actor, row: Delegation, consent: Consent, address: str) -> None:
    """In force from now on, in place of an earlier one for the same office. Inside the caller's transaction."""
    older = (Delegation.office == row.office_id) & (Delegation.customer == row.customer_id)
    Delegation.update(revoked_at=now()).where(
        older & Delegation.consented_at.is_null(False) & Delegation.revoked_at.is_null()
    ).execute()
    won = Delegation.update(consent=consent, consented_at=now()).where((Delegation.id == row.id) & _unanswered()).execute()
    if not won:
        raise Conflict(ANSWERED)
    office: Office = row.office
    audit.record(actor, "delegation.granted", acting.subject(row.id), customer=row.customer_id, consent=consent)
    audit.security(row.customer_id, "delegation-granted", address, office=office.name, by=consent)
    messages.tell_owner(
        row.customer,
        "delegation_granted",
        key=f"delegation-granted:{row.id}",
        office=office.name,
        services=services_of(row),
        until=both(row.until),
    )


def services_of(row: Delegation) -> list[Words]:
    """The titles of the services it covers; none: all."""
    return [both(catalogue.services[code].title) for code in row.services if code in catalogue.services]


# --- Ending ----------------------------------------------------------------------------------------------------------------------


def end(actor: Actor, delegation: int, *, address: str) -> None:
    """Revoke it, or decline what was asked: by its customer, or given up by an operator of its office. Counts from the next request on.

    Raises NotFound for anybody else's, for a blocked office and for one that has ended.
    """
    row = Delegation.get_or_none((Delegation.id == delegation) & Delegation.revoked_at.is_null())
    by_customer = row is not None and row.customer_id == actor.account and actor.acting_for is None
    by_office = row is not None and row.office_id is not None and row.office_id == actor.office and row.office.blocked_at is None
    if row is None or not (by_customer or by_office):
        raise NotFound
    with database.atomic():
        Delegation.update(revoked_at=now(), revoked_by=actor.account).where(Delegation.id == row.id).execute()
        audit.record(actor, "delegation.ended", acting.subject(row.id), customer=row.customer_id)
        if row.customer_id and row.consented_at:
            audit.security(row.customer_id, "delegation-ended", address, office=row.office.name if row.office_id else {})
            if by_office:
                messages.tell_owner(row.customer, "delegation_ended", key=f"delegation-ended:{row.id}", office=row.office.name)


# --- Lists -----------------------------------------------------------------------------------------------------------------------


def of_customer(actor: Actor) -> list[Delegation]:
    """Who may act for this person, and who asks to: newest first."""
    standing = Delegation.revoked_at.is_null() & (Delegation.until >= today())
    known = Delegation.consented_at.is_null(False) | _unanswered()
    lasts = Delegation.ends_at.is_null() | (Delegation.ends_at > now())
    rows = Delegation.select(Delegation, Office).left_outer_join(Office)
    return list(
        rows.where((Delegation.customer == actor.account) & standing & known & lasts).order_by(Delegation.id.desc()).limit(PAGE)
    )


def waiting(actor: Actor) -> list[Delegation]:
    """What the actor's office asked for and nobody has answered yet, newest first."""
    office = offices.of(actor).office
    return list(
        Delegation.select().where((Delegation.office == office) & _unanswered()).order_by(Delegation.id.desc()).limit(PAGE)
    )


def customers(actor: Actor, text: str = "", before: int | None = None) -> tuple[list[Delegation], int | None]:
    """A page of the office's customers, whose agreement was given last first, and where the next page begins (None at the end).

    `text` finds by a part of a name or a whole number or address. Only delegations in force: an ended one names nobody any more.
    """
    office = offices.of(actor).office
    standing = (Delegation.office == office) & Delegation.consented_at.is_null(False) & Delegation.revoked_at.is_null()
    rows = Delegation.select(Delegation, Account).join(Account, on=Delegation.customer == Account.id, attr="customer")
    rows = rows.where(standing & (Delegation.until >= today()) & Account.blocked_at.is_null())
    if asked_ := digits.fold(text).strip():
        rows = rows.where(_named(asked_))
    if before is not None:
        rows = rows.where(Delegation.id < before)
    found = list(rows.order_by(Delegation.id.desc()).limit(PAGE + 1))
    return found[:PAGE], found[PAGE - 1].id if len(found) > PAGE else None


def _named(text: str) -> Any:
    whole = fn.LOWER(Account.first_name + " " + Account.middle_name + " " + Account.family_name + " " + Account.arabic_name)
    values = {text.lower(), f"+968{text}"}
    numbers = Identifier.select(Identifier.account).where(Identifier.value.in_(values) & Identifier.verified_at.is_null(False))
    return whole.contains(text.lower()) | Account.id.in_(numbers)
