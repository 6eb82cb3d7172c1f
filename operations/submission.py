"""Checking and submitting: what the person sees is what is priced, frozen and agreed to."""

import hashlib
import json
from dataclasses import dataclass, replace
from typing import Any

from peewee import IntegrityError

from engine.actor import Actor
from engine.catalogue import catalogue
from engine.errors import Conflict, Refusal
from engine.fees import Quote, Unset
from engine.fields import Field, Found, FromRegister, moment
from engine.lifecycle import EDITABLE, State
from engine.registers import Record
from engine.service import Step
from engine.wording import Words, _
from models import Application, SearchTerm, StepUp, StepUpState, database
from operations import (
    acting,
    agreements,
    announcements,
    appointments,
    audit,
    bookings,
    claims,
    corrections,
    documents,
    fees,
    finding,
    ownership,
    registers,
    tracking,
    visits,
)
from operations.applications import Opened, go_on, happened, lock, of, work_on
from operations.now import now
from operations.rendering import both, frozen_rows
from statements import statement


@dataclass(frozen=True)
class Offer:
    """What the person is about to agree to. `seal` tells whether it is still the same when they press the button."""

    answers: dict[str, Any]
    records: dict[str, Any]
    quote: Quote
    also: list[dict[str, Any]]
    refusals: list[Refusal]
    unset: Unset | None = None

    @property
    def seal(self) -> str:
        """SHA-256 in hexadecimal over answers, records, price and outcome; a declaration is signed for it."""
        whole = [self.answers, self.records, self.quote.frozen(), self.also]
        return hashlib.sha256(json.dumps(whole, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def offer(opened: Opened) -> Offer:
    """Price the application as it is now answered, by the rules of today."""
    case, service = opened.case(), opened.service
    also = [row for step in service.steps if step.shows for row in frozen_rows(step.shows.also(case))]
    try:
        quote, unset = fees.quote(service, case), None
    except Unset as missing:
        quote, unset = Quote((), case.today), missing
    records = {name: record.frozen() for name, record in opened.records.items()}
    refusals = list(service.refusals(case if unset else replace(case, price=quote)))
    return Offer(dict(opened.answers), records, quote, also, refusals, unset)


def refresh(actor: Actor, opened: Opened) -> bool:
    """Fetch the records again, as they may have moved on since the draft was saved. True when one has changed."""
    fresh = dict(registers.again(opened.records, _fields(opened)))
    if all(_same(record, opened.records.get(name)) for name, record in fresh.items()):
        return False
    with database.atomic():
        row = lock(actor, opened.reference)
        gone = [name for name, record in fresh.items() if record is None]
        row.records = {name: record.frozen() for name, record in fresh.items() if record is not None}
        row.answers = {
            name: value for name, value in row.answers.items() if name not in {each.partition(":")[0] for each in gone}
        }
        row.save()
    opened.row, opened.answers = row, dict(row.answers)
    opened.records = {name: record for name, record in fresh.items() if record is not None}
    return True


def _fields(opened: Opened) -> list[Field]:
    return [field for step in opened.service.steps for field in step.fields]


def _same(record: Record | None, before: Record | None) -> bool:
    return (record and record.number, record and record.data) == (before and before.number, before and before.data)


def refused_at(actor: Actor, opened: Opened, step: Step) -> list[Refusal]:
    """What stands in the way already by what is answered up to this step; asked of the registers again before it is said. So does
    what the price is refused for, once all is answered."""
    if opened.refused(step) and opened.editable:
        refresh(actor, opened)
    priced = step.shows is not None and opened.next_step() is None
    return offer(opened).refusals if priced else opened.refused(step)


def submit(actor: Actor, reference: str, seal: str, *, address: str = "") -> Opened:
    """Submit what the person has just seen and agreed to; `address` is the network address it came from.

    Raises Conflict when the price or the data changed since they saw it, or when the same record is already being dealt with.
    """
    opened = of(actor, reference)
    if not opened.editable:
        return opened  # the second click of a double click: it is submitted
    if opened.state is State.DRAFT:  # what was returned goes on
        announcements.check_open(opened.service)
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
    if opened.service.signature_required and documents.declaration(reference, seal) is None:
        raise Refusal(_("This service needs your declaration signed with your ID card. Sign it below, then submit."))
    wanted = agreements.wanted(actor, opened, address)
    try:
        return _submit(actor, opened, proposed, wanted, address)
    except IntegrityError:
        raise Conflict(
            _(
                "Another application for the same record is already under way. Finish or withdraw that one first; you find it in the dashboard."
            )
        ) from None


@database.atomic()
def _submit(actor: Actor, opened: Opened, proposed: Offer, wanted: list[agreements.Wanted], address: str) -> Opened:
    service, row = opened.service, lock(actor, opened.reference)
    if State(row.state) not in EDITABLE:
        return work_on(row)
    if State(row.state) is State.RETURNED:
        corrections.supersede(row)
    else:
        row.filed_by, row.office = ownership.filed(
            actor
        ).values()  # a draft of an office that its customer submits is the customer's own
    signed = documents.declaration(row.reference, proposed.seal)
    row.frozen = freeze(opened, proposed) | {
        "holder": actor.holder,
        "declaration": documents.signature(signed) if signed else None,
        "filed_by": ownership.filer(row),
        "agreed": agreements.given_on(opened),
    }
    row.subject = _subject(opened)
    appointments.confirm(row, service)
    _route(row, opened)
    row.submitted_at = row.submitted_at or now()
    if actor.acting_for and actor.acting_for.evidence:
        happened(row, "identified", actor, what=both(acting.WORDS[actor.acting_for.evidence]))
    happened(row, "submitted", actor)
    _expect_visitors(opened, row)
    appointments.expect(row)
    audit.record(actor, "application.submitted", row.reference)
    finding.remember(row, finding.texts_of(service, row.frozen, (row.reference, row.account.identity_number)))
    tracking.remember(row, opened.records.values())
    _end_grants.run(row)
    claims.take(row, opened.records)
    if wanted:
        agreements.ask(row, wanted, address)
    else:
        go_on(row)
    return work_on(row)


def _expect_visitors(opened: Opened, row: Any) -> None:
    """Where the office comes to the site at the time that was chosen, the visit is planned."""
    case = opened.case()
    for field in bookings.slots_of(opened.service):
        if field.site and (answer := opened.answers.get(field.name)):
            visits.expect(row, moment(answer), field.site(case), catalogue.desks[field.office])


def _route(row: Application, opened: Opened) -> None:
    """To the desk that its answers lead to. A correction may lead to another one, where somebody else takes it."""
    desk = opened.service.desk_for(opened.answers)
    if row.stage > 1 or row.desk == desk:
        return
    SearchTerm.delete().where(SearchTerm.application == row).execute()
    row.desk, row.clerk, row.taken_at = desk, None, None


@statement
def _end_grants(application: Any) -> Any:
    grants = (StepUp.application == application) & (StepUp.state == StepUpState.OPEN)
    return StepUp.update({StepUp.state: StepUpState.ENDED}).where(grants)


def freeze(opened: Opened, proposed: Offer) -> dict[str, Any]:
    """Everything later pages, clerks and documents read, in both languages."""
    service = opened.service
    return {
        "title": both(service.title),
        "day": proposed.quote.day.isoformat(),
        "answers": opened.answers,
        "records": proposed.records,
        "applicant": _applicant(opened.row),
        "steps": [_frozen_step(opened, step) for step in service.steps],
        "also": proposed.also,
        "quote": proposed.quote.frozen(),
        "seal": proposed.seal,
    }


def _applicant(row: Application) -> Words:
    """As they are called; who filed without an account may have given a name."""
    given = row.guest.name if row.guest_id else ""
    return {"ar": given or row.account.arabic_name or row.account.name, "en": given or row.account.name}


def _frozen_step(opened: Opened, step: Step) -> dict[str, Any]:
    rows = [{"field": name, "label": both(label), "value": both(value)} for name, label, value in rows_of(opened, step)]
    return {"title": both(step.title), "rows": rows}


def rows_of(opened: Opened, step: Step) -> list[tuple[str, Any, Any]]:
    """What a step asked and was answered, as the check page lists it: the field's name, label and value."""
    rows: list[tuple[str, Any, Any]] = []
    for field in step.asked(opened.case()):
        if isinstance(field, Found):
            rows += [(field.name, record.number, record.title) for record in opened.case().found(field.name)]
        elif isinstance(field, FromRegister):
            record = opened.records.get(field.name)
            rows.append((field.name, field.label, record.number if record else None))
            if record and field.of is None and record.data.get(record.register.name):  # of somebody else's it is not told
                rows.append((field.name, record.register.column(record.register.name).label, record.title))
        else:
            rows.append((field.name, field.label, field.shown(opened.answers.get(field.name))))
    return rows


def _subject(opened: Opened) -> str | None:
    record = opened.records.get(opened.service.subject or "")
    return record.key if record else None
