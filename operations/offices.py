"""Small offices: opened by an administrator, their operators named by their head."""

from dataclasses import dataclass
from typing import Any

from peewee import IntegrityError

from engine.actor import Actor
from engine.errors import Conflict, NotAllowed, NotFound, Refusal
from engine.wording import _
from models import Account, Identifier, IdentifierType, Office, Operator, Session, database
from operations import audit, identifiers
from operations.now import now

UNKNOWN = _("Nobody here has proven this e-mail address. They open an account first, then you add them.")
ELSEWHERE = _("This person works for an office already. They leave it first.")


@dataclass(frozen=True, slots=True)
class Works:
    """The office somebody works for, and whether they are its head."""

    office: Office
    head: bool


def of(actor: Actor) -> Works:
    """Where this person works. Raises NotAllowed for who works for no office, or for one that is blocked."""
    row = (
        Operator.select(Operator, Office)
        .join(Office)
        .where((Operator.account == actor.account) & Operator.ended_at.is_null() & Office.blocked_at.is_null())
        .first()
    )
    if row is None or not actor.signed_in:
        raise NotAllowed
    return Works(row.office, row.head)


def headed(actor: Actor) -> Office:
    """The office this person is the head of. Raises NotAllowed."""
    works = of(actor)
    if not works.head:
        raise NotAllowed
    return works.office


# --- Opening and blocking --------------------------------------------------------------------------------------------------------


def open_one(by: Actor | None, *, name_ar: str, name_en: str, registration: str, email: str, head: str) -> Office:
    """Open an office; `head` is the e-mail of its first operator, who has an account. `by`: none from a command.

    Raises Refusal for a head without an account, Conflict for a registration that has an office, or a head who works for one.
    """
    account = identifiers.account_of(identifiers.email_of(head))
    if account is None:
        raise Refusal(UNKNOWN, field="head")
    moment = now()
    try:
        with database.atomic():
            office = Office.create(
                name_ar=name_ar,
                name_en=name_en,
                registration=registration,
                email=identifiers.email_of(email),
                opened_at=moment,
                opened_by=by.account if by else None,
            )
            Operator.create(office=office, account=account, head=True, since=moment)
            audit.record(by, "office.opened", subject(office), registration=registration, head=account.id)
    except IntegrityError:
        raise Conflict(_("This registration has an office already, or its head works for one.")) from None
    return office  # type: ignore[no-any-return]


def block(by: Actor | None, registration: str) -> Office:
    """From the next request on nobody there acts for anybody. Raises NotFound for a registration without an office."""
    office = Office.get_or_none(Office.registration == registration)
    if office is None:
        raise NotFound
    with database.atomic():
        Office.update(blocked_at=now()).where((Office.id == office.id) & Office.blocked_at.is_null()).execute()
        audit.record(by, "office.blocked", subject(office))
    return office  # type: ignore[no-any-return]


def all_of_them() -> list[Office]:
    return list(Office.select().order_by(Office.id))


def subject(office: Office) -> str:
    """How the audit names it."""
    return f"office:{office.id}"


# --- Its operators ---------------------------------------------------------------------------------------------------------------


def operators(actor: Actor) -> list[Any]:
    """Who works there, heads first: rows with `account` and its verified `email`. Raises NotAllowed for who is not the head."""
    office = headed(actor)
    email = (Identifier.account == Account.id) & (Identifier.type == IdentifierType.EMAIL) & Identifier.verified_at.is_null(False)
    rows = Operator.select(Operator, Account, Identifier.value.alias("email")).join(Account).join(Identifier, on=email)
    return list(
        rows.where((Operator.office == office) & Operator.ended_at.is_null())
        .order_by(Operator.head.desc(), Operator.id)
        .objects()
    )


def add(actor: Actor, email: str) -> None:
    """Somebody with an account works there from now on. Raises NotAllowed, Refusal beside `email`, Conflict for who works for an office."""
    office = headed(actor)
    account = identifiers.account_of(identifiers.email_of(email))
    if account is None:
        raise Refusal(UNKNOWN, field="email")
    try:
        with database.atomic():
            Operator.create(office=office, account=account, since=now())
            audit.record(actor, "operator.added", subject(office), account=account.id)
            audit.security(account.id, "operator-added", office=office.name)
    except IntegrityError:
        raise Refusal(ELSEWHERE, field="email") from None


def end(actor: Actor, operator: int) -> None:
    """They work there no more: at their next request they act for nobody. Raises NotAllowed, NotFound, Conflict for oneself."""
    office = headed(actor)
    row = Operator.get_or_none((Operator.id == operator) & (Operator.office == office) & Operator.ended_at.is_null())
    if row is None:
        raise NotFound
    if row.account_id == actor.account:
        raise Conflict(_("You are the head of this office: only an administrator can end that."))
    with database.atomic():
        Operator.update(ended_at=now()).where(Operator.id == row.id).execute()
        Session.update(delegation=None).where(Session.account == row.account_id).execute()
        audit.record(actor, "operator.ended", subject(office), account=row.account_id)
        audit.security(row.account_id, "operator-ended", office=office.name)
