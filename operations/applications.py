"""An application from its first answer to its end, for the person whose it is.

Drafts are saved at every step, also incomplete. Submission freezes what was asked, answered, fetched and quoted; from then on only that
is read, so that services and registers may move on.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from engine import numbering
from engine.actor import Actor
from engine.assurance import Assurance
from engine.catalogue import catalogue
from engine.clock import business_day
from engine.errors import Conflict, NotFound, Refusal
from engine.fees import Quote
from engine.fields import FromRegister
from engine.lifecycle import EDITABLE, MAY_BE_WITHDRAWN, PENDING, State, move
from engine.registers import Record
from engine.service import Case, Charge, Decision, Payout, Service, Settlement, Step
from engine.slots import Appointment
from engine.wording import _
from models import (
    AgreementRequest,
    Application,
    ApplicationEvent,
    Bill,
    BillState,
    Session,
    StepUp,
    StepUpState,
    Visit,
    VisitState,
    database,
)
from operations import (
    announcements,
    audit,
    bills,
    bookings,
    claims,
    counters,
    documents,
    fees,
    finding,
    messages,
    ownership,
    payouts,
    public_list,
    registers,
    service_clock,
    tracking,
    waitlist,
)
from operations.now import now, today
from operations.rendering import both
from statements import locked, statement

STATIC_LINES = 100  # a person's dashboard shows at most this many applications


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

    @property
    def submitted(self) -> bool:
        return self.row.submitted_at is not None

    def case(self) -> Case:
        return Case(self.answers, self.records, today())

    def complete(self, step: Step) -> bool:
        case = self.case()
        answered = all(field.name in self.answers for field in step.asked(case) if field.required)
        return answered and not any(step.refusals(case))

    def next_step(self) -> Step | None:
        """The first step that still lacks an answer; None when all is answered."""
        return next((step for step in self.service.steps if not self.complete(step)), None)

    def refused(self, step: Step) -> list[Refusal]:
        """What stands in the way already by what is answered up to this step, this one included."""
        steps = self.service.steps
        names = {field.name: field for each in steps[: steps.index(step) + 1] for field in each.fields}
        brought = {name for field in names.values() if isinstance(field, FromRegister) for name, _register in field.brings}
        answers = {name: value for name, value in self.answers.items() if name in names}
        records = {name: record for name, record in self.records.items() if name.partition(":")[0] in {*names, *brought}}
        return self.service.refused(Case(answers, records, today()))

    def missing(self) -> Step | None:
        """The first step that lacks an answer, or of a draft whose answers are refused: there one goes on."""
        drafted = self.state is State.DRAFT
        return next((step for step in self.service.steps if not self.complete(step) or (drafted and self.refused(step))), None)

    def reachable(self, step: Step) -> bool:
        """Whether everything before this step is answered."""
        return all(self.complete(before) for before in self.service.steps[: self.service.steps.index(step)])


# --- Starting and finding --------------------------------------------------------------------------------------------------------


@database.atomic()
def start(actor: Actor, code: str) -> Opened:
    """Begin a service; a person's open draft of it is offered again rather than a second one begun. An office has drafts of its own."""
    service = catalogue.services.get(code)
    if service is None or not _may_file(actor, code):
        raise NotFound
    draft = draft_of(actor, code)
    return work_on(draft) if draft is not None else start_another(actor, code)


@database.atomic()
def start_another(actor: Actor, code: str) -> Opened:
    """Begin a service though a draft of it may be open already: a row of a list is an application of its own."""
    service = catalogue.services.get(code)
    if service is None or not _may_file(actor, code):
        raise NotFound
    fees.check_open(service)
    announcements.check_open(service)
    moment, day = now(), today()
    row = Application.create(
        reference=numbering.reference(service.authority, day.year, counters.take(f"application:{service.authority}", day.year)),
        account=actor.applicant,
        guest=None if actor.signed_in else actor.guest,
        **ownership.filed(actor),
        service=service.code,
        authority=service.authority,
        desk=service.desk,
        created_at=moment,
        updated_at=moment,
    )
    happened(row, "started", actor)
    return work_on(row)


def draft_of(actor: Actor, code: str) -> Application | None:
    """The open draft that this person began here: for themselves, or with their office for the customer."""
    if not _may_file(actor, code):
        return None
    drafts = _drafts.all(actor.applicant, code) if actor.signed_in else _guests_drafts.all(actor.guest, code)
    of_an_office = actor.acting_for is not None
    return next((row for row in drafts if (row.filed_by_id is not None) is of_an_office and ownership.owns(actor, row)), None)


def _may_file(actor: Actor, code: str) -> bool:
    if not actor.signed_in:
        return actor.guest is not None and open_to_guests(code)
    return actor.acting_for is None or actor.acting_for.covers(code)


def open_to_guests(code: str) -> bool:
    """Whether anybody may file it, without an account."""
    service = catalogue.services.get(code)
    return service is not None and service.assurance is Assurance.NONE


@statement
def _drafts(account: Any, code: Any) -> Any:
    mine = (Application.account == account) & (Application.service == code) & (Application.state == State.DRAFT)
    return Application.select().where(mine).order_by(Application.updated_at.desc()).limit(STATIC_LINES)


@statement
def _guests_drafts(guest: Any, code: Any) -> Any:
    theirs = (Application.guest == guest) & (Application.service == code) & (Application.state == State.DRAFT)
    return Application.select().where(theirs)


def of(actor: Actor, reference: str) -> Opened:
    """The person's own application, or one of the customer for whom they act. Any other is NotFound, like one that does not exist."""
    return work_on(_own(actor, reference))


def all_of(actor: Actor) -> list[Application]:
    """Newest first: what waits for the person, what is running, what has ended."""
    return list(_newest(ownership.theirs(actor))) if actor.acting_for else _own_newest.all(actor.account)


@statement
def _own_newest(account: Any) -> Any:
    return _newest(Application.account == account)


def _newest(whose: Any) -> Any:
    return Application.select().where(whose).order_by(Application.updated_at.desc()).limit(STATIC_LINES)


def events_of(row: Application) -> list[ApplicationEvent]:
    return _events.all(row)


@statement
def _events(application: Any) -> Any:
    return ApplicationEvent.select().where(ApplicationEvent.application == application).order_by(ApplicationEvent.id)


def _own(actor: Actor, reference: str) -> Application:
    row = _of_account.first(reference, actor.applicant)
    if row is None or row.service not in catalogue.services or not ownership.owns(actor, row):
        raise NotFound
    return row  # type: ignore[no-any-return]


@statement
def _of_account(reference: Any, account: Any) -> Any:
    return Application.select().where((Application.reference == reference) & (Application.account == account))


def work_on(row: Application) -> Opened:
    """The row as its applicant works on it."""
    records = {name: catalogue.record(frozen) for name, frozen in row.records.items()}
    return Opened(row, catalogue.services[row.service], dict(row.answers), records)


# --- What happens to it afterwards -----------------------------------------------------------------------------------------------


def go_on(row: Application, *, tell: bool = True) -> None:
    """It is submitted, and agreed to where others must agree: to its payment, its clerk, or its end. Inside the caller's transaction.

    What a clerk returned and was corrected is not charged again. `tell`: that it arrived with its clerk.
    """
    service, quote = catalogue.services[row.service], Quote.thaw(row.frozen["quote"])
    owed = service.charge is Charge.ON_SUBMISSION and quote.total and row.version == 1
    decision = service.decided_by(frozen_case(row))
    if owed:
        advance(row, State.TO_PAY)
        bills.open_for(row, quote)
    elif decision is Decision.CLERK:
        advance(row, State.IN_REVIEW)
    else:
        complete(row)
        return
    if decision is Decision.CLERK and tell:
        due = {"due": both(business_day(row.due_at))} if row.due_at else {}
        messages.tell(row, "application_received", cause=f"submitted:{row.updated_at}", title=row.frozen["title"], **due)


def paid(row: Application) -> None:
    """The bill is settled: go on. Inside the settling transaction."""
    happened(row, "paid", None)
    nothing_owed(row)


def nothing_owed(row: Application) -> None:
    """It waits for no money any more."""
    service = catalogue.services[row.service]
    if row.approved_at is None and service.decided_by(frozen_case(row)) is Decision.CLERK:
        advance(row, State.IN_REVIEW)
    else:
        complete(row)


def complete(row: Application) -> bool:
    """Apply what the application changes and issue its document. Inside the settling or deciding transaction.

    False when the register moved on between submission and now: nothing is overwritten, it is in review until a person has looked at it.
    """
    service, case = catalogue.services[row.service], frozen_case(row)
    effects = list(service.effects(case))
    made = registers.apply([effect for effect in effects if not isinstance(effect, Payout)], row)
    if made is None:
        if State(row.state) is not State.IN_REVIEW:
            advance(row, State.IN_REVIEW)
        happened(row, "register-changed", None)
        if row.clerk_id is not None:
            about = {"reference": row.reference, "title": row.frozen["title"]}
            messages.tell_owner(row.clerk, "register_changed", key=f"register-changed:{row.reference}:{now()}", **about)
        return False
    if made:
        case = _keep_made(row, service, made)
    claims.settle(row, (effect for effect in effects if isinstance(effect, Settlement)))
    for effect in effects:
        if isinstance(effect, Payout):
            payouts.owe(row, effect)
    row.closed_at = now()
    advance(row, State.COMPLETED)
    happened(row, "completed", None)
    issued = service.issued(case)
    for number, certificate in enumerate(issued, 1):
        documents.issue(row, certificate, case, number)
    said = {"reply": row.frozen.get("reply", "")} if service.answers_in_words else {}
    messages.tell(
        row,
        "application_completed",
        cause=f"completed:{row.closed_at}",
        title=row.frozen["title"],
        has_document=bool(issued),
        **said,
    )
    return True


def fines_stand(row: Application, bill: Bill) -> bool:
    """Whether what the bill fines for is as it was: False once another application paid it, or the register was corrected."""
    if not Quote.thaw(bill.quote).fined:
        return True
    return not registers.moved_on(catalogue.services[row.service].effects(frozen_case(row)))


def _keep_made(row: Application, service: Service, made: dict[str, Record]) -> Case:
    """What was made belongs to the application from now on: it is found by its number, and its document is that record's."""
    row.frozen = {**row.frozen, "made": {name: record.frozen() for name, record in made.items()}}
    if row.subject is None and (record := made.get(service.subject or "")):
        row.subject = record.key
    finding.remember(row, [record.number for record in made.values()])
    tracking.remember(row, made.values())
    return frozen_case(row)


def frozen_case(row: Application) -> Case:
    frozen = row.frozen
    records = {name: catalogue.record(record) for name, record in (frozen["records"] | frozen.get("made", {})).items()}
    price = Quote.thaw(frozen["quote"])
    return Case(
        frozen["answers"],
        records,
        price.day,
        issued=today(),
        applicant=frozen["applicant"],
        reply=frozen.get("reply", ""),
        holder=frozen.get("holder"),
        agreed=dt.date.fromisoformat(frozen["agreed"]) if frozen.get("agreed") else None,
        price=price,
        appointments={
            name: Appointment(kept["centre"], kept["address"], dt.datetime.fromisoformat(kept["at"]), kept["serial"])
            for name, kept in frozen.get("appointments", {}).items()
        },
    )


@database.atomic()
def withdraw(actor: Actor, reference: str) -> None:
    """Give up an application that waits for its applicant. A draft disappears from the dashboard; nothing is charged, nobody comes to look."""
    row = lock(actor, reference)
    if State(row.state) not in MAY_BE_WITHDRAWN:
        raise Conflict(_("This application can no longer be withdrawn here: the authority has it, or it has ended."))
    bills.cancel_open(row)
    ask_no_more(row)
    _call_visit_off(row)
    row.closed_at = now()
    advance(row, State.WITHDRAWN)
    happened(row, "withdrawn", actor)
    audit.record(actor, "application.withdrawn", row.reference)


def _call_visit_off(row: Application) -> None:
    Visit.update(state=VisitState.CANCELLED).where((Visit.application == row) & (Visit.state == VisitState.PLANNED)).execute()


@database.atomic()
def reopen(actor: Actor, reference: str) -> Opened:
    """Change the answers of one that was submitted but not paid, or that others have not agreed to: it is a draft again, its bill closed."""
    row = lock(actor, reference)
    if not may_reopen(row):
        raise Conflict(_("This application can no longer be changed. Open it to see where it stands."))
    bills.cancel_open(row)
    _call_visit_off(row)
    waitlist.loosen(row)
    hand_back(row)
    happened(row, "reopened", actor)
    return work_on(row)


def may_reopen(row: Application) -> bool:
    """Whether its applicant may change what they submitted."""
    return State(row.state) is State.TO_AGREE or (State(row.state) is State.TO_PAY and row.approved_at is None)


def hand_back(row: Application) -> None:
    """Its applicant has it again: as a draft, or where a clerk had returned it, to be corrected. Nobody else is asked about it any more."""
    ask_no_more(row)
    returned = row.version > 1
    row.subject = row.subject if returned else None
    advance(row, State.RETURNED if returned else State.DRAFT)


def ask_no_more(row: Application) -> None:
    """Nobody is waited for any more, nor can their link be used."""
    _close_requests.run(now(), row)


@statement
def _close_requests(at: Any, application: Any) -> Any:
    asked = (AgreementRequest.application == application) & AgreementRequest.closed_at.is_null()
    return AgreementRequest.update({AgreementRequest.closed_at: at}).where(asked)


def bill_of(opened: Opened) -> Bill | None:
    """The bill that waits, else the one that was paid."""
    return _bill.first(opened.row)  # type: ignore[no-any-return]


@statement
def _bill(application: Any) -> Any:
    standing = (Bill.application == application) & (Bill.state != BillState.CANCELLED)
    return Bill.select().where(standing).order_by(Bill.id.desc()).limit(1)


def granted(actor: Actor, opened: Opened) -> Assurance:
    """How sure we are of this person for this application: the session's password, or the proof that opened it.

    A proof counts for the token it was answered with, from that token's first use on. At a counter what the applicant showed counts too.
    """
    if not actor.signed_in:
        return Assurance.NONE
    grant, shown = _grant.first(opened.row, actor.session), actor.acting_for.assurance if actor.acting_for else Assurance.NONE
    return max(Assurance.PASSWORD, shown, Assurance(grant.reached) if grant else Assurance.NONE)


@statement
def _grant(application: Any, session: Any) -> Any:
    here = (StepUp.application == application) & (StepUp.session == session) & (StepUp.state == StepUpState.OPEN)
    used = Session.next_hash.is_null()
    return StepUp.select(StepUp.reached).join(Session).where(here & used).order_by(StepUp.reached.desc()).limit(1)


def needed(actor: Actor, step: Step) -> Assurance:
    """How sure we must be before this step opens. Records are only listed for a civil number that was proven once.

    Who acts for a customer proves themselves (at a counter the customer is there and was proven); that it is the customer's wish, the
    delegation proves.
    """
    lists_own = any(isinstance(field, FromRegister) and field.own and field.of is None for field in step.fields)
    unproven = lists_own and actor.civil_number is None and actor.acting_for is None
    return max(step.assurance, Assurance.SUBSTANTIAL) if unproven else step.assurance


def lock(actor: Actor, reference: str) -> Application:
    """The person's own application, held until the transaction ends. Raises NotFound for anybody else's."""
    row = _locked.first(reference, actor.applicant)
    if row is None or not ownership.owns(actor, row):
        raise NotFound
    return row  # type: ignore[no-any-return]


@statement
def _locked(reference: Any, account: Any) -> Any:
    return locked(Application.select().where((Application.reference == reference) & (Application.account == account)))


def advance(row: Application, state: State) -> None:
    """Move it on, if its state allows it (Conflict). What is refused or withdrawn gives up the times it held."""
    waited = row.state == State.TO_PAY
    row.state = move(State(row.state), state)
    if waited:
        bills.let_requests_lapse(row)
    row.updated_at = now()
    service_clock.follow(row)
    row.save()
    if state not in PENDING:
        claims.release(row)
    if state in bookings.GIVEN_UP:
        waitlist.release(row)
    public_list.follow(row)


def happened(row: Application, kind: str, actor: Actor | None, **details: Any) -> None:
    """A line of the timeline."""
    ApplicationEvent.create(application=row, kind=kind, details=details, by=actor.account if actor else None, at=now())
