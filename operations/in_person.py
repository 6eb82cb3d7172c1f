"""In person: at the counter of a desk, a clerk files for who stands before them.

The person shows their ID card in the counter's reader and types its PIN, or a document whose original the clerk sees. Their account is found
by what that proves, or opened. From then on the clerk's session acts for them, for half an hour at most, in the services of that authority.
"""

import datetime as dt
import re
from dataclasses import dataclass

from peewee import IntegrityError

from engine import digits
from engine.actor import ActingFor, Actor
from engine.catalogue import catalogue
from engine.clock import business_day
from engine.errors import Conflict, NotFound, Refusal
from engine.wording import Text, _
from gateways.certificates import Untrusted
from models import Account, Consent, Delegation, Evidence, IdentityType, database
from operations import (
    acting,
    audit,
    cards,
    challenges,
    civil_numbers,
    identifiers,
    messages,
    newcomers,
    passwords,
    registering,
    staff,
)
from operations.now import now
from operations.rendering import both

LASTS = dt.timedelta(minutes=30)
SHAPES: dict[str, tuple[str, Text]] = {
    Evidence.CIVIL_CARD: (r"\d{1,9}", _("A civil number has up to 9 digits. It stands on the front of the ID card.")),
    Evidence.RESIDENT_CARD: (r"\d{1,9}", _("A civil number has up to 9 digits. It stands on the front of the ID card.")),
    Evidence.PASSPORT: (r"[A-Z0-9]{5,15}", _("A passport's number has 5 to 15 letters and digits, without spaces.")),
}
"""The documents that a clerk may be shown, and what their numbers look like."""
ONESELF = _("This is you. Nobody files for themselves at the counter.")
BLOCKED = _("The account of this person is blocked. Send them to the portal's administrator.")
ANOTHERS_ADDRESS = _("No account with this address bears this document's number. Check both, or leave the address empty.")
NAMELESS = _("Nobody with this document has an account yet. Write the name as it stands there, then go on.")
MEANWHILE = _("An account for this person was opened meanwhile. Do it once more.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What the clerk saw. `address`: an e-mail or mobile of the account that the person says is theirs. The names: for a new account."""

    kind: str
    number: str
    country: str = "OM"  # who issued a passport
    original: bool = False
    address: str = ""
    first_name: str = ""
    family_name: str = ""
    arabic_name: str = ""


def desks(actor: Actor) -> list[str]:
    """The desks at whose counter this person may serve somebody. Raises NotAllowed for who is no clerk."""
    return [desk for desk in staff.desks_of(actor) if services(desk)]


def services(desk: str) -> list[str]:
    """What may be filed at its counter: the services of its authority."""
    return sorted(code for code, service in catalogue.services.items() if service.authority == desk.partition(".")[0])


# --- By card ---------------------------------------------------------------------------------------------------------------------


def card_challenge(actor: Actor) -> challenges.Handed:
    """What the person's card is asked to sign. Raises NotAllowed."""
    desks(actor)
    return challenges.begin(_subject(actor))


def by_card(actor: Actor, desk: str, secret: str | None, token: str) -> ActingFor:
    """Their card lies in the counter's reader and they typed its PIN. Raises Refusal (Untrusted with its reason), Conflict, NotFound."""
    _there(actor, desk)
    nonce = challenges.spend(secret, _subject(actor))
    try:
        person = cards.person(token, nonce)
    except Untrusted as refusal:
        with database.atomic():
            audit.record(actor, "counter.card-refused", desk, why=refusal.reason.value)
        raise
    number = person.civil_number
    known = _owner(number)
    named = newcomers.named(civil_number=number, name=person.name, given_name=person.given_name, surname=person.surname)
    kept = None if known else passwords.hashed(passwords.random())
    try:
        with database.atomic():
            customer = known or _opened(
                kept, named.first_name, named.family_name, "", "OM", IdentityType.CIVIL_CARD, number, prove=True
            )
            return _serve(actor, desk, customer, Evidence.CARD, number)
    except IntegrityError:
        raise Conflict(MEANWHILE) from None


def _subject(actor: Actor) -> str:
    return f"counter:{actor.session}"


# --- By a document that was seen ------------------------------------------------------------------------------------------------------


def by_document(actor: Actor, desk: str, seen: Document) -> ActingFor:
    """The clerk has seen the original. Raises Refusal beside its field (`first_name`: nobody has that document yet), Conflict, NotFound."""
    _there(actor, desk)
    number = _number(seen)
    if not seen.original:
        raise Refusal(_("Look at the original and say so here: a copy proves nobody."), field="original")
    customer = _by_address(seen, number) if seen.address.strip() else _by_number(seen, number)
    if customer is None and not (seen.first_name and seen.arabic_name):
        raise Refusal(NAMELESS, field="arabic_name" if seen.first_name else "first_name")
    kept = None if customer else passwords.hashed(passwords.random())
    civil = seen.kind != Evidence.PASSPORT
    kind = IdentityType.CIVIL_CARD if civil else IdentityType.PASSPORT
    country = "OM" if civil else seen.country
    try:
        with database.atomic():
            account = customer or _opened(
                kept, seen.first_name, seen.family_name, seen.arabic_name, country, kind, number, prove=civil
            )
            return _serve(actor, desk, account, Evidence(seen.kind), number)
    except IntegrityError:
        raise Conflict(MEANWHILE) from None


def _number(seen: Document) -> str:
    if seen.kind not in SHAPES:
        raise Refusal(_("Choose what you were shown."), field="kind")
    shape, wrong = SHAPES[seen.kind]
    number = "".join(digits.fold(seen.number).upper().split())
    if not re.fullmatch(shape, number):
        raise Refusal(wrong, field="number")
    return number


def _by_address(seen: Document, number: str) -> Account:
    """The account the person names is theirs only if it was opened with the very document that they show."""
    customer = identifiers.account_of(seen.address)
    passport = seen.kind == Evidence.PASSPORT
    kind = IdentityType.PASSPORT if passport else IdentityType.CIVIL_CARD
    bears = customer is not None and (customer.identity_type, digits.fold(customer.identity_number).upper()) == (kind, number)
    if customer is None or not bears or (passport and customer.country != seen.country):
        raise Refusal(ANOTHERS_ADDRESS, field="address")
    if not passport and _owner(number) not in (None, customer):
        raise Refusal(ANOTHERS_ADDRESS, field="address")
    return customer


def _by_number(seen: Document, number: str) -> Account | None:
    """Who has proven that civil number, or for whom that passport was shown at a counter before."""
    if seen.kind != Evidence.PASSPORT:
        return _owner(number)
    shown = (Delegation.evidence == Evidence.PASSPORT) & (Delegation.asked_for == number) & (Account.country == seen.country)
    row = (
        Account.select()
        .join(Delegation, on=Delegation.customer == Account.id)
        .where(shown)
        .order_by(Delegation.id.desc())
        .first()
    )
    if row is not None and row.blocked_at and not row.closed_at:
        raise Refusal(BLOCKED)
    return None if row is None or row.closed_at else row


# --- Both ------------------------------------------------------------------------------------------------------------------------


def _there(actor: Actor, desk: str) -> None:
    if desk not in desks(actor):
        raise NotFound


def _owner(number: str) -> Account | None:
    if civil_numbers.blocked(number):
        raise Refusal(BLOCKED)
    return civil_numbers.owner(number)


def _opened(
    password_hash: str | None,
    first_name: str,
    family_name: str,
    arabic_name: str,
    country: str,
    kind: IdentityType,
    number: str,
    *,
    prove: bool,
) -> Account:
    """An account that nobody can sign in to by a password: its owner does with the card or Mobile ID of that civil number."""
    moment = now()
    account = Account.create(
        first_name=first_name,
        family_name=family_name,
        arabic_name=arabic_name,
        country=country,
        identity_type=kind,
        kind=registering.kind_of(kind),
        identity_number=number,
        password_hash=password_hash,
        created_at=moment,
        active_at=moment,
    )
    if prove:
        civil_numbers.remember(account.id, number)
    return account  # type: ignore[no-any-return]


def _serve(actor: Actor, desk: str, customer: Account, evidence: Evidence, number: str) -> ActingFor:
    """From the next request on this session acts for them; whoever it served before has left. Part of the caller's transaction."""
    if customer.id == actor.account:
        raise Refusal(ONESELF)
    moment = now()
    acting.over(actor)
    row = Delegation.create(
        customer=customer,
        desk=desk,
        services=services(desk),
        until=business_day(moment + LASTS),
        consent=Consent.COUNTER,
        asked_for=number,
        asked_by=actor.account,
        evidence=evidence,
        session=actor.session,
        created_at=moment,
        consented_at=moment,
        ends_at=moment + LASTS,
    )
    where = both(catalogue.authorities[desk.partition(".")[0]].title)
    audit.record(
        actor, "counter.identified", acting.subject(row.id), customer=customer.id, desk=desk, evidence=evidence, number=number
    )
    audit.security(customer.id, "counter-visit", desk=desk, evidence=evidence)
    messages.tell_owner(customer, "counter_visit", key=f"counter-visit:{row.id}", authority=where, at=both(moment))
    return acting.begin(actor, row.id)
