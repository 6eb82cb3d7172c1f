"""Closing an account at its owner's wish: asked for, seven days to think again, then the person is erased.

What the law of the house keeps stays: money, issued documents, applications that were decided, and the audit. The account's row stays for
them, without a name. Signing in within the seven days keeps the account.
"""

import datetime as dt
import logging
from collections.abc import Iterator
from typing import Any

from engine.actor import Actor
from engine.errors import Refusal
from engine.lifecycle import PENDING, State
from engine.wording import Text, _
from models import (
    Account,
    Application,
    AttemptState,
    Bill,
    CodeSent,
    DataCopy,
    Delegation,
    Document,
    Identifier,
    KeptForm,
    Message,
    NoReminder,
    OneTimeCode,
    Operator,
    OwnPaper,
    PaymentAttempt,
    RecoveryCode,
    Refund,
    RefundState,
    SavedFilter,
    SecondFactor,
    Session,
    StepUp,
    Support,
    Upload,
    database,
)
from operations import audit, confirming, messages, passwords, payouts, roles, sessions, stored_files
from operations.now import now
from operations.outside import outside
from operations.rendering import both

GRACE = dt.timedelta(days=7)
MONEY_ON_ITS_WAY = (AttemptState.CREATED, AttemptState.SUBMITTED, AttemptState.REVIEW, AttemptState.UNKNOWN)
MONEY_OWED = (RefundState.REQUESTED, RefundState.APPROVED, RefundState.SENT, RefundState.UNKNOWN)
NEVER_SUBMITTED = (State.DRAFT, State.WITHDRAWN)
THEIRS_ALONE = (
    Identifier,
    OneTimeCode,
    SecondFactor,
    RecoveryCode,
    DataCopy,
    KeptForm,
    SavedFilter,
    NoReminder,
    StepUp,
    Session,
)
"""Tables whose rows go with their account."""

log = logging.getLogger(__name__)


def obstacles(account: int | None) -> list[tuple[Text, str | None]]:
    """Why it cannot be closed yet and what to do, each with the reference of the application it is about."""
    return list(_obstacles(account))


def _obstacles(account: int | None) -> Iterator[tuple[Text, str | None]]:
    if roles.is_staff(account):
        yield _("You work here: ask your administrator to take your role away first."), None
    theirs = Application.account == account
    for row in Application.select().where(theirs & Application.state.in_(list(PENDING))).order_by(Application.id):
        waits = row.state == State.IN_REVIEW
        yield (STILL_DECIDED if waits else STILL_OPEN), row.reference
    attempts = Application.select().join(Bill).join(PaymentAttempt).where(theirs & PaymentAttempt.state.in_(MONEY_ON_ITS_WAY))
    for row in attempts.distinct():
        yield _("A payment is not settled yet: open the application and wait until it is paid or cancelled."), row.reference
    refunds = Application.select().join(Bill).join(PaymentAttempt).join(Refund).where(theirs & Refund.state.in_(MONEY_OWED))
    for row in refunds.distinct():
        yield _("We still owe you money: wait until the refund has reached your card."), row.reference
    for reference in payouts.due_to(account):
        yield _("We still owe you money: wait until it has reached your account."), reference


STILL_DECIDED = _("An application is with the authority: wait for its decision.")
STILL_OPEN = _("An application is open: finish it, or withdraw it.")


def ask(actor: Actor, *, address: str) -> dt.datetime:
    """Close it in seven days; every session ends now. Returns the moment. Raises Refusal while something is open or due."""
    confirming.demand(actor)
    standing = obstacles(actor.account)
    if standing:
        raise Refusal(standing[0][0])
    account, at = Account.get_by_id(actor.account), now() + GRACE
    with database.atomic():
        Account.update(closing_at=at).where(Account.id == account.id).execute()
        audit.security(account.id, "closing-asked", address)
        audit.record(actor, "account.closing-asked", str(account.id))
        messages.tell_owner(account, "account_closing", key=f"closing:{account.id}:{at.isoformat()}", at=both(at))
        sessions.end_all(account)
    return at


def erase_due() -> None:
    """Erase who did not come back. For the sweeper. Where something has become due meanwhile, the account waits for it."""
    for account in list(Account.select().where(Account.closing_at < now())):
        if obstacles(account.id):
            log.warning("account %s is to be closed, but something is open or due: it waits", account.id)
        else:
            _erase(account)


def _erase(account: Account) -> None:
    with database.atomic():
        still = (Account.id == account.id) & (Account.closing_at < now())
        blank = dict.fromkeys(("middle_name", "family_name", "arabic_name", "identity_number", "registration"), "")
        nobody = {**blank, "first_name": f"#{account.id}", "password_hash": passwords.nobodys()}
        if not Account.update(closing_at=None, closed_at=now(), blocked_at=now(), **nobody).where(still).execute():
            return  # they signed in this very moment
        audit.record(None, "account.erased", str(account.id))
        files = _forget(account)
        unneeded = files - stored_files.referred(files)
    for digest in unneeded:
        outside.storage.delete(digest)


def _forget(account: Account) -> set[str]:
    """Delete what is about the person alone; returns the digests of files that went with it."""
    addresses = [identifier.value for identifier in account.identifiers]
    CodeSent.delete().where(CodeSent.destination.in_(addresses)).execute()
    files = {row.digest for row in DataCopy.select().where(DataCopy.account == account) if row.digest}
    for table in THEIRS_ALONE:
        table.delete().where(table.account == account).execute()
    Support.update(account=None).where(Support.account == account).execute()  # it counts on
    OwnPaper.delete().where((OwnPaper.account == account) | (OwnPaper.applicant == account)).execute()
    Message.delete().where((Message.account == account) & Message.application.is_null()).execute()
    copied = Message.application.in_(Application.select(Application.id).where(Application.account == account))
    Message.update(destination="", context={}).where((Message.account == account) | copied).execute()
    given = (Delegation.customer == account) & Delegation.revoked_at.is_null()
    Delegation.update(revoked_at=now(), asked_for="").where(given).execute()
    Operator.update(ended_at=now()).where((Operator.account == account) & Operator.ended_at.is_null()).execute()
    return files | _forget_drafts(account)


def _forget_drafts(account: Account) -> set[str]:
    """What was never submitted, a declaration signed for it too: nobody decided on it, nothing was paid for it."""
    unsent: Any = (Application.account == account) & Application.state.in_(NEVER_SUBMITTED) & Application.submitted_at.is_null()
    drafts = [row.id for row in Application.select(Application.id).where(unsent)]
    files: set[str] = set()
    for table in (Upload, Document):
        files |= {row.digest for row in table.select().where(table.application.in_(drafts)) if row.digest}
        table.delete().where(table.application.in_(drafts)).execute()
    Application.update(state=State.WITHDRAWN, closed_at=now(), answers={}, records={}).where(Application.id.in_(drafts)).execute()
    return files
