"""The audit as an auditor reads it: newest first, by person, action, subject and day; one entry with its place in the chain.

An auditor sees who did what to which number, never what an application says. That they looked is an entry itself.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

from peewee import JOIN

from engine.actor import Actor
from engine.clock import midnight
from engine.errors import NotFound
from engine.wording import Text, _
from models import Account, AuditEntry, AuditLink, Identifier, IdentifierType, database
from operations import audit, audit_chain, staff
from operations.staff import Duty

PAGE = 50
AT_ONCE = 2_000  # rows of an export read together
WORDS: dict[str, Text] = {
    "account.closing-asked": _("Asked to close the account"),
    "account.erased": _("A closed account was erased"),
    "acting.begun": _("Began to act for a customer"),
    "acting.ended": _("Stopped acting for a customer"),
    "agreement.agreed": _("Agreed to an application of somebody else"),
    "agreement.asked": _("Somebody else was asked to agree"),
    "agreement.declined": _("Declined an application of somebody else"),
    "agreement.expired": _("A request to agree ran out"),
    "agreement.resent": _("Sent the link of a request again"),
    "announcement.ended": _("Ended an announcement"),
    "announcement.made": _("Made an announcement"),
    "api-key.added": _("Gave a program a key"),
    "api-key.revoked": _("Took a program's key away"),
    "application.approve": _("Approved an application"),
    "application.assigned": _("Handed an application to a clerk"),
    "application.contested": _("Asked to have an answer examined again"),
    "application.erased": _("What an application said was erased"),
    "application.filed-by-program": _("A program filed an application"),
    "application.noted": _("Wrote a note for colleagues"),
    "application.overdue": _("An application became overdue"),
    "application.overturned": _("Overturned a refusal"),
    "application.refuse": _("Refused an application"),
    "application.released": _("Gave an application back to the desk"),
    "application.return": _("Returned an application for correction"),
    "application.submitted": _("Submitted an application"),
    "application.taken": _("Took an application"),
    "application.trimmed": _("Files and messages of an application were erased"),
    "application.viewed": _("Read an application"),
    "application.withdrawn": _("Withdrew an application"),
    "applications.exported": _("Exported applications"),
    "applications.searched": _("Searched applications"),
    "applications.tracked": _("Asked by a number how applications stand"),
    "audit.entry-viewed": _("Read an entry of the audit"),
    "audit.exported": _("Exported the audit"),
    "audit.viewed": _("Looked through the audit"),
    "batch.brought": _("Brought a list of customers"),
    "batch.confirmed": _("Had a list filed"),
    "counter.card-refused": _("A card was refused at the counter"),
    "counter.identified": _("Identified a person at the counter"),
    "declaration.signed": _("Signed a declaration with the ID card"),
    "delegation.asked": _("Asked a customer for consent"),
    "delegation.ended": _("Consent was ended"),
    "delegation.granted": _("Consent was given"),
    "document.downloaded": _("Downloaded a document"),
    "draft.erased": _("An untouched draft was erased"),
    "entry.published": _("Chose what everybody may read of a complaint"),
    "fees.approved": _("Approved fees"),
    "fees.proposal-begun": _("Began a proposal of fees"),
    "fees.proposed": _("Proposed fees"),
    "fees.rejected": _("Rejected fees"),
    "fees.withdrawn": _("Withdrew a proposal of fees"),
    "file.viewed": _("Opened a file"),
    "holidays.added": _("Added days off or Ramadan"),
    "holidays.changed": _("Changed days off or Ramadan"),
    "holidays.filled": _("Filled in the holidays of a year"),
    "holidays.removed": _("Removed days off or Ramadan"),
    "message-text.reverted": _("Put a message's built-in words back"),
    "message-text.written": _("Reworded a message"),
    "office.blocked": _("Blocked an office"),
    "office.opened": _("Opened an office"),
    "operator.added": _("Added an operator"),
    "operator.ended": _("Ended an operator's work"),
    "opinion.asked": _("Asked a section for its opinion"),
    "opinion.given": _("Gave an opinion"),
    "paper.drawn": _("Drew a paper of their own"),
    "payment.captured": _("A payment arrived"),
    "refund.approved": _("Approved a refund"),
    "refund.done": _("A refund was made"),
    "payout.looked": _("Looked at a payout"),
    "payout.owed": _("A deposit is to be paid back"),
    "payout.paid": _("Marked a payout as paid"),
    "payouts.exported": _("Fetched the payouts for the bank"),
    "refund.requested": _("Asked for a refund"),
    "register.import-begun": _("Began bringing in a register"),
    "register.imported": _("Brought in a register"),
    "register.refused": _("The municipality's register refused a payment"),
    "register.told": _("The municipality's register took note of a payment"),
    "reminders.off": _("Turned off reminders"),
    "reminders.on": _("Turned on reminders"),
    "reminders.stopped": _("Turned off reminders by the link in a message"),
    "second-factor-reset": _("Took an authenticator app away"),
    "sessions-ended": _("Ended sessions"),
    "staff-created": _("Opened an account for staff"),
    "staff.account-blocked": _("Blocked an account"),
    "staff.account-unblocked": _("Unblocked an account"),
    "staff.invited": _("Invited a colleague"),
    "staff.role-given": _("Gave a role"),
    "staff.role-taken": _("Took a role away"),
    "staff.sessions-ended": _("Ended a colleague's sessions"),
    "till.looked": _("Looked at a day's takings"),
    "till.taken": _("Took money at the counter"),
    "visit.cancelled": _("Cancelled a site visit"),
    "visit.moved": _("Moved a site visit"),
    "appointment.called": _("Called somebody to a counter"),
    "appointment.cancelled": _("Cancelled an appointment"),
    "appointment.checked-in": _("Checked somebody in at a centre"),
    "appointment.missed": _("Noted that somebody who was called did not come"),
    "appointment.moved": _("Moved an appointment"),
    "appointment.served": _("Served somebody at a counter"),
    "centre.added": _("Opened a centre"),
    "centre.changed": _("Changed a centre"),
    "waiver.asked": _("Asked for a fine to be waived"),
    "waiver.granted": _("Waived a fine"),
    "waiver.declined": _("Declined to waive a fine"),
    "visit.planned": _("Planned a site visit"),
    "visit.reported": _("Reported on a site visit"),
}
"""Every action that is recorded, in words; a test finds one without."""


class Standing(StrEnum):
    """Where an entry stands in the chain."""

    LINKED = "linked"  # its link fits it and the link before
    WAITING = "waiting"  # the worker has not come to it yet
    BROKEN = "broken"  # its link does not fit


@dataclass(frozen=True, slots=True)
class Asked:
    """What an auditor looks for; what is empty does not count. Days are Muscat's, both included."""

    person: str = ""  # an e-mail address
    action: str = ""
    subject: str = ""
    since: dt.date | None = None
    until: dt.date | None = None

    def said(self) -> dict[str, Any]:
        return {field.name: str(value) for field in fields(self) if (value := getattr(self, field.name))}


Cursor = tuple[dt.datetime, int]
"""After which entry a page begins: its moment (UTC) and key."""


@dataclass(frozen=True, slots=True)
class Line:
    """An entry as it is listed. `who` is empty where the portal itself acted."""

    id: int
    at: dt.datetime
    who: str
    action: str
    words: Text
    subject: str
    details: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Shown:
    """One entry, its link's number (None while it waits) and how it stands."""

    line: Line
    email: str
    link: int | None
    digest: str
    standing: Standing


def listed(actor: Actor, asked: Asked, after: Cursor | None = None) -> tuple[list[Line], Cursor | None]:
    """A page, newest first, and where the next begins (None at the end). Raises NotAllowed for who is no auditor."""
    staff.require(actor, Duty.AUDITOR)
    rows = _lines(actor, asked, after, PAGE + 1)
    with database.atomic():
        audit.record(actor, "audit.viewed", "audit", asked=asked.said())
    lines = rows[:PAGE]
    return lines, (lines[-1].at, lines[-1].id) if len(rows) > PAGE else None


def entry(actor: Actor, key: int) -> Shown:
    """Raises NotAllowed for who is no auditor, NotFound."""
    staff.require(actor, Duty.AUDITOR)
    row = _rows().where(AuditEntry.id == key).first()
    if row is None:
        raise NotFound
    link, standing = _standing(row)
    with database.atomic():
        audit.record(actor, "audit.entry-viewed", str(key))
    return Shown(_line(actor, row), _email_of(row.account_id), link and link.number, link.digest if link else "", standing)


def export(actor: Actor, asked: Asked) -> Iterator[Line]:
    """Every entry that is asked for, newest first, read as it is fetched. Raises NotAllowed at once."""
    staff.require(actor, Duty.AUDITOR)
    with database.atomic():
        audit.record(actor, "audit.exported", "audit", asked=asked.said())
    return _all(actor, asked)


def _all(actor: Actor, asked: Asked) -> Iterator[Line]:
    after = None
    while rows := _lines(actor, asked, after, AT_ONCE):
        yield from rows
        after = (rows[-1].at, rows[-1].id)


def _lines(actor: Actor, asked: Asked, after: Cursor | None, most: int) -> list[Line]:
    """By the index of the first thing asked for; the key breaks ties."""
    where = _where(asked)
    if where is None:
        return []
    if after:
        moment, key = after
        where.append((AuditEntry.at <= moment) & ((AuditEntry.at < moment) | (AuditEntry.id < key)))
    query = _rows()
    for condition in where:
        query = query.where(condition)
    return [_line(actor, row) for row in query.order_by(AuditEntry.at.desc(), AuditEntry.id.desc()).limit(most)]


def _where(asked: Asked) -> list[Any] | None:
    """What an entry must be; None where nobody has that address."""
    where: list[Any] = []
    if asked.person:
        account = _account_of(asked.person)
        if account is None:
            return None
        where.append(AuditEntry.account == account)
    if asked.action:
        where.append(AuditEntry.action == asked.action)
    if asked.subject:
        where.append(AuditEntry.subject == asked.subject)
    if asked.since:
        where.append(AuditEntry.at >= _begins(asked.since))
    if asked.until:
        where.append(AuditEntry.at < _begins(asked.until) + dt.timedelta(days=1))
    return where


def _begins(day: dt.date) -> dt.datetime:
    """Midnight in Muscat; years at the ends of the calendar are as good as their neighbours."""
    inside = min(max(day, dt.date(2, 1, 1)), dt.date(9998, 1, 1))
    return midnight(inside)


def _rows() -> Any:
    return AuditEntry.select(AuditEntry, Account).join(Account, JOIN.LEFT_OUTER)


def _line(actor: Actor, row: AuditEntry) -> Line:
    who = staff.name_of(row.account, actor.locale) if row.account_id else ""
    return Line(row.id, row.at, who, row.action, WORDS.get(row.action, Text(row.action)), row.subject, row.details)


def _account_of(email: str) -> int | None:
    """Blocked ones too: an auditor looks for those who have left."""
    known = (Identifier.type == IdentifierType.EMAIL) & (Identifier.value == email.strip().lower())
    row = Identifier.get_or_none(known & Identifier.verified_at.is_null(False))
    return row and row.account_id


def _email_of(account: int | None) -> str:
    row = Identifier.get_or_none((Identifier.account == account) & (Identifier.type == IdentifierType.EMAIL))
    return row.value if row else ""


def _standing(row: AuditEntry) -> tuple[AuditLink | None, Standing]:
    link = AuditLink.get_or_none(AuditLink.entry == row.id)
    if link is None:
        return None, Standing.WAITING
    before = AuditLink.get_or_none(AuditLink.number == link.number - 1)
    fits = (before or link.number == 1) and audit_chain.fits(link, row, before.digest if before else "")
    return link, Standing.LINKED if fits else Standing.BROKEN
