"""The applicant's declaration: drawn by the queue, signed by the ID card, kept as a document of the application.

It is made for one offer, by its seal: when an answer, a record or the price changes it no longer counts, and is asked for anew. The card
signs once for each preparation, which lasts five minutes and belongs to the browser that asked for it.
"""

import base64
import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO

from engine.actor import Actor
from engine.catalogue import catalogue
from engine.errors import Conflict, NotFound, Refusal, Unavailable
from engine.fees import Line
from engine.lifecycle import EDITABLE, State
from engine.wording import Text, Words, _
from gateways import cards
from gateways.certificates import Person, Signed, Untrusted
from gateways.pdf import papers
from gateways.pdf.prepared import Prepared
from models import Account, Declaration, Document, database
from operations import applications, audit, challenges, civil_numbers, documents, outbox, rendering, submission
from operations.applications import Opened
from operations.now import now
from operations.outside import outside
from operations.rendering import both

KEPT_FOR = dt.timedelta(days=1)  # a price is good for a day, and so is what was drawn for it
CHANGED = _("The price or the data changed since you looked. Check the new figures, then sign again.")
NOT_DRAWN = _("The declaration is still being prepared. Wait a few seconds, then press the button again.")
SIGNED = _("This declaration is signed already.")
SUBMITTED = _("This application is submitted already; nothing of it can be signed any more.")
ANOTHERS = _("This card belongs to somebody else. Sign your own declaration with your own ID card.")
NO_CIVIL_NUMBER = _("This account was opened with a passport, so no ID card belongs to it. You can submit without signing.")
UNTRUSTED = _("Signing by card is not possible here yet: the portal does not know whom to trust. Please tell its operator.")


def offered(opened: Opened) -> bool:
    """Whether this application's declaration can be signed here."""
    return opened.service.declaration is not None and (outside.signers is not None or opened.service.declaration.required)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the card is asked to sign: the nonce is a hash (base64), `hash_function` is named as Web eID does, `what` is for the person."""

    handed: challenges.Handed
    hash_function: str
    what: Text


# --- Drawing it ------------------------------------------------------------------------------------------------------------------


def begin(actor: Actor, reference: str, seal: str) -> None:
    """Have the declaration of what the person has just seen drawn; asking again changes nothing.

    Raises NotFound where none is asked for, Refusal for a passport's owner, Conflict when price or data changed since they saw it.
    """
    opened, offer = _offer(actor, reference)
    if offer.seal != seal:
        raise Conflict(CHANGED)
    civil_number = civil_numbers.claimed(actor.account, otherwise=NO_CIVIL_NUMBER)
    with database.atomic():
        row = applications.lock(actor, reference)
        mine = Declaration.application == row
        if Declaration.select().where(mine & (Declaration.seal == seal)).exists():
            return
        moment, serial = now(), f"{reference}-{seal[:8].upper()}"
        content = _content(Account.get_by_id(actor.account), civil_number, opened, offer)
        Declaration.create(serial=serial, application=row, seal=seal, content=content, created_at=moment)
        outbox.put("declaration", f"declaration:{serial}:{moment.isoformat()}", serial=serial)


def _offer(actor: Actor, reference: str) -> tuple[Opened, submission.Offer]:
    opened = applications.of(actor, reference)
    if opened.service.declaration is None or opened.next_step() is not None:
        raise NotFound
    if not opened.editable:
        raise Conflict(SUBMITTED)
    offer = submission.offer(opened)
    if offer.unset is not None:
        raise offer.unset
    if offer.refusals:
        raise offer.refusals[0]
    return opened, offer


def _content(account: Account, civil_number: str, opened: Opened, offer: submission.Offer) -> dict[str, Any]:
    """What is declared, in both languages, as it would be frozen by submitting it."""
    service, frozen = opened.service, submission.freeze(opened, offer)
    assert service.declaration is not None
    return {
        "title": both(_("Declaration")),
        "authority": both(catalogue.authorities[service.authority].title),
        "service": frozen["title"],
        "reference": opened.reference,
        "declarer": {"ar": account.arabic_name or account.name, "en": account.name},
        "civil_number": both(_number(civil_number)),
        "says": both(service.declaration.says),
        "sections": [
            *_on_behalf(account, opened),
            *({"title": step["title"], "rows": documents.on_paper(step["rows"])} for step in frozen["steps"] if step["rows"]),
        ],
        "lines": [_line(line) for line in offer.quote.lines],
        "total": both(offer.quote.total) if offer.quote.lines else None,
        "also": documents.on_paper(frozen["also"]),
        "seal": offer.seal,
    }


def _line(line: Line) -> dict[str, Any]:
    return {"label": line.label, "value": both(line.amount)} | ({"note": line.note} if line.note else {})


def _on_behalf(account: Account, opened: Opened) -> list[dict[str, Any]]:
    """Who signs for somebody else says for whom."""
    applicant: Account = opened.row.account
    if account.id == applicant.id:
        return []
    name: Words = {"ar": applicant.arabic_name or applicant.name, "en": applicant.name}
    return [{"title": both(_("On behalf of")), "rows": documents.on_paper([{"label": both(_("Applicant")), "value": name}])}]


def _number(digits: str) -> Words:
    return {"ar": rendering.localise(digits, "ar"), "en": digits}


@outbox.handles("declaration")
def draw(payload: dict[str, Any]) -> None:
    """Draw what is to be signed and store it. A second run finds it done."""
    row = Declaration.get_or_none(Declaration.serial == payload["serial"])
    if row is None or row.drawn:
        return
    html = rendering.papers().get_template("documents/declaration.html").render(printed(row))
    digest = outside.storage.put(outside.renderer.render(html, created=row.created_at))
    Declaration.update(drawn=digest).where((Declaration.id == row.id) & Declaration.drawn.is_null()).execute()


def printed(row: Declaration) -> dict[str, Any]:
    """What its template is given (gateways.pdf.papers.Declaration)."""
    labels = {name: both(label) for name, label in papers.LABELS.items()}
    return {**row.content, "serial": row.serial, "drawn_at": both(row.created_at), "labels": labels}


def current(actor: Actor, reference: str) -> Declaration | None:
    """The declaration of the application as it is now answered and priced, drawn or not; None until `begin`."""
    opened, offer = _offer(actor, reference)
    return _of(opened, offer.seal)


def _of(opened: Opened, seal: str) -> Declaration | None:
    return Declaration.get_or_none((Declaration.application == opened.row) & (Declaration.seal == seal))  # type: ignore[no-any-return]


def signed(row: Declaration) -> Document | None:
    return documents.declaration(row.content["reference"], row.seal)


def paper(actor: Actor, reference: str) -> tuple[str, BinaryIO]:
    """The drawn declaration without a signature, to be read first: its serial and its bytes. Raises NotFound."""
    row = current(actor, reference)
    if row is None or row.drawn is None:
        raise NotFound
    return row.serial, outside.storage.open(row.drawn)


# --- Signing it ------------------------------------------------------------------------------------------------------------------


def prepare(actor: Actor, reference: str, certificate: str, *, address: str) -> Asked:
    """Make room for the signature of the card whose certificate the reader program told (JSON), and say what it is to sign.

    Raises Refusal for a certificate that may not sign (Untrusted) or another person's, each recorded; Conflict when price or data
    changed, Unavailable without a trusted issuer.
    """
    row = _to_sign(actor, reference)
    with _recorded(actor, row, address):
        der = cards.certificate_in(certificate)
        _own(actor, der)
        made = outside.card_signature.prepare(_bytes(row.drawn), der, reason=row.content["title"]["en"], at=now())
    handed = challenges.begin(_subject(actor, row), nonce=base64.b64encode(made.hash).decode())
    before, asked = row.prepared, made.frozen() | {"nonce": handed.nonce, "pdf": outside.storage.put(made.pdf)}
    Declaration.update(prepared=asked).where(Declaration.id == row.id).execute()
    if before:
        outside.storage.delete(before["pdf"])
    return Asked(handed, f"SHA-{made.algorithm[2:]}", _("Declaration for application %(reference)s", reference=reference))


def sign(actor: Actor, reference: str, secret: str | None, answer: str, *, address: str) -> Document:
    """Judge what the card has signed (JSON) and keep the signed declaration.

    Raises as `prepare`, and Refusal for a preparation that is over, was used, or was asked for by another browser.
    """
    row = _to_sign(actor, reference)
    nonce = challenges.spend(secret, _subject(actor, row))
    if row.prepared is None or row.prepared["nonce"] != nonce:
        raise Refusal(challenges.OVER)  # another tab has prepared it anew
    prepared = Prepared.thaw(row.prepared, _bytes(row.prepared["pdf"]))
    with _recorded(actor, row, address):
        signature = cards.signature_in(answer)
        person = _own(actor, prepared.certificate, Signed(prepared.algorithm, prepared.hash, signature))
        pdf = outside.card_signature.complete(prepared, signature)
    kept = _keep(actor, row, person, outside.storage.put(pdf), len(pdf), address)
    outside.storage.delete(row.prepared["pdf"])
    return kept


def _to_sign(actor: Actor, reference: str) -> Declaration:
    opened, offer = _offer(actor, reference)
    row = _of(opened, offer.seal)
    if row is None:
        raise Conflict(CHANGED)
    if row.drawn is None:
        raise Conflict(NOT_DRAWN)
    if signed(row):
        raise Conflict(SIGNED)
    return row


def _own(actor: Actor, certificate: bytes, signed: Signed | None = None) -> Person:
    """Whom the certificate names; it must be the one who acts."""
    if outside.signers is None:
        raise Unavailable(UNTRUSTED)
    person = outside.signers.person(certificate, at=now(), signed=signed)
    if person.civil_number != civil_numbers.claimed(actor.account, otherwise=NO_CIVIL_NUMBER):
        raise Refusal(ANOTHERS)
    return person


@contextmanager
def _recorded(actor: Actor, row: Declaration, address: str) -> Iterator[None]:
    """A refused signature is something its owner should be able to see; that an issuer is silent is not held against them."""
    try:
        yield
    except Unavailable:
        raise
    except Refusal as refusal:
        why = refusal.reason.value if isinstance(refusal, Untrusted) else "other-person"
        audit.security(actor.account, "signature-refused", address, why=why, application=row.content["reference"])
        raise


@database.atomic()
def _keep(actor: Actor, row: Declaration, person: Person, digest: str, size: int, address: str) -> Document:
    application = applications.lock(actor, row.content["reference"])
    if State(application.state) not in EDITABLE:
        raise Conflict(SUBMITTED)
    if signed(row):
        raise Conflict(SIGNED)
    content = {
        "title": row.content["title"],
        "authority": row.content["authority"],
        "named": row.content["declarer"],
        "rows": [],
        "signed": {"by": person.name, "at": now().isoformat(), "issuer": person.issuer, "certificate": f"{person.serial:x}"},
    }
    kept = documents.keep_declaration(application, serial=row.serial, seal=row.seal, content=content, digest=digest, size=size)
    applications.happened(application, "signed", actor)
    audit.record(actor, "declaration.signed", row.serial, digest=digest)
    audit.security(actor.account, "declaration-signed", address, application=application.reference)
    return kept


def _subject(actor: Actor, row: Declaration) -> str:
    return f"declaration:{row.serial}:{actor.session}"


def _bytes(digest: str) -> bytes:
    with outside.storage.open(digest) as file:
        return file.read()


# --- Sweeping up -----------------------------------------------------------------------------------------------------------------


def forget() -> None:
    """What was drawn and prepared a day ago: signed declarations are documents, the others count no more. For the sweeper."""
    for row in list(Declaration.select().where(Declaration.created_at < now() - KEPT_FOR)):
        for digest in filter(None, (row.drawn, (row.prepared or {}).get("pdf"))):
            outside.storage.delete(digest)
        row.delete_instance()
