"""An application as staff read it: its answers, what happened, what was said and decided about it, its money and papers; its files."""

from dataclasses import dataclass
from typing import Any, BinaryIO

from peewee import JOIN

from engine.actor import Actor
from engine.errors import NotFound
from engine.fields import files_of
from models import (
    Account,
    Application,
    ApplicationEvent,
    Bill,
    BillState,
    DecisionMade,
    Document,
    Identifier,
    Message,
    Note,
    Opinion,
    Outcome,
    Receipt,
    Version,
    Visit,
    database,
)
from operations import applications, audit, casework, corrections, documents, opinions, staff, visits
from operations.now import now
from operations.outside import outside
from operations.staff import Duty
from statements import statement

Applicant: Any = Account.alias("applicant")
Holder: Any = Account.alias("holder")


@dataclass(frozen=True, slots=True)
class Dossier:
    """An application as a clerk reads it. `here`: it lies on one of their desks; `barred`: they approved it at an earlier stage."""

    row: Application
    applicant: Account
    identifiers: dict[str, str]
    holder: str
    mine: bool
    own: bool
    here: bool
    barred: bool
    events: list[ApplicationEvent]
    decisions: list[DecisionMade]
    messages: list[Message]
    notes: list[Note]
    opinions: list[Opinion]
    visits: list[Visit]
    versions: list[Version]
    bill: Bill | None
    receipt: str
    documents: list[Document]


def of(actor: Actor, reference: str, duty: Duty = Duty.CLERK) -> Dossier:
    """Everything about one application, for who may read it. That it was looked at is recorded. Raises as staff.reader does."""
    row, asked = _readable(actor, reference, duty)
    with database.atomic():
        audit.record(actor, "application.viewed", row.reference)
    bill, decisions, events = _bill.first(row), _decisions.all(row), applications.events_of(row)
    return Dossier(
        row=row,
        applicant=row.account,
        identifiers={identifier.type: identifier.value for identifier in _identifiers.run(row.account_id)},
        holder=staff.name_of(row.clerk, actor.locale) if row.clerk_id else "",
        mine=row.clerk_id == actor.account,
        own=casework.is_own(actor, row),
        here=staff.works_at(actor, row.desk, duty),
        barred=any(made.clerk_id == actor.account for made in approvals(decisions, row)),
        events=events,
        decisions=decisions,
        messages=_messages.all(row),
        notes=_notes.all(row),
        opinions=asked,
        visits=visits.of(row) if any(event.kind == "visit-planned" for event in events) else [],
        versions=corrections.versions_of(row) if row.version > 1 and not row.erased_at else [],
        bill=bill,
        receipt=bill.receipt_number if bill else "",
        documents=documents.of_application(row),
    )


def readable(actor: Actor, reference: str) -> Application:
    """The application, if this clerk may read it now. Raises as staff.reader does."""
    return _readable(actor, reference)[0]


def _readable(actor: Actor, reference: str, duty: Duty = Duty.CLERK) -> tuple[Application, list[Opinion]]:
    """The application, if they may read it now, and what was asked about it."""
    row = _with_people.first(reference)
    asked = opinions.of(row) if row else []
    return staff.reader(actor, row, (opinion.desk for opinion in asked if opinion.closed_at is None), duty), asked


def approvals(decisions: list[DecisionMade], row: Application) -> list[DecisionMade]:
    """What was approved at the stages before this one."""
    return [made for made in decisions if made.outcome == Outcome.APPROVE and made.stage < row.stage]


@statement
def _with_people(reference: Any) -> Any:
    return (
        Application.select(Application, Applicant, Holder)
        .join(Applicant, on=Application.account == Applicant.id, attr="account")
        .switch(Application)
        .join(Holder, JOIN.LEFT_OUTER, on=Application.clerk == Holder.id, attr="clerk")
        .where(Application.reference == reference)
    )


@statement
def _identifiers(account: Any) -> Any:
    return Identifier.select().where((Identifier.account == account) & Identifier.verified_at.is_null(False))


@statement
def _decisions(application: Any) -> Any:
    rows = DecisionMade.select(DecisionMade, Account).join(Account)
    return rows.where(DecisionMade.application == application).order_by(DecisionMade.id)


@statement
def _messages(application: Any) -> Any:
    told = (Message.application == application) & Message.account.is_null(False)  # a copy for an office is not the applicant's
    return Message.select().where(told).order_by(Message.id)


@statement
def _notes(application: Any) -> Any:
    return Note.select(Note, Account).join(Account).where(Note.application == application).order_by(Note.id)


@statement
def _bill(application: Any) -> Any:
    standing = (Bill.application == application) & (Bill.state != BillState.CANCELLED)
    rows = Bill.select(Bill, Receipt.number.alias("receipt_number")).join(Receipt, JOIN.LEFT_OUTER)
    return rows.where(standing).order_by(Bill.id.desc()).limit(1).objects()


@database.atomic()
def note(actor: Actor, reference: str, text: str) -> None:
    """Tell the other clerks something; the applicant never sees it."""
    row = staff.lock(actor, reference)
    Note.create(application=row, by=actor.account, text=text.strip(), at=now())
    audit.record(actor, "application.noted", row.reference)


def file_of(
    actor: Actor, reference: str, version: int, field: str, which: int = 0, duty: Duty = Duty.CLERK
) -> tuple[str, str, BinaryIO]:
    """A file as it was submitted with that version, by its place in the answer: name, real type, bytes. Recorded. Raises NotFound."""
    row = _readable(actor, reference, duty)[0]
    if row.trimmed_at:
        raise NotFound
    files = files_of(frozen_of(row, version)["answers"].get(field))
    if which >= len(files):
        raise NotFound
    file = files[which]
    with database.atomic():
        audit.record(actor, "file.viewed", row.reference, field=field, version=version, which=which)
    return file["name"], file["type"], outside.storage.open(file["digest"])


def frozen_of(row: Application, version: int) -> dict[str, Any]:
    """What the application said in that version. Raises NotFound."""
    if version == row.version:
        return dict(row.frozen)
    kept = next((kept for kept in corrections.versions_of(row) if kept.number == version), None)
    if kept is None:
        raise NotFound
    return dict(kept.frozen)
