"""An application from its first answer to its end, for the person whose it is.

Drafts are saved at every step, also incomplete. Submission freezes what was asked, answered, fetched and quoted; from then on only that
is read, so that services and registers may move on.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

from peewee import IntegrityError

from engine import numbering
from engine.actor import Actor
from engine.assurance import Assurance
from engine.catalogue import catalogue
from engine.errors import Conflict, NotFound, Refusal
from engine.fees import Quote, Unset
from engine.fields import Field, FromRegister
from engine.fields import Upload as UploadField
from engine.lifecycle import EDITABLE, WAITING_FOR_APPLICANT, State, move
from engine.registers import Record
from engine.service import Case, Charge, Decision, Service, Step
from engine.wording import _
from models import Application, ApplicationEvent, Bill, BillState, StepUp, StepUpState, Upload, database
from operations import audit, bills, counters, documents, fees, messages, registers
from operations.now import now, today
from operations.outside import outside
from operations.rendering import both, frozen_rows

STATIC_LINES = 100  # a person's dashboard shows at most this many applications


@dataclass(frozen=True)
class Uploaded:
    """A file as the web hands it over."""

    name: str
    stream: BinaryIO


@dataclass
class Opened:
    """An application as its applicant works on it: the row, its service, and what they were last offered."""

    row: Application
    service: Service
    answers: dict[str, Any]
    records: dict[str, Record]

    @property
    def reference(self) -> str:
        return str(self.row.reference)

    @property
    def state(self) -> State:
        return State(self.row.state)

    @property
    def editable(self) -> bool:
        return self.state in EDITABLE

    def case(self) -> Case:
        return Case(self.answers, self.records, today())

    def complete(self, step: Step) -> bool:
        return all(field.name in self.answers for field in step.fields if field.required)

    def next_step(self) -> Step | None:
        """The first step that still lacks an answer; None when all is answered."""
        return next((step for step in self.service.steps if not self.complete(step)), None)

    def reachable(self, step: Step) -> bool:
        """Whether everything before this step is answered."""
        return all(self.complete(before) for before in self.service.steps[: self.service.steps.index(step)])


# --- Starting and finding --------------------------------------------------------------------------------------------------------


@database.atomic()
def start(actor: Actor, code: str) -> Opened:
    """Begin a service; a person's open draft of it is offered again rather than a second one begun."""
    service = catalogue.services.get(code)
    if service is None or not actor.signed_in:
        raise NotFound
    draft = _drafts(actor, code).first()
    if draft is not None:
        return _opened(draft)
    moment, day = now(), today()
    row = Application.create(
        reference=numbering.reference(service.authority, day.year, counters.take(f"application:{service.authority}", day.year)),
        account=actor.account,
        service=service.code,
        authority=service.authority,
        created_at=moment,
        updated_at=moment,
    )
    _happened(row, "started", actor)
    return _opened(row)


def draft_of(actor: Actor, code: str) -> Application | None:
    return _drafts(actor, code).first() if actor.signed_in else None


def _drafts(actor: Actor, code: str) -> Any:
    mine = (Application.account == actor.account) & (Application.service == code) & (Application.state == State.DRAFT)
    return Application.select().where(mine).order_by(Application.updated_at.desc())


def of(actor: Actor, reference: str) -> Opened:
    """The person's own application. Somebody else's is NotFound, like one that does not exist."""
    return _opened(_own(actor, reference))


def all_of(actor: Actor) -> list[Application]:
    """Newest first: what waits for the person, what is running, what has ended."""
    return list(Application.select().where(Application.account == actor.account).order_by(Application.updated_at.desc()).limit(STATIC_LINES))


def events_of(opened: Opened) -> list[ApplicationEvent]:
    return list(ApplicationEvent.select().where(ApplicationEvent.application == opened.row).order_by(ApplicationEvent.id))


def _own(actor: Actor, reference: str) -> Application:
    row = Application.get_or_none((Application.reference == reference) & (Application.account == actor.account))
    if row is None or row.service not in catalogue.services:
        raise NotFound
    return row  # type: ignore[no-any-return]


def _opened(row: Application) -> Opened:
    records = {name: catalogue.record(frozen) for name, frozen in row.records.items()}
    return Opened(row, catalogue.services[row.service], dict(row.answers), records)


# --- Answering -------------------------------------------------------------------------------------------------------------------


def offered(actor: Actor, opened: Opened, step: Step) -> dict[str, list[Record]]:
    """What each register field of the step lets this person choose from."""
    return {
        field.name: registers.offered(field, actor.civil_number, opened.answers) for field in step.fields if isinstance(field, FromRegister)
    }


def answer(actor: Actor, opened: Opened, step: Step, typed: Mapping[str, str], files: Mapping[str, Uploaded] | None = None) -> None:
    """Save what was typed for a step. Answers that are fine are kept even when another one is refused.

    Raises Refusal (with its field) for the first answer that is not fine, after saving the others.
    """
    refused: list[Refusal] = []
    values: dict[str, Any] = {}
    records: dict[str, Record] = {}
    stored = {name: _store(step, name, file) for name, file in (files or {}).items()}
    for field in step.fields:
        try:
            values[field.name] = _value(actor, opened, field, typed, records, stored)
        except Refusal as refusal:
            refused.append(refusal)
    _keep(actor, opened, step, values, records)
    if refused:
        raise refused[0]


def preview(actor: Actor, opened: Opened, step: Step, typed: Mapping[str, str]) -> Opened:
    """The application as it would be with these answers; nothing is saved. Answers that are not fine are left out."""
    answers = dict(opened.answers)
    for field in step.fields:
        try:
            answers[field.name] = field.clean(typed.get(field.name, ""))
        except Refusal:
            answers.pop(field.name, None)
    return Opened(opened.row, opened.service, answers, opened.records)


def _value(
    actor: Actor, opened: Opened, field: Field, typed: Mapping[str, str], records: dict[str, Record], stored: Mapping[str, dict[str, Any]]
) -> Any:
    if isinstance(field, UploadField):
        return _attached(opened, field, stored.get(field.name))
    value = field.clean(typed.get(field.name, ""))
    if isinstance(field, FromRegister) and value is not None:
        found = next((record for record in registers.offered(field, actor.civil_number, opened.answers) if record.number == value), None)
        if found is None:
            raise Refusal(field.missing(), field=field.name)
        records[field.name] = found
    return value


def _attached(opened: Opened, field: UploadField, stored: dict[str, Any] | None) -> Any:
    if stored is not None:
        return stored
    before = opened.answers.get(field.name)
    if before is None and field.required:
        raise Refusal(field.missing(), field=field.name)
    return before


def _store(step: Step, name: str, file: Uploaded) -> dict[str, Any]:
    """Put the bytes in the store first; a row points at them only once they are safe."""
    field = next(field for field in step.fields if field.name == name)
    assert isinstance(field, UploadField)
    head = file.stream.read(field.limit + 1)
    field.accept(len(head), _media_type(head))
    return {"digest": outside.storage.put(head), "name": file.name[:120], "size": len(head), "type": _media_type(head)}


SIGNATURES = ((b"%PDF-", "application/pdf"), (b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png"))


def _media_type(head: bytes) -> str | None:
    """What a file is by its first bytes, never by its name."""
    return next((kind for signature, kind in SIGNATURES if head.startswith(signature)), None)


@database.atomic()
def _keep(actor: Actor, opened: Opened, step: Step, values: dict[str, Any], records: dict[str, Record]) -> None:
    row = _locked(actor, opened.reference)
    if State(row.state) not in EDITABLE:
        raise Conflict(_("This application was already submitted. Nothing was changed; open it to see where it stands."))
    answers, kept = dict(row.answers), dict(row.records)
    for name, value in values.items():
        if answers.get(name) != value and name in answers:
            _forget_dependents(opened.service, name, answers, kept)
        answers[name] = value
    kept |= {name: record.frozen() for name, record in records.items()}
    row.answers, row.records, row.updated_at = answers, kept, now()
    row.save()
    for field in step.fields:
        if isinstance(field, UploadField) and values.get(field.name):
            _bind(row, field, values[field.name])
    opened.row, opened.answers = row, answers
    opened.records = {name: catalogue.record(frozen) for name, frozen in kept.items()}


def _forget_dependents(service: Service, name: str, answers: dict[str, Any], records: dict[str, Any]) -> None:
    """Another company was chosen: what hung on the first one is asked again."""
    for step in service.steps:
        for field in step.fields:
            if isinstance(field, FromRegister) and field.of == name:
                answers.pop(field.name, None)
                records.pop(field.name, None)


def _bind(row: Application, field: UploadField, value: dict[str, Any]) -> None:
    same = (Upload.application == row) & (Upload.field == field.name)
    if Upload.select().where(same & (Upload.digest == value["digest"])).exists():
        return
    Upload.delete().where(same).execute()
    Upload.create(
        application=row,
        field=field.name,
        name=value["name"],
        media_type=value["type"],
        size=value["size"],
        digest=value["digest"],
        created_at=now(),
    )


# --- Checking and submitting -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Offer:
    """What the person is about to agree to. `seal` tells whether it is still the same when they press the button."""

    quote: Quote
    also: list[dict[str, Any]]
    refusals: list[Refusal]
    unset: Unset | None = None

    @property
    def seal(self) -> str:
        whole = json.dumps([self.quote.frozen(), self.also], sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(whole.encode()).hexdigest()[:16]


def offer(opened: Opened) -> Offer:
    """Price the application as it is now answered, by the rules of today."""
    case, service = opened.case(), opened.service
    also = [row for step in service.steps if step.shows for row in frozen_rows(step.shows.also(case))]
    try:
        quote, unset = fees.quote(service, case), None
    except Unset as missing:
        quote, unset = Quote((), case.today), missing
    return Offer(quote, also, list(service.refusals(case)), unset)


def refresh(actor: Actor, opened: Opened) -> bool:
    """Fetch the records again, as they may have moved on since the draft was saved. True when one has changed."""
    fresh = {name: registers.find(record.register.code, record.number) for name, record in opened.records.items()}
    if all(record is not None and record.data == opened.records[name].data for name, record in fresh.items()):
        return False
    with database.atomic():
        row = _locked(actor, opened.reference)
        gone = [name for name, record in fresh.items() if record is None]
        row.records = {name: record.frozen() for name, record in fresh.items() if record is not None}
        row.answers = {name: value for name, value in row.answers.items() if name not in gone}
        row.save()
    opened.row, opened.answers = row, dict(row.answers)
    opened.records = {name: record for name, record in fresh.items() if record is not None}
    return True


def submit(actor: Actor, reference: str, seal: str) -> Opened:
    """Submit what the person has just seen and agreed to.

    Raises Conflict when the price or the data changed since they saw it, or when the same record is already being dealt with.
    """
    opened = of(actor, reference)
    if not opened.editable:
        return opened  # the second click of a double click: it is submitted
    if opened.next_step() is not None:
        raise Refusal(_("Some answers are still missing. Complete every step, then submit."))
    refresh(actor, opened)
    proposed = offer(opened)
    if proposed.unset is not None:
        raise proposed.unset
    if proposed.refusals:
        raise proposed.refusals[0]
    if proposed.seal != seal:
        raise Conflict(_("The price or the data changed since you looked. Check the new figures below, then submit again."))
    try:
        return _submit(actor, opened, proposed)
    except IntegrityError:
        raise Conflict(
            _("Another application for the same record is already under way. Finish or withdraw that one first; you find it in the dashboard.")
        ) from None


@database.atomic()
def _submit(actor: Actor, opened: Opened, proposed: Offer) -> Opened:
    service, row = opened.service, _locked(actor, opened.reference)
    if State(row.state) not in EDITABLE:
        return _opened(row)
    again = State(row.state) is State.RETURNED
    row.frozen = _freeze(opened, proposed)
    row.subject = _subject(opened)
    row.submitted_at = row.submitted_at or now()
    owed = service.charge is Charge.ON_SUBMISSION and proposed.quote.total and not again
    if owed:
        _to(row, State.TO_PAY)
        bills.open_for(row, proposed.quote)
    elif service.decision is Decision.CLERK:
        _to(row, State.IN_REVIEW)
    _happened(row, "submitted", actor)
    audit.record(actor, "application.submitted", row.reference)
    StepUp.update(state=StepUpState.ENDED).where((StepUp.application == row) & (StepUp.state == StepUpState.OPEN)).execute()
    if not owed and service.decision is Decision.AUTOMATIC:
        complete(row)
    elif service.decision is Decision.CLERK:
        messages.tell(row, "application_received", cause=f"submitted:{row.updated_at}", title=both(service.title))
    return _opened(row)


def _freeze(opened: Opened, proposed: Offer) -> dict[str, Any]:
    """Everything later pages, clerks and documents read, in both languages."""
    service = opened.service
    return {
        "title": both(service.title),
        "day": proposed.quote.day.isoformat(),
        "answers": opened.answers,
        "records": {name: record.frozen() for name, record in opened.records.items()},
        "steps": [{"title": both(step.title), "rows": frozen_rows(rows_of(opened, step))} for step in service.steps],
        "also": proposed.also,
        "quote": proposed.quote.frozen(),
    }


def rows_of(opened: Opened, step: Step) -> list[tuple[Any, Any]]:
    """What a step asked and was answered, as the check page lists it."""
    rows: list[tuple[Any, Any]] = []
    for field in step.fields:
        if isinstance(field, FromRegister):
            record = opened.records.get(field.name)
            rows.append((field.label, record.number if record else None))
            if record and field.of is None:
                rows.append((record.register.column(record.register.name).label, record.title))
        else:
            rows.append((field.label, field.shown(opened.answers.get(field.name))))
    return rows


def _subject(opened: Opened) -> str | None:
    record = opened.records.get(opened.service.subject or "")
    return f"{record.register.code}:{record.number}" if record else None


# --- What happens to it afterwards -----------------------------------------------------------------------------------------------


def paid(row: Application) -> None:
    """The bill is settled: go on. Inside the settling transaction."""
    service = catalogue.services[row.service]
    _happened(row, "paid", None)
    if service.decision is Decision.CLERK and row.approved_at is None:
        _to(row, State.IN_REVIEW)
    else:
        complete(row)


def complete(row: Application) -> None:
    """Apply what the application changes and issue its document. Inside the settling or deciding transaction."""
    service, case = catalogue.services[row.service], frozen_case(row)
    if not registers.apply(service.effects(case), row):
        # The register moved on between submission and now: nothing is overwritten, a person looks at it.
        _to(row, State.IN_REVIEW)
        _happened(row, "register-changed", None)
        return
    _to(row, State.COMPLETED)
    row.closed_at = now()
    row.save()
    _happened(row, "completed", None)
    if service.issues is not None:
        documents.issue(row, service.issues, case)
    messages.tell(row, "application_completed", cause="completed", title=row.frozen["title"], has_document=service.issues is not None)


def frozen_case(row: Application) -> Case:
    frozen = row.frozen
    records = {name: catalogue.record(record) for name, record in frozen["records"].items()}
    return Case(frozen["answers"], records, Quote.thaw(frozen["quote"]).day, issued=today())


@database.atomic()
def withdraw(actor: Actor, reference: str) -> None:
    """Give up an application that waits for its applicant. A draft disappears from the dashboard; nothing is charged."""
    row = _locked(actor, reference)
    if State(row.state) not in WAITING_FOR_APPLICANT:
        raise Conflict(_("This application can no longer be withdrawn here: the authority has it, or it has ended."))
    bills.cancel_open(row)
    _to(row, State.WITHDRAWN)
    row.closed_at = now()
    row.save()
    _happened(row, "withdrawn", actor)
    audit.record(actor, "application.withdrawn", row.reference)


@database.atomic()
def reopen(actor: Actor, reference: str) -> Opened:
    """Change the answers of an application that was submitted but not paid: its bill is closed and it is a draft again."""
    row = _locked(actor, reference)
    if State(row.state) is not State.TO_PAY or row.approved_at is not None:
        raise Conflict(_("This application can no longer be changed. Open it to see where it stands."))
    bills.cancel_open(row)
    _to(row, State.DRAFT)
    row.subject = None
    row.save()
    _happened(row, "reopened", actor)
    return _opened(row)


def bill_of(opened: Opened) -> Bill | None:
    """The bill that waits, else the one that was paid."""
    rows = Bill.select().where((Bill.application == opened.row) & (Bill.state != BillState.CANCELLED)).order_by(Bill.id.desc())
    return rows.first()  # type: ignore[no-any-return]


def granted(actor: Actor, opened: Opened) -> Assurance:
    """How sure we are of this person for this application: the session's password, or the proof that opened it."""
    grant = (
        StepUp.select(StepUp.reached)
        .where((StepUp.application == opened.row) & (StepUp.session == actor.session) & (StepUp.state == StepUpState.OPEN))
        .order_by(StepUp.reached.desc())
        .first()
    )
    return max(Assurance.PASSWORD, Assurance(grant.reached)) if grant else Assurance.PASSWORD


def needed(actor: Actor, step: Step) -> Assurance:
    """How sure we must be before this step opens. Records are only listed for a civil number that was proven once."""
    lists_own = any(isinstance(field, FromRegister) and field.of is None for field in step.fields)
    return max(step.assurance, Assurance.SUBSTANTIAL) if lists_own and actor.civil_number is None else step.assurance


def _locked(actor: Actor, reference: str) -> Application:
    rows = Application.select().where((Application.reference == reference) & (Application.account == actor.account))
    row = (rows.for_update() if database.for_update else rows).first()
    if row is None:
        raise NotFound
    return row  # type: ignore[no-any-return]


def _to(row: Application, state: State) -> None:
    row.state = move(State(row.state), state)
    row.updated_at = now()
    row.save()


def _happened(row: Application, kind: str, actor: Actor | None, **details: Any) -> None:
    ApplicationEvent.create(application=row, kind=kind, details=details, by=actor.account if actor else None, at=now())
