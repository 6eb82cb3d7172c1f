"""A copy of everything the portal holds about a person, for that person: JSON for programs, a page for people, their documents and files.

The queue gathers it into a ZIP; it may be fetched for seven days, by its owner alone, and is then deleted.
"""

import datetime as dt
import io
import json
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

from engine.actor import Actor
from engine.errors import NotFound
from engine.money import Money
from engine.wording import Text, _
from gateways.storage import Missing
from models import (
    Account,
    AgreementRequest,
    Application,
    ApplicationEvent,
    Bill,
    DataCopy,
    DecisionMade,
    Delegation,
    Document,
    Identifier,
    Message,
    NoReminder,
    PaymentAttempt,
    Payout,
    Receipt,
    Refund,
    Role,
    Row,
    SecurityEvent,
    Session,
    Upload,
    database,
)
from operations import audit, confirming, messages, outbox, rendering
from operations.now import now
from operations.outside import outside
from operations.rendering import both

KEPT_FOR = dt.timedelta(days=7)
HIDDEN = {
    "password_hash",
    "token_hash",
    "account",
    "application",
    "bill",
    "attempt",
    "receipt",
    "by",
    "clerk",
    "requested_by",
    "approved_by",
    "filed_by",
    "office",
    "delegation",
    "customer",
    "asked_by",
    "decided_by",
    "paid_by",
    "asked_for",
    "challenge",
    "revoked_by",
}
"""Columns that are ours and not theirs: digests, and keys between rows."""
WORDS: dict[str, Text] = {
    "account": _("Your account"),
    "identifiers": _("How we reach you, how you sign in"),
    "roles": _("Roles"),
    "sessions": _("Where you were signed in"),
    "security_events": _("What happened on your account"),
    "messages": _("Messages"),
    "no_reminders": _("Reminders you stopped"),
    "register": _("Register"),
    "delegations": _("Who may act for you"),
    "agreements": _("What others asked you to agree to"),
    "role": _("As what"),
    "phone": _("Mobile number"),
    "asked_at": _("Asked on"),
    "said": _("What was asked"),
    "services": _("Services"),
    "until": _("Until"),
    "consent": _("How you agreed"),
    "consented_at": _("Agreed on"),
    "revoked_at": _("Ended on"),
    "applications": _("Applications"),
    "timeline": _("Timeline"),
    "decisions": _("Decisions"),
    "bills": _("Bills"),
    "payments": _("Payments"),
    "receipts": _("Receipts"),
    "refunds": _("Refunds"),
    "payouts": _("Deposits paid back"),
    "documents": _("Documents"),
    "uploads": _("Files you attached"),
    "first_name": _("First name"),
    "middle_name": _("Middle name"),
    "family_name": _("Family name"),
    "arabic_name": _("Full name in Arabic"),
    "country": _("Country"),
    "identity_type": _("Identity document"),
    "identity_number": _("Number of the card or passport"),
    "terms_version": _("Terms of use agreed to"),
    "terms_at": _("Agreed on"),
    "registration": _("Commercial registration number"),
    "locale": _("Language"),
    "created_at": _("Made on"),
    "updated_at": _("Changed on"),
    "submitted_at": _("Submitted on"),
    "sent_at": _("Sent on"),
    "verified_at": _("Proven on"),
    "paid_at": _("Paid on"),
    "expires_at": _("Until"),
    "at": _("When"),
    "kind": _("Kind"),
    "type": _("Kind"),
    "value": _("Value"),
    "state": _("State"),
    "browser": _("Browser"),
    "address": _("Network address"),
    "reference": _("Application number"),
    "application": _("Application number"),
    "service": _("Service"),
    "authority": _("Authority"),
    "answers": _("Answers"),
    "records": _("From the registers"),
    "amount": _("Amount"),
    "total": _("Total"),
    "number": _("Number"),
    "serial": _("Serial number"),
    "name": _("Name"),
    "destination": _("Sent to"),
    "reason": _("Reason"),
}
"""What a person reads in place of a column's name; the rest keeps it."""
PAGE = "documents/copy_of_data.html"
IN_MEMORY = 4 * 1024 * 1024  # a bigger file is gathered on the disk


# --- Asking and fetching -----------------------------------------------------------------------------------------------------------


def ask(actor: Actor, *, address: str) -> DataCopy:
    """Have a copy made; one that is there already is replaced. A mail says when it is ready."""
    confirming.demand(actor)
    with database.atomic():
        old = _drop(DataCopy.account == actor.account)
        copy = DataCopy.create(account=actor.account, locale=actor.locale, created_at=now(), expires_at=now() + KEPT_FOR)
        audit.security(actor.account, "data-copied", address)
        outbox.put("data-copy", f"data-copy:{copy.id}", id=copy.id)
    _delete(old)
    return copy


def of(actor: Actor) -> DataCopy | None:
    """The copy that is being made or waits for its owner."""
    return DataCopy.get_or_none((DataCopy.account == actor.account) & (DataCopy.expires_at > now()))  # type: ignore[no-any-return]


def fetch(actor: Actor, copy_id: str, *, address: str) -> BinaryIO:
    """The ZIP. Raises NotFound for anybody else's, for one that has run out or is not ready."""
    confirming.demand(actor)
    copy = of(actor)
    if copy is None or copy.id != copy_id or copy.digest is None:
        raise NotFound
    audit.security(actor.account, "data-fetched", address)
    return outside.storage.open(copy.digest)


def forget() -> None:
    """Copies whose time is over. For the sweeper."""
    with database.atomic():
        old = _drop(DataCopy.expires_at < now())
    _delete(old)


def _drop(which: Any) -> list[str]:
    digests = [row.digest for row in DataCopy.select().where(which) if row.digest]
    DataCopy.delete().where(which).execute()
    return digests


def _delete(digests: Iterable[str]) -> None:
    for digest in digests:
        outside.storage.delete(digest)


# --- Gathering -------------------------------------------------------------------------------------------------------------------


@outbox.handles("data-copy")
def gather(payload: dict[str, Any]) -> None:
    """Make the ZIP. A second run finds it made; a copy replaced meanwhile is not made."""
    copy = DataCopy.get_or_none(DataCopy.id == payload["id"])
    if copy is None or copy.digest:
        return
    account = copy.account
    with tempfile.SpooledTemporaryFile(IN_MEMORY) as file:
        _zip(account, copy, file)
        size = file.tell()
        file.seek(0)
        digest = outside.storage.put(file)  # type: ignore[arg-type]
    with database.atomic():
        waiting = (DataCopy.id == copy.id) & DataCopy.digest.is_null()
        if DataCopy.update(digest=digest, size=size).where(waiting).execute():
            messages.tell_owner(account, "data_copy_ready", key=f"data-copy:{copy.id}", until=both(copy.expires_at))


def _zip(account: Account, copy: DataCopy, file: Any) -> None:
    held = everything(account)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("data.json", json.dumps(held, ensure_ascii=False, indent=2, default=_plain))
        made.writestr(
            "read-me.html", rendering.render(PAGE, copy.locale, held=held, words=WORDS, made_at=copy.created_at, number=copy.id)
        )
        for name, digest in _files(account):
            try:
                with outside.storage.open(digest) as stored, made.open(name, "w") as target:
                    while chunk := stored.read(io.DEFAULT_BUFFER_SIZE * 8):
                        target.write(chunk)
            except Missing:  # the list in data.json names it all the same
                continue
    file.seek(0, io.SEEK_END)


def everything(account: Account) -> dict[str, Any]:
    """All that is held about a person, by kind. Rows as plain values."""
    theirs = Application.select(Application.id).where(Application.account == account)
    bills = Bill.select(Bill.id).where(Bill.application.in_(theirs))
    attempts = PaymentAttempt.select(PaymentAttempt.id).where(PaymentAttempt.bill.in_(bills))
    return {
        "account": next(_rows(Account.select().where(Account.id == account.id))),
        **{
            name: list(_rows(table.select().where(table.account == account).order_by(table.id))) for name, table in OF_THE_ACCOUNT
        },
        "delegations": list(_rows(Delegation.select().where(Delegation.customer == account).order_by(Delegation.id))),
        "applications": list(_rows(Application.select().where(Application.account == account).order_by(Application.id))),
        **{
            name: list(_rows(table.select().where(table.application.in_(theirs)).order_by(table.created_at)))
            for name, table in OF_AN_APPLICATION
        },
        "timeline": list(
            _rows(ApplicationEvent.select().where(ApplicationEvent.application.in_(theirs)).order_by(ApplicationEvent.id))
        ),
        "decisions": list(_rows(DecisionMade.select().where(DecisionMade.application.in_(theirs)).order_by(DecisionMade.id))),
        "payments": list(_rows(PaymentAttempt.select().where(PaymentAttempt.id.in_(attempts)).order_by(PaymentAttempt.id))),
        "receipts": list(_rows(Receipt.select().where(Receipt.bill.in_(bills)).order_by(Receipt.id))),
        "refunds": list(_rows(Refund.select().where(Refund.attempt.in_(attempts)).order_by(Refund.id))),
    }


OF_THE_ACCOUNT: tuple[tuple[str, type[Row]], ...] = (
    ("identifiers", Identifier),
    ("roles", Role),
    ("sessions", Session),
    ("security_events", SecurityEvent),
    ("messages", Message),
    ("no_reminders", NoReminder),
    ("agreements", AgreementRequest),
)
OF_AN_APPLICATION: tuple[tuple[str, type[Row]], ...] = (
    ("bills", Bill),
    ("payouts", Payout),
    ("documents", Document),
    ("uploads", Upload),
)


def _rows(query: Any) -> Iterator[dict[str, Any]]:
    """What each row says; keys between rows give way to the reference of the application."""
    for row in query:
        said = {name: value for name, value in row.__data__.items() if name not in HIDDEN}
        if "application" in row.__data__ and row.application_id is not None:
            said["application"] = row.application.reference
        yield said


def _files(account: Account) -> Iterator[tuple[str, str]]:
    """Documents and uploads: their name in the ZIP and the digest they are stored by."""
    theirs = Application.select(Application.id).where(Application.account == account)
    for document in Document.select().where(Document.application.in_(theirs) & Document.digest.is_null(False)):
        yield f"documents/{document.serial}.pdf", document.digest
    for upload in Upload.select().where(Upload.application.in_(theirs)):
        yield f"files/{upload.id}-{_safe(upload.name)}", upload.digest


def _safe(name: str) -> str:
    """A name somebody else's program may unpack: no folders in it."""
    return name.replace("/", "_").replace("\\", "_")[-80:]


def _plain(value: Any) -> Any:
    """Money as its exact figure in rials, moments in UTC."""
    match value:
        case Money():
            return value.plain()
        case dt.date():
            return value.isoformat()
    return str(value)
