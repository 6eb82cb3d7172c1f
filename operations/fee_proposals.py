"""Changing the fee schedule: one administrator writes a proposal and sees what it would do, another approves it; it counts from its day.

A version that stands is never edited: approving adds versions and ends the ones before. A bill that is open stays as it was.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from peewee import JOIN

from engine.actor import Actor
from engine.catalogue import catalogue
from engine.errors import Conflict, NotFound, Refusal
from engine.fees import Change, Kind, Rule, Schedule, Unset
from engine.money import Money
from engine.service import Sample, Service
from engine.wording import Text, _
from models import Account, FeeChange, FeeProposal, FeeRule, ProposalState, database
from operations import administering, audit, fees, staff
from operations.now import now, today
from statements import locked

PAGE = 25
LABELS: dict[ProposalState, Text] = {
    ProposalState.DRAFT: _("Being written"),
    ProposalState.PROPOSED: _("Waits for a second administrator"),
    ProposalState.APPROVED: _("Approved"),
    ProposalState.REJECTED: _("Rejected"),
    ProposalState.WITHDRAWN: _("Taken back"),
}
Proposer: Any = Account.alias("proposer")
Decider: Any = Account.alias("decider")


@dataclass(frozen=True, slots=True)
class Line:
    """A change of a proposal, with the row that holds it."""

    id: int
    change: Change


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposal as an administrator sees it. `own`: they wrote it, so that they may change or withdraw it but never decide it."""

    id: int
    authority: str
    state: ProposalState
    by: str
    own: bool
    decided_by: str
    reason: str
    created_at: dt.datetime
    decided_at: dt.datetime | None
    lines: tuple[Line, ...] = ()

    @property
    def editable(self) -> bool:
        return self.own and self.state is ProposalState.DRAFT


@dataclass(frozen=True, slots=True)
class Effect:
    """What a proposal does to a made-up case. None: that day the fee is not set, and nobody could be charged."""

    service: Text
    sample: Text
    before: Money | None
    after: Money | None

    @property
    def difference(self) -> Money | None:
        return self.after - self.before if self.before is not None and self.after is not None else None


# --- Reading ---------------------------------------------------------------------------------------------------------------------


def page(actor: Actor, before: int | None = None) -> tuple[list[Proposal], int | None]:
    """Proposals of the administrator's authorities, newest first, and the mark of the next page."""
    mine = FeeProposal.authority.in_(administering.authorities_of(actor))
    where = mine & (FeeProposal.id < before) if before is not None else mine
    rows = list(_with_people().where(where).order_by(FeeProposal.id.desc()).limit(PAGE + 1))
    return [_proposal(actor, row) for row in rows[:PAGE]], rows[PAGE - 1].id if len(rows) > PAGE else None


def of(actor: Actor, number: int) -> Proposal:
    """One proposal with its lines. Raises NotAllowed, NotFound."""
    return _proposal(actor, _found(actor, number), _lines(number))


def changeable(actor: Actor, authority: str) -> list[Rule]:
    """The newest version of each of the authority's fees: what a change may follow."""
    administering.require(actor, authority)
    rules = (rule for rule in fees.every_rule() if rule.effective_to is None and _authority(rule) == authority)
    return sorted(rules, key=lambda rule: (rule.code, rule.variant, rule.threshold))


def effects(proposal: Proposal) -> list[Effect]:
    """Made-up cases of the authority's services, priced as the schedule stands and as it would, on the day when all of it counts.

    Empty once the proposal is decided: the schedule has moved on.
    """
    if not proposal.lines or proposal.state not in (ProposalState.DRAFT, ProposalState.PROPOSED):
        return []
    changes = [line.change for line in proposal.lines]
    day = max(change.effective_from for change in changes)
    standing = fees.schedule()
    planned = standing.changed(changes)
    return [
        Effect(service.title, sample.title, _price(standing, service, sample, day), _price(planned, service, sample, day))
        for service in catalogue.authorities[proposal.authority].services
        for sample in service.samples(day)
    ]


def _price(schedule: Schedule, service: Service, sample: Sample, day: dt.date) -> Money | None:
    try:
        return schedule.quote(service.fees(sample.case(day)), day).total
    except Unset:
        return None


# --- Writing -----------------------------------------------------------------------------------------------------------------------


@database.atomic()
def begin(actor: Actor, authority: str) -> int:
    """A new proposal, empty."""
    administering.require(actor, authority)
    row = FeeProposal.create(authority=authority, proposed_by=actor.account, created_at=now())
    audit.record(actor, "fees.proposal-begun", _subject(row.id), authority=authority)
    return int(row.id)


@database.atomic()
def change(
    actor: Actor, number: int, rule: int, *, amount: Money | None, rate: int | None, effective_from: dt.date, source: str
) -> None:
    """Write, or write again, what comes after this version of a fee. Raises Refusal for a field, Conflict, NotFound."""
    _editable(actor, number)
    followed = next((item for item in changeable(actor, _found(actor, number).authority) if item.id == rule), None)
    if followed is None:
        raise NotFound
    by_rate = followed.kind in (Kind.SHARE, Kind.MULTIPLE)
    if by_rate and not (rate and rate > 0):
        raise Refusal(_("Write how many per thousand, as a whole number."), field="rate")
    if not by_rate and (amount is None or amount < Money(0)):
        raise Refusal(_("Write the amount in rials, such as 25 or 25.500."), field="amount")
    if not source.strip():
        raise Refusal(_("Say which decree or letter sets it: it is kept with the fee for good."), field="source")
    _check_day(followed, effective_from, "effective_from")
    FeeChange.delete().where((FeeChange.proposal == number) & (FeeChange.rule == rule)).execute()
    FeeChange.create(
        proposal=number,
        rule=rule,
        amount=None if by_rate else amount,
        rate=rate if by_rate else 0,
        effective_from=effective_from,
        source=source.strip(),
    )


@database.atomic()
def drop(actor: Actor, number: int, line: int) -> None:
    """Take a line out of one's draft."""
    _editable(actor, number)
    if not FeeChange.delete().where((FeeChange.proposal == number) & (FeeChange.id == line)).execute():
        raise NotFound


@database.atomic()
def propose(actor: Actor, number: int) -> None:
    """Hand it to a second administrator. From here on nothing in it changes."""
    row, lines = _editable(actor, number), _lines(number)
    if not lines:
        raise Refusal(_("Write at least one change first."))
    for line in lines:
        _check_day(line.change.rule, line.change.effective_from)
    row.state, row.proposed_at = ProposalState.PROPOSED, now()
    row.save()
    audit.record(actor, "fees.proposed", _subject(number), changes=[_told(line.change) for line in lines])


@database.atomic()
def withdraw(actor: Actor, number: int) -> None:
    """Give up one's own proposal, as long as nobody decided it."""
    row = _locked(actor, number)
    if row.proposed_by_id != actor.account:
        raise NotFound
    if row.state not in (ProposalState.DRAFT, ProposalState.PROPOSED):
        raise Conflict(DECIDED)
    row.state = ProposalState.WITHDRAWN
    row.save()
    audit.record(actor, "fees.withdrawn", _subject(number))


# --- Deciding ----------------------------------------------------------------------------------------------------------------------

DECIDED = _("This proposal was decided or withdrawn meanwhile.")


@database.atomic()
def approve(actor: Actor, number: int) -> None:
    """Let it count from its days. Raises Refusal for who proposed it, Conflict when it was decided, or the fees moved on, meanwhile."""
    row, lines = _to_decide(actor, number), _lines(number)
    for line in lines:
        _check_day(line.change.rule, line.change.effective_from)
        follow(line.change)
    _decide(actor, row, ProposalState.APPROVED)
    audit.record(actor, "fees.approved", _subject(number), changes=[_told(line.change) for line in lines])


@database.atomic()
def reject(actor: Actor, number: int, reason: str) -> None:
    """Say no, and why. Raises as `approve`."""
    row = _to_decide(actor, number)
    if not reason.strip():
        raise Refusal(_("Write why: the proposer reads it."), field="reason")
    row.reason = reason.strip()
    _decide(actor, row, ProposalState.REJECTED)
    audit.record(actor, "fees.rejected", _subject(number), reason=row.reason)


def follow(change: Change) -> None:
    """A new version after a standing one, which ends on that day. Part of the caller's transaction."""
    standing = (FeeRule.id == change.rule.id) & FeeRule.effective_to.is_null()
    if not FeeRule.update(effective_to=change.effective_from).where(standing).execute():
        raise Conflict(_("%(fee)s was changed meanwhile. Reject this proposal and have it written anew.", fee=change.rule.code))
    made = FeeRule.get_by_id(change.rule.id)
    values = {field.name: getattr(made, field.name) for field in FeeRule._meta.sorted_fields if field.name != "id"}
    FeeRule.create(
        **values
        | {
            "amount": change.amount,
            "rate": change.rate,
            "effective_from": change.effective_from,
            "effective_to": None,
            "source": change.source,
            "confirmed": True,  # two administrators say that the authority has set it
        }
    )


def _to_decide(actor: Actor, number: int) -> FeeProposal:
    row = _locked(actor, number)
    if row.state != ProposalState.PROPOSED:
        raise Conflict(DECIDED)
    if row.proposed_by_id == actor.account:
        raise Refusal(_("You wrote this proposal. Another administrator decides it."))
    return row


def _decide(actor: Actor, row: FeeProposal, state: ProposalState) -> None:
    row.state, row.decided_by, row.decided_at = state, actor.account, now()
    row.save()


# --- Rows ------------------------------------------------------------------------------------------------------------------------


def _with_people() -> Any:
    return (
        FeeProposal.select(FeeProposal, Proposer, Decider)
        .join(Proposer, on=FeeProposal.proposed_by == Proposer.id)
        .switch(FeeProposal)
        .join(Decider, JOIN.LEFT_OUTER, on=FeeProposal.decided_by == Decider.id)
    )


def _found(actor: Actor, number: int) -> FeeProposal:
    mine = administering.authorities_of(actor)
    row = _with_people().where(FeeProposal.id == number).first()
    if row is None or row.authority not in mine:
        raise NotFound
    return row  # type: ignore[no-any-return]


def _locked(actor: Actor, number: int) -> FeeProposal:
    _found(actor, number)
    return locked(FeeProposal.select().where(FeeProposal.id == number)).get()  # type: ignore[no-any-return]


def _editable(actor: Actor, number: int) -> FeeProposal:
    row = _locked(actor, number)
    if row.proposed_by_id != actor.account:
        raise NotFound
    if row.state != ProposalState.DRAFT:
        raise Conflict(_("This proposal was handed over already. Withdraw it and write another to change it."))
    return row


def _lines(number: int) -> tuple[Line, ...]:
    rules = {rule.id: rule for rule in fees.every_rule()}
    rows = FeeChange.select().where(FeeChange.proposal == number).order_by(FeeChange.id)
    return tuple(Line(row.id, Change(rules[row.rule_id], row.amount, row.rate, row.effective_from, row.source)) for row in rows)


def _proposal(actor: Actor, row: FeeProposal, lines: tuple[Line, ...] = ()) -> Proposal:
    return Proposal(
        row.id,
        row.authority,
        ProposalState(row.state),
        staff.name_of(row.proposed_by, actor.locale),
        row.proposed_by_id == actor.account,
        staff.name_of(row.decided_by, actor.locale) if row.decided_by_id else "",
        row.reason,
        row.created_at,
        row.decided_at,
        lines,
    )


def _check_day(rule: Rule, day: dt.date, field: str | None = None) -> None:
    if day <= today():
        raise Refusal(_("A fee changes from tomorrow on at the earliest: what people were shown today stands."), field=field)
    if day <= rule.effective_from:
        raise Refusal(_("Its last version counts only from %(day)s. Choose a later day.", day=rule.effective_from), field=field)


def _authority(rule: Rule) -> str:
    return rule.code.partition(".")[0]


def _subject(number: int) -> str:
    return f"fee-proposal:{number}"


def _told(change: Change) -> dict[str, Any]:
    return {
        "fee": change.rule.code,
        "variant": change.rule.variant,
        "baisa": change.amount.baisa if change.amount is not None else None,
        "rate": change.rate,
        "from": change.effective_from.isoformat(),
        "source": change.source,
    }
