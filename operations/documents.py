"""Documents: what is printed is fixed with the decision, the file is drawn and sealed once by the queue, anyone may verify it."""

import datetime as dt
import secrets
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from peewee import SQL

from engine import digits, numbering
from engine.actor import Actor
from engine.catalogue import catalogue
from engine.errors import NotFound
from engine.fields import files_of
from engine.lifecycle import EDITABLE, State
from engine.service import Case, Certificate
from engine.wording import Text, Words, _
from gateways.pdf import papers, qr
from models import Application, Document, DocumentCopy, DocumentState, Receipt, Upload, database
from operations import audit, counters, finding, outbox, ownership, rendering
from operations.now import now, today
from operations.outside import outside
from operations.rendering import both, frozen_rows
from statements import statement

SERIES = "document"
DECLARATION = "declaration"


def issue(application: Application, certificate: Certificate, case: Case, number: int = 1) -> Document:
    """Fix what the certificate says, inside the deciding transaction; the queue draws it. An older one of the same record is replaced.

    `number` counts those of one application, from 1. Of one that hands out the standing document again, that very document where there is one.
    """
    standing: Document | None = _standing.first(application.subject, certificate.template) if application.subject else None
    if certificate.again and standing is not None:
        DocumentCopy.create(document=standing, application=application, at=now())
        return standing
    content = {
        "title": both(certificate.title),
        "authority": both(catalogue.authorities[application.authority].title),
        "named": certificate.named(case),
        "rows": on_paper([*frozen_rows(certificate.rows(case)), *_filed_by(application)]),
        **{name: both(sentence) for name, sentence in certificate.says.items()},
        **({"body": _running(certificate.body(case))} if certificate.body else {}),
        **({"duplicate": True} if certificate.duplicate else {}),
        **({"clauses": [both(clause) for clause in certificate.clauses]} if certificate.clauses else {}),
    }
    until = certificate.valid_until(case) if certificate.valid_until else None
    made = _create(
        application,
        "certificate",
        certificate.template,
        content,
        key=f"certificate:{application.reference}" + (f":{number}" if number > 1 else ""),
        until=until,
        replaces=standing,
    )
    if application.subject:
        _replace.run(application.subject, certificate.template, made.id, now())
        _revoke(application.subject, certificate.revokes)
    return made


@statement
def _standing(subject: Any, template: Any) -> Any:
    same = (Document.kind == "certificate") & (Document.subject == subject) & (Document.template == template)
    return Document.select().where(same & (Document.state == DocumentState.VALID)).order_by(Document.id.desc()).limit(1)


@statement
def _replace(subject: Any, template: Any, by: Any, moment: Any) -> Any:
    older = (Document.kind == "certificate") & (Document.subject == subject) & (Document.template == template)
    replaced = Document.update({Document.state: DocumentState.REPLACED, Document.state_changed_at: moment})
    return replaced.where(older & (Document.id != by) & (Document.state == DocumentState.VALID))


def _revoke(subject: str, templates: tuple[str, ...]) -> None:
    """The record no longer stands, and neither does what was issued of it."""
    if templates:
        theirs = (Document.kind == "certificate") & (Document.subject == subject) & Document.template.in_(templates)
        revoked = Document.update(state=DocumentState.REVOKED, state_changed_at=now())
        revoked.where(theirs & (Document.state == DocumentState.VALID)).execute()


def _filed_by(application: Application) -> list[dict[str, Words]]:
    """Who filed it for its applicant stands on what is issued, and is seen when it is verified."""
    who = filed_by(application)
    return [{"label": both(papers.LABELS["filed_by"]), "value": who}] if who else []


def filed_by(application: Application) -> Words | None:
    """The office that filed it, or the counter where a clerk did; None for what its applicant submitted alone."""
    filed = (application.frozen or {}).get("filed_by")
    return filed["office"] if filed else None


def _running(text: str) -> dict[str, Any]:
    """Lines, and the direction of the first letter that has one."""
    sides = (unicodedata.bidirectional(letter) for letter in text)
    strong = next((side for side in sides if side in ("L", "R", "AL")), "L")
    return {"lines": [line for line in text.splitlines() if line.strip()], "direction": "ltr" if strong == "L" else "rtl"}


def on_paper(rows: list[dict[str, Words]]) -> list[dict[str, Words]]:
    """On paper the Arabic side has Arabic-Indic digits throughout, numbers of records too; codes with Latin letters stay as they are."""
    return [{"label": row["label"], "value": {**row["value"], "ar": _in_arabic(row["value"]["ar"])}} for row in rows]


def _in_arabic(text: str) -> str:
    code = text.isascii() and any(letter.isalpha() for letter in text)
    return text if code else digits.arabic(text)


def issue_receipt(application: Application, receipt: Receipt, content: dict[str, Any]) -> Document:
    """The receipt as a document of its own, inside the settling transaction. Its serial is the receipt's number."""
    return _create(
        application, "receipt", "receipt.html", content, key=f"receipt:{receipt.number}", until=None, serial=receipt.number
    )


def keep_declaration(
    application: Application, *, serial: str, seal: str, content: dict[str, Any], digest: str, size: int
) -> Document:
    """The declaration that its applicant has signed: the file is their word, neither drawn nor sealed again. Inside the transaction."""
    return _create(
        application,
        DECLARATION,
        "declaration.html",
        content,
        key=f"{DECLARATION}:{application.reference}:{seal}",
        until=None,
        serial=serial,
        file=(digest, size),
    )


def declaration(reference: str, seal: str) -> Document | None:
    """The signed declaration of exactly this offer; another offer's does not count."""
    return _declaration.first(f"{DECLARATION}:{reference}:{seal}")  # type: ignore[no-any-return]


def signature(document: Document) -> dict[str, Any]:
    """Who signed a declaration, when (ISO 8601, UTC), and the SHA-256 of the signed file."""
    return {"serial": document.serial, "digest": document.digest, **document.content["signed"]}


@statement
def _declaration(key: Any) -> Any:
    return Document.select().where(Document.key == key)


def _create(
    application: Application,
    kind: str,
    template: str,
    content: dict[str, Any],
    *,
    key: str,
    until: dt.date | None,
    serial: str = "",
    file: tuple[str, int] | None = None,
    replaces: Document | None = None,
) -> Document:
    day = today()
    serial = serial or numbering.receipt_number("D", day.year, counters.take(SERIES, day.year))
    made = Document.create(
        serial=serial,
        code=numbering.verification_code(secrets.token_bytes(16)),
        kind=kind,
        key=key,
        application=application,
        template=template,
        content=content,
        issued_on=day,
        valid_until=until,
        replaces=replaces,
        subject=application.subject if kind == "certificate" else None,
        digest=file[0] if file else None,
        size=file[1] if file else None,
        created_at=now(),
    )
    finding.remember(application, (serial,))
    if file is None:
        outbox.put("document", f"document:{serial}", serial=serial)
    return made


@outbox.handles("document")
def draw(payload: dict[str, Any]) -> None:
    """Draw, seal and store the file of a document. A second run finds it done: a document is sealed once."""
    document = Document.get(Document.serial == payload["serial"])
    if document.digest:
        return
    html = rendering.papers().get_template(f"documents/{document.template}").render(printed(document))
    pdf = outside.renderer.render(html, created=document.created_at)
    sealed = outside.seal.sign(pdf, reason=str(both(document.content["title"])["en"]), signed_at=now())
    digest = outside.storage.put(sealed)
    Document.update(digest=digest, size=len(sealed)).where((Document.id == document.id) & Document.digest.is_null()).execute()


def printed(document: Document) -> dict[str, Any]:
    """What its template is given (gateways/pdf/papers.py says what each expects)."""
    content = document.content
    return {
        **content,
        "company": content["named"],
        "rows": [(row["label"], row["value"]) for row in content["rows"]],
        "serial": document.serial,
        "code": numbering.grouped(document.code),
        "duplicate_of": (document.replaces.serial if document.replaces_id else "") if content.get("duplicate") else None,
        "verify_url": f"{outside.portal_url.split('//')[-1]}/verify",
        "qr": qr.draw(_signed_link(document)),
        "labels": {name: both(label) for name, label in papers.LABELS.items()},
    }


def _signed_link(document: Document) -> str:
    """The verification address with a sealed summary after its #: a checker reads it without a network, the server never sees it."""
    payload = qr.Payload(document.code, document.serial, document.kind, document.issued_on, document.valid_until)
    return qr.address(f"{outside.portal_url}/verify/{document.code}", qr.sign_payload(payload, outside.seal))


def vouched(text: str) -> qr.Payload | None:
    """What the text of a square code says, if our seal signed it; None otherwise."""
    try:
        return qr.verify_payload(text.partition("#")[2], outside.seal.certificate)
    except qr.NotGenuine:
        return None


# --- Handing out -----------------------------------------------------------------------------------------------------------------


def of_application(application: Application) -> list[Document]:
    """Its documents, and those it handed out again; of the declarations only the one that was submitted."""
    submitted = {} if State(application.state) in EDITABLE else (application.frozen or {}).get(DECLARATION) or {}
    found: list[Document] = _of_application.all(application)
    return [document for document in found if document.kind != DECLARATION or document.serial == submitted.get("serial")]


@statement
def _of_application(application: Any) -> Any:
    again = Document.select().join(DocumentCopy).where(DocumentCopy.application == application)
    return Document.select().where(Document.application == application).union_all(again).order_by(SQL("id"))


def file_of(actor: Actor, serial: str) -> tuple[Document, BinaryIO | None]:
    """The person's own document and its file; None while the queue is still drawing it."""
    row: Document | None = Document.get_or_none(Document.serial == serial)
    if row is None or not any(_is_theirs(actor, each) for each in _handed_out_by(row)):
        raise NotFound
    if row.digest is None:
        return row, None
    with database.atomic():
        audit.record(actor, "document.downloaded", row.serial)
    return row, outside.storage.open(row.digest)


def _handed_out_by(document: Document) -> Iterator[Application]:
    """The applications that may hand it out: its own, and those that asked for it again."""
    yield document.application
    yield from Application.select().join(DocumentCopy).where(DocumentCopy.document == document)


def _is_theirs(actor: Actor, application: Application) -> bool:
    return application.account_id == actor.applicant and ownership.owns(actor, application)


def attached(actor: Actor, application: Application, field: str, number: int = 0) -> tuple[str, str, BinaryIO]:
    """A file the applicant attached, by its place in the answer: its name, its real type, its bytes."""
    digests = [file["digest"] for file in files_of(application.answers.get(field))][number : number + 1]
    row = Upload.get_or_none((Upload.application == application) & (Upload.field == field) & Upload.digest.in_(digests))
    if row is None or not ownership.owns(actor, application):
        raise NotFound
    return row.name, row.media_type, outside.storage.open(row.digest)


# --- Verifying -------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Verification:
    """What anyone may see of a document: what is printed on it, and whether it stands."""

    state: str
    code: str
    serial: str
    title: dict[str, str]
    authority: dict[str, str]
    rows: list[dict[str, Any]]
    issued_on: dt.date
    valid_until: dt.date | None
    changed_at: dt.datetime | None


def verify(code: str) -> Verification | None:
    """The document with this code, or None: an unknown code looks the same whatever the reason.

    A declaration is between applicant and authority, bears no code, and is vouched for by its own signature.
    """
    row = Document.get_or_none((Document.code == code) & (Document.kind != DECLARATION))
    if row is None:
        return None
    state = row.state
    if state == DocumentState.VALID and row.valid_until and row.valid_until < today():
        state = "expired"
    return Verification(
        state,
        numbering.grouped(row.code),
        row.serial,
        row.content["title"],
        row.content["authority"],
        list(_public_rows(row)),
        row.issued_on,
        row.valid_until,
        row.state_changed_at,
    )


def _public_rows(row: Document) -> Iterator[dict[str, Any]]:
    yield {"label": both(_("In the name of")), "value": row.content["named"]}
    yield from row.content["rows"]


STATES: dict[str, Text] = {
    "valid": _("This document is genuine and valid."),
    "expired": _("This document is genuine, but it has expired."),
    "replaced": _("This document is genuine, but a newer one has replaced it."),
    "revoked": _("This document was revoked. Do not rely on it."),
}
