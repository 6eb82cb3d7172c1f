"""Lists: a row is an application, of an office for one of its customers, or of a person about what is theirs or their company's.

Checked by the queue, confirmed once, filed by the queue. A list of one's own names no customer, and nobody else sees it, no office either.
Checking a row files it and takes it back, so that what is shown is what will be. Filing it is one transaction with the note that it is
filed: a worker that is killed goes on where it stopped, and nothing is filed twice.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from peewee import JOIN

from engine import sheet
from engine.actor import Actor
from engine.assurance import Assurance
from engine.catalogue import catalogue
from engine.errors import Conflict, NotAllowed, NotFound, Refusal
from engine.fields import Choice, FromRegister
from engine.lifecycle import LABELS, State
from engine.money import Money
from engine.service import Service, Step
from engine.wording import LOCALES, Text, _
from models import Account, Application, Batch, BatchRow, BatchState, Bill, BillState, Delegation, Receipt, database
from operations import acting, answers, applications, audit, civil_numbers, outbox, payments, rendering, submission
from operations.now import now, today
from operations.rendering import both
from statements import locked

AT_ONCE = 20  # rows; then the queue may do something else
SHOWN = 50  # batches of an office, or of a person
CUSTOMER = "customer"
CUSTOMER_LABEL = _("Civil number of the customer")
NO_CUSTOMER = _("No customer of this office has this civil number and a consent for this service.")
PROVE = _("Prove first who you are: sign in with your ID card or with Mobile ID.")


# --- Bringing a list -------------------------------------------------------------------------------------------------------------


def services() -> list[Service]:
    """What can be filed by list."""
    return [service for service in catalogue.services.values() if service.batch]


def columns(service: Service, *, own: bool = False) -> dict[str, list[str]]:
    """The columns of its list, each with every heading it may go by: its label in either language, or its name."""
    labels = {} if own else {CUSTOMER: CUSTOMER_LABEL}
    labels |= {name: service.field(name).label for name in service.batch}  # type: ignore[union-attr]
    return {name: [*(rendering.translate(label, locale) for locale in LOCALES), name] for name, label in labels.items()}


def bring(actor: Actor, code: str, name: str, raw: bytes, *, own: bool = False) -> Batch:
    """Keep the list and let the queue check it.

    Raises NotAllowed for who works for no office (`own`: acts for somebody), Refusal for a file that cannot be read.
    """
    office = _whose(actor, own)
    service = catalogue.services.get(code)
    if service is None or not service.batch:
        raise NotFound
    if own and actor.civil_number is None:
        raise Refusal(PROVE)
    rows = sheet.read(raw, columns(service, own=own))
    with database.atomic():
        batch = Batch.create(office=office, account=actor.account, service=code, name=name[:120], created_at=now())
        BatchRow.insert_many([{"batch": batch, "number": number, "typed": row} for number, row in enumerate(rows, 1)]).execute()
        audit.record(actor, "batch.brought", batch.uuid, rows=len(rows), service=code)
        outbox.put("batch-check", f"batch-check:{batch.uuid}", uuid=batch.uuid)
    return batch


def _whose(actor: Actor, own: bool) -> int | None:
    """The office whose lists are meant; none: the person's own. Raises NotAllowed."""
    if actor.acting_for is not None if own else actor.office is None:
        raise NotAllowed
    return None if own else actor.office


def _theirs(actor: Actor, own: bool) -> Any:
    """The same as a condition on Batch."""
    office = _whose(actor, own)
    return Batch.office.is_null() & (Batch.account == actor.account) if office is None else Batch.office == office


# --- By the queue ----------------------------------------------------------------------------------------------------------------


@outbox.handles("batch-check")
def check(payload: dict[str, Any]) -> None:
    """Price the next rows, then come back for more."""
    _work(payload["uuid"], BatchState.CHECKING, BatchRow.checked_at.is_null(), _check, BatchState.CHECKED)


@outbox.handles("batch-file")
def file(payload: dict[str, Any]) -> None:
    """File the next rows, then come back for more."""
    _work(payload["uuid"], BatchState.FILING, _to_file(), _file, BatchState.FILED)


def _to_file() -> Any:
    return BatchRow.problem.is_null() & BatchRow.application.is_null()


def _work(uuid: str, state: BatchState, undone: Any, act: Callable[[Batch, BatchRow], None], then: BatchState) -> None:
    batch = Batch.get(Batch.uuid == uuid)
    if batch.state != state:
        return
    rows = BatchRow.select().where((BatchRow.batch == batch) & undone).order_by(BatchRow.number)
    for row in list(rows.limit(AT_ONCE)):
        act(batch, row)
    if rows.exists():
        raise outbox.Postpone(dt.timedelta(0))
    Batch.update(state=then).where((Batch.id == batch.id) & (Batch.state == state)).execute()


class _Tried(Exception):
    """What filing a row came to, on the way out of its transaction, which undoes it."""

    def __init__(self, opened: applications.Opened, amount: Money) -> None:
        super().__init__()
        self.opened, self.amount = opened, amount


def _check(batch: Batch, row: BatchRow) -> None:
    found: dict[str, Any] = {"checked_at": now()}
    try:
        with database.atomic():
            opened = _filed(batch, row)
            raise _Tried(opened, _owed(opened))
    except _Tried as tried:
        found |= {"customer": tried.opened.row.account_id, "subject": tried.opened.row.subject, "amount": tried.amount}
        if (same := _before(row, tried.opened.row.subject)) is not None:
            found |= {
                "problem": both(_("The same record stands in row %(row)s of this list already.", row=same.number)),
                "amount": None,
            }
    except Refusal as refusal:
        found["problem"] = both(refusal.message)
    BatchRow.update(**found).where((BatchRow.id == row.id) & BatchRow.checked_at.is_null()).execute()


def _before(row: BatchRow, subject: str | None) -> BatchRow | None:
    earlier = (BatchRow.batch == row.batch_id) & (BatchRow.number < row.number) & BatchRow.problem.is_null()
    return BatchRow.select().where(earlier & (BatchRow.subject == subject)).first() if subject else None  # type: ignore[no-any-return]


def _file(batch: Batch, row: BatchRow) -> None:
    try:
        with database.atomic():
            held = locked(BatchRow.select().where((BatchRow.id == row.id) & _to_file())).first()
            if held is None:
                return  # another worker was faster
            opened = _filed(batch, held)
            if _owed(opened) != held.amount:
                raise Refusal(
                    _("The price changed since the list was checked: it would be %(amount)s now.", amount=_owed(opened))
                )
            held.application = opened.row
            held.save()
    except Refusal as refusal:
        BatchRow.update(problem=both(refusal.message)).where((BatchRow.id == row.id) & _to_file()).execute()


def _filed(batch: Batch, row: BatchRow) -> applications.Opened:
    """The row as a submitted application of its customer, or of who brought it. Raises Refusal for what would stop a person too."""
    actor = _person(batch) if batch.office_id is None else _acting(batch, _customer_of(row))
    try:
        opened = applications.start_another(actor, batch.service)
    except NotFound:
        raise Refusal(NO_CUSTOMER) from None
    for step in opened.service.steps:
        if step.fields:
            _answer(actor, opened, step, row)
    return submission.submit(actor, opened.reference, submission.offer(opened).seal)


def _answer(actor: Actor, opened: applications.Opened, step: Step, row: BatchRow) -> None:
    """What was typed. What a page would offer to choose from is said in words: who reads a list has no page before them."""
    try:
        answers.answer(actor, opened, step, row.typed)
    except Refusal as refusal:
        field = opened.service.field(refusal.field or "")
        typed = row.typed.get(field.name) if field else ""
        if isinstance(field, FromRegister) and typed:
            raise Refusal(_unknown(field, typed)) from None
        if isinstance(field, Choice) and typed:
            raise Refusal(_no_choice(field, typed)) from None
        raise


def _unknown(field: FromRegister, number: str) -> Text:
    return _(
        "%(label)s: %(number)s is not registered for the applicant, their family or their companies. Compare it with the paper.",
        label=field.label,
        number=number,
    )


def _no_choice(field: Choice, typed: str) -> Text:
    options = ", ".join(str(value) for value, _label in field.options)
    return _(
        "%(label)s: “%(typed)s” cannot be chosen. Write one of these: %(options)s.",
        label=field.label,
        typed=typed,
        options=options,
    )


def _customer_of(row: BatchRow) -> int | None:
    customer = civil_numbers.owner(row.typed[CUSTOMER])
    return customer.id if customer else None


def _acting(batch: Batch, customer: int | None) -> Actor:
    """The operator, acting for that customer as they might at this moment. An unknown person and one who has not agreed look alike."""
    operator: Account = batch.account
    person = Actor(account=operator.id, name=operator.name, assurance=Assurance(batch.assurance), office=batch.office_id)
    return _for(person, customer) or _none()


def _person(batch: Batch) -> Actor:
    """Whose own list it is, as they are at this moment. Raises Refusal where their civil number or their account is gone meanwhile."""
    account: Account = batch.account
    number = civil_numbers.of(account)
    if number is None or account.blocked_at or account.closed_at:
        raise Refusal(PROVE)
    return Actor(account=account.id, name=account.name, civil_number=number, assurance=Assurance(batch.assurance))


def _none() -> Actor:
    raise Refusal(NO_CUSTOMER)


def _for(operator: Actor, customer: int | None) -> Actor | None:
    given = Delegation.select(Delegation.id).where(
        (Delegation.office == operator.office)
        & (Delegation.customer == customer)
        & Delegation.consented_at.is_null(False)
        & Delegation.revoked_at.is_null()
    )
    delegation = given.first() if customer else None
    standing = acting.in_force(operator, delegation.id) if delegation else None
    return replace(operator, acting_for=standing) if standing else None


def _owed(opened: applications.Opened) -> Money:
    bill = applications.bill_of(opened)
    return bill.total if bill else Money(0)


# --- Looking and confirming ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """A row as its office sees it. `status` and `receipt` only while the customer is still theirs."""

    number: int
    typed: dict[str, str]
    amount: Money | None
    problem: dict[str, str] | None
    reference: str = ""
    status: Text | None = None
    receipt: str = ""
    to_pay: bool = False
    customer: int | None = None


@dataclass(frozen=True)
class Seen:
    batch: Batch
    service: Service
    lines: list[Line]
    checked: int

    @property
    def working(self) -> bool:
        return self.batch.state in (BatchState.CHECKING, BatchState.FILING)

    @property
    def good(self) -> list[Line]:
        return [line for line in self.lines if line.amount is not None and line.problem is None]

    @property
    def total(self) -> Money:
        return sum((line.amount for line in self.good if line.amount), Money(0))

    @property
    def to_pay(self) -> list[Line]:
        return [line for line in self.lines if line.to_pay]

    @property
    def done(self) -> int:
        """Rows that the queue is done with, of those it is at now."""
        return self.checked if self.batch.state == BatchState.CHECKING else sum(bool(line.reference) for line in self.good)


def all_of(actor: Actor, *, own: bool = False) -> list[Batch]:
    """The lists of one's office, or one's own; newest first."""
    return list(Batch.select().where(_theirs(actor, own)).order_by(Batch.id.desc()).limit(SHOWN))


def of(actor: Actor, uuid: str, *, own: bool = False) -> Seen:
    """A list of one's office, or one's own; any other is NotFound, and so is one's own while acting for somebody."""
    if own and actor.acting_for is not None:
        raise NotFound
    batch = Batch.get_or_none((Batch.uuid == uuid) & _theirs(actor, own))
    if batch is None:
        raise NotFound
    rows = list(_rows(batch))
    return Seen(
        batch, catalogue.services[batch.service], list(_lines(batch, rows)), sum(row.checked_at is not None for row in rows)
    )


def _rows(batch: Batch) -> Any:
    rows = BatchRow.select(
        BatchRow, Application.reference, Application.state, Bill.state.alias("bill_state"), Receipt.number.alias("number_")
    )
    rows = rows.join(Application, JOIN.LEFT_OUTER)
    rows = rows.join(Bill, JOIN.LEFT_OUTER, on=(Bill.application == Application.id) & (Bill.state != BillState.CANCELLED))
    rows = rows.join(Receipt, JOIN.LEFT_OUTER, on=Receipt.bill == Bill.id)
    return rows.where(BatchRow.batch == batch).order_by(BatchRow.number).namedtuples()


def _lines(batch: Batch, rows: Iterable[Any]) -> Iterable[Line]:
    ours = _customers(batch)
    for row in rows:
        line = {"typed": row.typed, "amount": row.amount, "problem": row.problem, "customer": row.customer}
        if row.reference and row.customer in ours:
            line |= {"status": LABELS[State(row.state)], "receipt": row.number_ or "", "to_pay": row.state == State.TO_PAY}
        yield Line(number=row.number, reference=row.reference or "", **line)


def _customers(batch: Batch) -> set[int]:
    """Whose matters the office may look at today; one's own."""
    if batch.office_id is None:
        return {batch.account_id}
    standing = (
        (Delegation.office == batch.office_id)
        & Delegation.consented_at.is_null(False)
        & Delegation.revoked_at.is_null()
        & (Delegation.until >= today())
    )
    return {row.customer_id for row in Delegation.select(Delegation.customer).where(standing)}


def proven(actor: Actor, service: Service) -> bool:
    """Whether this session proved enough for what the steps ask: once for the whole list."""
    return actor.assurance >= service.assurance


@database.atomic()
def confirm(actor: Actor, uuid: str, *, own: bool = False) -> None:
    """Let the queue file every row that can be. A second press changes nothing.

    Raises Refusal without enough proof, Conflict while it is still being checked, or when nothing in it can be filed.
    """
    seen = of(actor, uuid, own=own)
    batch = locked(Batch.select().where(Batch.id == seen.batch.id)).get()
    if batch.state in (BatchState.FILING, BatchState.FILED):
        return
    if batch.state != BatchState.CHECKED or not seen.good:
        raise Conflict(_("There is nothing to file here yet: wait until the list is checked, and mend what is wrong in it."))
    if not proven(actor, seen.service):
        raise Refusal(PROVE)
    batch.state, batch.confirmed_at, batch.assurance, batch.account = (
        BatchState.FILING,
        now(),
        int(actor.assurance),
        actor.account,
    )
    batch.save()
    audit.record(actor, "batch.confirmed", uuid, rows=len(seen.good), baisa=seen.total.baisa)
    outbox.put("batch-file", f"batch-file:{uuid}", uuid=uuid)


def pay(actor: Actor, uuid: str, *, own: bool = False) -> str:
    """One checkout for all of it that waits for money and is still theirs to pay; returns its uuid (payments.checkout)."""
    seen = of(actor, uuid, own=own)
    if own:
        return payments.begin_together(actor, [(actor, line.reference) for line in seen.to_pay])
    person = replace(actor, acting_for=None)
    may = {line.customer: _for(person, line.customer) for line in seen.to_pay}
    return payments.begin_together(person, [(who, line.reference) for line in seen.to_pay if (who := may[line.customer])])
