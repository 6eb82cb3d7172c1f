"""How an application stands, for whoever knows one of its numbers: the service, the state and two days, and nothing about a person.

By its own number, or by the number of what it is about (a commercial registration, a licence …): such numbers stand on signs and papers.
A mobile number says nothing to anybody but its owner. Who may not know, and who asks for what is not there, get the same answer.

`remember` writes those numbers beside what staff search by, in a table of their own: among a desk's terms are names and civil numbers too.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from engine import numbering
from engine.actor import Actor
from engine.catalogue import catalogue
from engine.errors import Refusal
from engine.lifecycle import LABELS, State
from engine.registers import Record
from engine.search import norm
from engine.wording import Text, _
from models import Application, Identifier, IdentifierType, TrackedNumber, database
from operations import audit, identifiers, ownership
from statements import statement

MOST = 10
BATCH = 500
LONGEST = 40
APPLICATION, PHONE = "application", "phone"


@dataclass(frozen=True, slots=True)
class Standing:
    """What is said of an application. `reference` only to who may open it."""

    title: Text
    state: State
    label: Text
    submitted_at: dt.datetime
    updated_at: dt.datetime
    reference: str


def kinds() -> dict[str, Text]:
    """By which numbers one may ask, and what each is called."""
    registers = {code: register.number for code, register in catalogue.registers.items() if register.tracked}
    return {APPLICATION: _("Application number"), **registers, PHONE: _("Mobile number")}


def track(actor: Actor, kind: str, typed: str) -> list[Standing]:
    """What is known by that number, newest first, at most MOST; nothing where there is nothing that they may know. Recorded.

    `kind` is one of `kinds()`. Raises Refusal for field `number` when this cannot be such a number.
    """
    rows = [row for row in _found(actor, kind, typed) if row.service in catalogue.services]
    with database.atomic():
        audit.record(actor if actor.signed_in else None, "applications.tracked", kind, found=len(rows))
    return [_standing(actor, row) for row in rows]


def _found(actor: Actor, kind: str, typed: str) -> list[Application]:
    if kind == APPLICATION:
        return _by_reference.all(_reference(typed))
    if kind == PHONE:
        return _own.all(actor.account) if _is_theirs(actor, typed) else []
    return _by_record.all(kind, spelled(typed))


def _reference(typed: str) -> str:
    try:
        return numbering.parse_reference(typed)
    except Refusal as refusal:
        raise Refusal(refusal.message, field="number") from None


def _is_theirs(actor: Actor, typed: str) -> bool:
    """Whether they have proven this mobile. Whose it is otherwise is not even looked up."""
    try:
        phone = identifiers.mobile_of(typed)
    except Refusal as refusal:
        raise Refusal(refusal.message, field="number") from None
    proven = (Identifier.type == IdentifierType.PHONE) & Identifier.verified_at.is_null(False)
    mine = actor.signed_in and actor.acting_for is None
    return (
        mine and Identifier.select().where((Identifier.account == actor.account) & (Identifier.value == phone) & proven).exists()
    )


def _standing(actor: Actor, row: Application) -> Standing:
    state = State(row.state)
    return Standing(
        title=catalogue.services[row.service].title,
        state=state,
        label=LABELS[state],
        submitted_at=row.submitted_at,
        updated_at=row.updated_at,
        reference=row.reference if ownership.owns(actor, row) else "",
    )


def _known() -> Any:
    """Submitted, and not erased since; what is still being written nobody hears of."""
    said = (Application.state != State.DRAFT) & Application.submitted_at.is_null(False) & Application.erased_at.is_null()
    shown = ("id", "reference", "service", "state", "submitted_at", "updated_at", "account", "office", "filed_by")
    return Application.select(*(getattr(Application, name) for name in shown)).where(said)


@statement
def _by_reference(reference: Any) -> Any:
    return _known().where(Application.reference == reference)


@statement
def _by_record(register: Any, number: Any) -> Any:
    theirs = (TrackedNumber.register == register) & (TrackedNumber.number == number)
    return _known().join(TrackedNumber).where(theirs).order_by(TrackedNumber.application.desc()).limit(MOST)


@statement
def _own(account: Any) -> Any:
    return _known().where(Application.account == account).order_by(Application.updated_at.desc()).limit(MOST)


# --- What is known by which number -----------------------------------------------------------------------------------------------


def remember(row: Application, records: Iterable[Record]) -> None:
    """These records' numbers lead to the application from now on. Part of the caller's transaction."""
    numbers = [{"register": register, "number": number, "application": row} for register, number in sorted(numbers_of(records))]
    if numbers:
        TrackedNumber.insert_many(numbers).on_conflict_ignore().execute()


def numbers_of(records: Iterable[Record]) -> set[tuple[str, str]]:
    """Registers and numbers of these records, and of the records that they name."""
    return {(register, spelled(number)) for record in records for register, number in record.numbers()}


def spelled(number: str) -> str:
    """A number without its signs, in digits 0-9: 2025/00007 and ٢٠٢٥-٠٠٠٠٧ are one."""
    return "".join(norm(number).split())[:LONGEST]


def index(after: int = 0) -> Iterator[tuple[int, int]]:
    """Write the numbers of applications that were submitted before there was this table, as `finding.index` does the terms."""
    submitted = Application.submitted_at.is_null(False) & Application.erased_at.is_null()
    while rows := list(Application.select().where(submitted & (Application.id > after)).order_by(Application.id).limit(BATCH)):
        with database.atomic():
            for row in rows:
                frozen = row.frozen or {}
                known = [*frozen.get("records", {}).values(), *frozen.get("made", {}).values()]
                remember(row, [catalogue.record(record) for record in known if record["register"] in catalogue.registers])
        after = rows[-1].id
        yield after, len(rows)
