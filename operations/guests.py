"""Who files without an account: one application, and a key to it that they keep.

The key follows from the application key and the guest's uuid, so no table gives it away. It is in the browser's signed cookie, in the
link of the follow page and of messages, and short enough to be written down. Whoever has it is the applicant of that one application.
"""

import datetime as dt
from typing import Any

from peewee import fn

from engine import numbering
from engine.actor import NOBODY, Actor
from engine.errors import NotFound
from models import Account, Application, CodeSent, Guest, database
from operations import codes, identifiers, passwords, secrets
from operations.now import now
from statements import statement

LONGEST_NAME = 80
UNUSED = dt.timedelta(days=1)


def begin(*, locale: str, address: str | None, name: str = "", email: str = "", phone: str = "") -> Actor:
    """Somebody new, told of what becomes of it at these addresses, if they give any. Raises Refusal (with its field), TooMany.

    Nobody has proven the addresses: each takes only as many as codes would be sent to it. `address` is where they come from; None for
    who files for others with a key, and is limited by that.
    """
    mail = identifiers.email_of(email) if email else ""
    mobile = identifiers.mobile_of(phone) if phone else ""
    reached = [(channel, destination) for channel, destination in (("mail", mail), ("sms", mobile)) if destination]
    if address is not None:
        for channel, destination in reached:
            codes.allow(channel, destination, address)
    with database.atomic():
        _make_nobody()
        for channel, destination in reached:
            CodeSent.create(destination=destination, channel=channel, address=address or "", at=now())
        called = " ".join("".join(sign for sign in name if sign.isprintable()).split())[:LONGEST_NAME]
        guest = Guest.create(name=called, email=mail, phone=mobile, locale=locale, created_at=now())
    return Actor(guest=guest.id, locale=locale)


def actor_of(uuid: str, locale: str) -> Actor | None:
    """Who holds that uuid in their cookie."""
    guest = _by_uuid.first(uuid)
    return Actor(guest=guest.id, locale=locale) if guest else None


def uuid_of(actor: Actor) -> str:
    """What their cookie holds."""
    return str(Guest.get_by_id(actor.guest).uuid)


def opened_with(reference: str, key: str) -> str:
    """The uuid of whose application it is, if the key is theirs. Raises NotFound: a wrong key and an unknown number look alike."""
    row, typed = _with_guest.first(reference), numbering.parse_verification_code(key) or ""
    if row is None or not secrets.same(typed, secrets.guest_key(row.guest.uuid)):
        raise NotFound
    return str(row.guest.uuid)


def key(actor: Actor) -> str | None:
    """As it is written down: 7K2M-9QXA-04TD. None for who is no guest."""
    return numbering.grouped(secrets.guest_key(uuid_of(actor))) if actor.guest is not None else None


def forget() -> None:
    """Who never began: their key opens nothing."""
    began = Application.select(Application.guest).where(Application.guest == Guest.id)
    Guest.delete().where((Guest.created_at < now() - UNUSED) & ~fn.EXISTS(began)).execute()


def _make_nobody() -> None:
    """The account that theirs stand under: without an address or a password, so that nobody can sign in to it."""
    if _nobody.first() is None:
        blank = {"family_name": "", "identity_number": "", "password_hash": passwords.nobodys(), "country": "OM"}
        known = {"first_name": "No name given", "arabic_name": "من دون اسم", "created_at": now(), "blocked_at": now()}
        Account.insert(id=NOBODY, **known, **blank).on_conflict_ignore().execute()


@statement
def _nobody() -> Any:
    return Account.select(Account.id).where(Account.id == NOBODY)


@statement
def _by_uuid(uuid: Any) -> Any:
    return Guest.select().where(Guest.uuid == uuid)


@statement
def _with_guest(reference: Any) -> Any:
    return Application.select(Application, Guest).join(Guest).where(Application.reference == reference)
