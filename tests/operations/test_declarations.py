"""Declarations: drawn for one offer, signed by the applicant's own card once, kept as they were signed; nothing else counts."""

import base64
import datetime as dt
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pypdf
import pytest
from pyhanko.keys import load_cert_from_pemder
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from engine.actor import Actor
from engine.catalogue import catalogue
from engine.errors import Conflict, NotFound, Refusal, Unavailable
from engine.money import Money
from engine.service import Declaration as Wanted
from gateways.certificates import Reason, Untrusted
from gateways.pdf import Renderer
from gateways.pdf.card_signature import CardSignature
from gateways.pdf.xhtml import XhtmlRenderer
from gateways.storage import Missing
from models import Account, ApplicationEvent, AuditEntry, Declaration, Document, FeeRule, SecurityEvent
from operations import applications, challenges, closing, declarations, documents, outbox, submission
from operations.applications import Opened
from operations.now import now, set_business_day
from operations.outside import outside
from tests.gateways.certificates.issuer import Issuer, down, running_issuer
from tests.support import cards
from tests.support.builders import signed_in
from tests.support.cards import Card, a_signing_card, serial
from tests.support.clock import Clock
from tests.support.processes import ROOT
from tests.support.renewals import an_answered_renewal, an_owner, answer

pytestmark = pytest.mark.usefixtures("rules")
ADDRESS = "192.0.2.7"


@pytest.fixture(scope="module")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Issuer]:
    with running_issuer(tmp_path_factory.mktemp("issuer") / "authority") as running:
        yield running


class Sparing:
    """Draws one declaration in earnest, and hands the same sheet to every test that does not read it."""

    sheet = b""

    def __init__(self, renderer: Renderer) -> None:
        self.renderer = renderer

    def render(self, html: str, *, created: dt.datetime) -> bytes:
        Sparing.sheet = Sparing.sheet or self.renderer.render(html, created=created)
        return Sparing.sheet


@pytest.fixture(autouse=True)
def trusted(rules: object, issuer: Issuer) -> Iterator[None]:
    outside.renderer = Sparing(outside.renderer)
    set_business_day(dt.date(2018, 3, 18))
    issuer.instead.clear()
    folder = issuer.authority.folder
    outside.signers, outside.card_signature = cards.signers(folder), CardSignature([folder / "issuing.pem"])
    yield
    outside.signers = None


@pytest.fixture
def alis(issuer: Issuer) -> Card:
    return a_signing_card(issuer.authority)


def drawn(actor: Actor) -> Opened:
    """A renewal whose declaration can be signed."""
    opened = an_answered_renewal(actor)
    declarations.begin(actor, opened.reference, submission.offer(opened).seal)
    outbox.drain()
    return opened


def prepared(actor: Actor, opened: Opened, card: Card) -> declarations.Asked:
    return declarations.prepare(actor, opened.reference, card.certificate_told(), address=ADDRESS)


def sign(actor: Actor, opened: Opened, card: Card) -> Document:
    asked = prepared(actor, opened, card).handed
    return declarations.sign(actor, opened.reference, asked.secret, card.answer(asked.nonce), address=ADDRESS)


def an_applicant() -> tuple[Actor, Opened]:
    _account, actor = an_owner()
    return actor, drawn(actor)


def why() -> list[str]:
    return [event.details["why"] for event in SecurityEvent.select().where(SecurityEvent.kind == "signature-refused")]


def text_of(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages).split())


# --- Drawn and signed ------------------------------------------------------------------------------------------------------------


def test_the_paper_says_what_was_answered_and_priced_and_by_whom() -> None:
    outside.renderer = XhtmlRenderer(ROOT / "static" / "documents")
    actor, opened = an_applicant()
    name, file = declarations.paper(actor, opened.reference)
    said = text_of(file.read())
    assert name.startswith(f"{opened.reference}-")
    for wanted in ("1526575", "1229237", "promising projects", "Two years", "19 March 2020", "50.000", "I declare that"):
        assert wanted in said, wanted
    seal = submission.offer(opened).seal
    assert seal in said.replace(" ", "")


def test_a_signed_declaration_is_valid_for_others_too_and_downloaded_by_its_owner_alone(issuer: Issuer, alis: Card) -> None:
    actor, opened = an_applicant()
    document = sign(actor, opened, alis)
    _row, file = documents.file_of(actor, document.serial)
    assert file
    trust = ValidationContext(trust_roots=[load_cert_from_pemder(str(issuer.authority.folder / "root.pem"))])
    [signature] = PdfFileReader(io.BytesIO(file.read())).embedded_signatures
    status = validate_pdf_signature(signature, trust)
    assert status.bottom_line and status.coverage.name == "ENTIRE_FILE"
    _account, stranger = an_owner("7324674")
    with pytest.raises(NotFound):
        documents.file_of(stranger, document.serial)


def test_it_is_told_on_the_timeline_in_the_trail_and_to_the_account(alis: Card) -> None:
    actor, opened = an_applicant()
    document = sign(actor, opened, alis)
    assert [event.kind for event in ApplicationEvent.select()] == ["started", "signed"]
    assert AuditEntry.get(AuditEntry.action == "declaration.signed").details == {"digest": document.digest}
    assert SecurityEvent.get(SecurityEvent.kind == "declaration-signed").account_id == actor.account


def test_nobody_verifies_it_by_a_code(alis: Card) -> None:
    actor, opened = an_applicant()
    assert documents.verify(sign(actor, opened, alis).code) is None


def test_what_was_submitted_names_the_signature(alis: Card) -> None:
    actor, opened = an_applicant()
    document = sign(actor, opened, alis)
    submitted = submission.submit(actor, opened.reference, submission.offer(opened).seal)
    frozen = submitted.row.frozen
    assert frozen["seal"] == submission.offer(opened).seal
    assert frozen["declaration"]["digest"] == document.digest
    assert frozen["declaration"]["by"] == cards.ALIS_NAME
    assert [row.serial for row in documents.of_application(submitted.row)] == [document.serial]


def test_without_a_card_it_is_submitted_as_ever() -> None:
    actor, opened = an_applicant()
    submitted = submission.submit(actor, opened.reference, submission.offer(opened).seal)
    assert submitted.row.frozen["declaration"] is None
    assert documents.of_application(submitted.row) == []


def test_drawing_again_changes_nothing() -> None:
    actor, opened = an_applicant()
    first = Declaration.get()
    declarations.begin(actor, opened.reference, submission.offer(opened).seal)
    declarations.draw({"serial": first.serial})
    assert Declaration.get().drawn == first.drawn
    assert not outbox.drain()


# --- It binds to what is submitted -----------------------------------------------------------------------------------------------


def test_another_answer_is_another_declaration(alis: Card) -> None:
    actor, opened = an_applicant()
    sign(actor, opened, alis)
    answer(actor, opened, "period", months="12")
    opened = applications.of(actor, opened.reference)
    assert declarations.current(actor, opened.reference) is None
    submitted = submission.submit(actor, opened.reference, submission.offer(opened).seal)
    assert submitted.row.frozen["declaration"] is None
    assert documents.of_application(submitted.row) == []


def test_an_answer_that_changes_no_price_is_another_declaration_too() -> None:
    _actor, opened = an_applicant()
    before = submission.offer(opened)
    opened.answers["remark"] = "told later"
    after = submission.offer(opened)
    assert after.quote == before.quote and after.seal != before.seal


def test_another_price_is_another_declaration(alis: Card) -> None:
    actor, opened = an_applicant()
    asked = prepared(actor, opened, alis).handed
    FeeRule.update(amount=Money.rials(30)).where(FeeRule.code == "chamber.first-year").execute()
    with pytest.raises(Conflict):
        declarations.sign(actor, opened.reference, asked.secret, alis.answer(asked.nonce), address=ADDRESS)
    with pytest.raises(Conflict):
        prepared(actor, opened, alis)
    assert not Document.select().exists()


def test_only_what_was_seen_is_drawn() -> None:
    _account, actor = an_owner()
    opened = an_answered_renewal(actor)
    with pytest.raises(Conflict):
        declarations.begin(actor, opened.reference, "0" * 64)
    assert not Declaration.select().exists()


def test_back_to_the_same_answers_the_signature_counts_again(alis: Card) -> None:
    actor, opened = an_applicant()
    document = sign(actor, opened, alis)
    seal = submission.offer(opened).seal
    submission.submit(actor, opened.reference, seal)
    reopened = applications.reopen(actor, opened.reference)
    assert documents.of_application(reopened.row) == []
    again = submission.submit(actor, opened.reference, seal)
    assert again.row.frozen["declaration"]["serial"] == document.serial


def test_once_submitted_nothing_is_signed(alis: Card) -> None:
    actor, opened = an_applicant()
    asked = prepared(actor, opened, alis).handed
    submission.submit(actor, opened.reference, submission.offer(opened).seal)
    with pytest.raises(Conflict):
        declarations.sign(actor, opened.reference, asked.secret, alis.answer(asked.nonce), address=ADDRESS)


def test_a_service_may_require_it(alis: Card) -> None:
    actor, opened = an_applicant()
    object.__setattr__(said := opened.service.declaration, "required", True)
    try:
        seal = submission.offer(opened).seal
        with pytest.raises(Refusal):
            submission.submit(actor, opened.reference, seal)
        sign(actor, opened, alis)
        assert submission.submit(actor, opened.reference, seal).row.frozen["declaration"]
    finally:
        object.__setattr__(said, "required", False)


def test_a_service_without_a_declaration_asks_for_none() -> None:
    _account, actor = an_owner()
    opened = applications.start(actor, "trial.parking")
    assert not declarations.offered(opened)
    with pytest.raises(NotFound):
        declarations.begin(actor, opened.reference, "")


# --- Refused, and recorded -------------------------------------------------------------------------------------------------------


def test_another_persons_card_is_refused_before_anything_is_signed(issuer: Issuer) -> None:
    actor, opened = an_applicant()
    with pytest.raises(Refusal) as refused:
        prepared(actor, opened, a_signing_card(issuer.authority, cards.SHAMSA, cards.SHAMSAS_NAME))
    assert refused.value.message == declarations.ANOTHERS
    assert why() == ["other-person"]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"digital_signature": True, "usage": "clientAuth"}, Reason.NOT_FOR_SIGNING),
        ({"policy": "2.999.968.1.2"}, Reason.WRONG_POLICY),
        ({"policy": "2.999.968.1.1"}, Reason.WRONG_POLICY),
        ({"not_before": now() - dt.timedelta(days=2), "not_after": now() - dt.timedelta(days=1)}, Reason.EXPIRED),
    ],
    ids=lambda value: value.value if isinstance(value, Reason) else "",
)
def test_a_certificate_that_may_not_sign_is_refused(issuer: Issuer, changes: dict[str, object], reason: Reason) -> None:
    actor, opened = an_applicant()
    with pytest.raises(Untrusted) as refused:
        prepared(actor, opened, a_signing_card(issuer.authority, **changes))
    assert refused.value.reason is reason
    assert why() == [reason.value]


def test_another_authoritys_certificate_is_refused(tmp_path: Path) -> None:
    actor, opened = an_applicant()
    with running_issuer(tmp_path / "other") as other, pytest.raises(Untrusted) as refused:
        prepared(actor, opened, a_signing_card(other.authority))
    assert refused.value.reason is Reason.UNKNOWN_ISSUER


def test_a_card_revoked_while_the_pin_is_typed_signs_nothing(issuer: Issuer, alis: Card) -> None:
    actor, opened = an_applicant()
    asked = prepared(actor, opened, alis).handed
    issuer.authority.revoke(serial(alis))
    outside.signers = cards.signers(issuer.authority.folder)  # the good answer of a moment ago has had its time
    with pytest.raises(Untrusted) as refused:
        declarations.sign(actor, opened.reference, asked.secret, alis.answer(asked.nonce), address=ADDRESS)
    assert refused.value.reason is Reason.REVOKED and why() == ["revoked"]
    assert not Document.select().exists()


def test_an_issuer_that_is_silent_is_told(issuer: Issuer, alis: Card) -> None:
    actor, opened = an_applicant()
    issuer.instead.update({"/ocsp": down, "/crl/issuing.crl": down})
    with pytest.raises(Untrusted) as refused:
        prepared(actor, opened, alis)
    assert refused.value.reason is Reason.REVOCATION_UNKNOWN


def test_a_portal_that_trusts_nobody_says_so(alis: Card) -> None:
    actor, opened = an_applicant()
    outside.signers = None
    with pytest.raises(Unavailable):
        prepared(actor, opened, alis)
    assert not declarations.offered(opened) and why() == []


def test_another_key_or_another_hash_is_not_a_signature(issuer: Issuer, alis: Card) -> None:
    actor, opened = an_applicant()
    other = a_signing_card(issuer.authority)
    for answered in (lambda nonce: other.answer(nonce), lambda _nonce: alis.answer(base64.b64encode(bytes(32)).decode())):
        asked = prepared(actor, opened, alis).handed
        with pytest.raises(Untrusted) as refused:
            declarations.sign(actor, opened.reference, asked.secret, answered(asked.nonce), address=ADDRESS)
        assert refused.value.reason is Reason.BAD_SIGNATURE
    assert why() == ["bad-signature"] * 2 and not Document.select().exists()


@pytest.mark.parametrize("sent", ["", "{}", "[" * 5000, json.dumps({"signature": 5, "x": "y" * 100}), "x" * 20_000])
def test_what_is_no_answer_is_refused(sent: str, alis: Card) -> None:
    actor, opened = an_applicant()
    asked = prepared(actor, opened, alis).handed
    with pytest.raises(Untrusted) as refused:
        declarations.sign(actor, opened.reference, asked.secret, sent, address=ADDRESS)
    assert refused.value.reason is Reason.MALFORMED
    with pytest.raises(Untrusted):
        declarations.prepare(actor, opened.reference, sent, address=ADDRESS)


# --- Once, by one browser --------------------------------------------------------------------------------------------------------


def over(actor: Actor, opened: Opened, asked: challenges.Handed, card: Card, secret: str | None = None) -> bool:
    with pytest.raises(Refusal) as refused:
        declarations.sign(actor, opened.reference, secret or asked.secret, card.answer(asked.nonce), address=ADDRESS)
    return refused.value.message == challenges.OVER


def test_a_preparation_serves_once(alis: Card) -> None:
    actor, opened = an_applicant()
    asked = prepared(actor, opened, alis).handed
    with pytest.raises(Untrusted):
        declarations.sign(actor, opened.reference, asked.secret, json.dumps({"signature": "AAAA" * 40}), address=ADDRESS)
    assert over(actor, opened, asked, alis)


def test_a_newer_preparation_voids_the_old(alis: Card) -> None:
    actor, opened = an_applicant()
    old, new = prepared(actor, opened, alis).handed, prepared(actor, opened, alis).handed
    assert over(actor, opened, old, alis)
    assert declarations.sign(actor, opened.reference, new.secret, alis.answer(new.nonce), address=ADDRESS)


def test_another_session_and_another_application_have_no_use_of_it(alis: Card) -> None:
    account, actor = an_owner()
    opened = drawn(actor)
    asked = prepared(actor, opened, alis).handed
    assert over(signed_in(account), opened, asked, alis)
    assert over(actor, opened, asked, alis, secret="made up")


def test_it_runs_out(alis: Card, clock: Clock) -> None:
    actor, opened = an_applicant()
    asked = prepared(actor, opened, alis).handed
    clock.forward(minutes=5, seconds=1)
    assert over(actor, opened, asked, alis)


def test_it_is_signed_once(alis: Card) -> None:
    actor, opened = an_applicant()
    sign(actor, opened, alis)
    with pytest.raises(Conflict):
        prepared(actor, opened, alis)
    assert Document.select().count() == 1


def test_before_it_is_drawn_nothing_is_signed(alis: Card) -> None:
    _account, actor = an_owner()
    opened = an_answered_renewal(actor)
    declarations.begin(actor, opened.reference, submission.offer(opened).seal)
    with pytest.raises(Conflict):
        prepared(actor, opened, alis)
    with pytest.raises(NotFound):
        declarations.paper(actor, opened.reference)


def test_a_passports_owner_has_no_card() -> None:
    account, actor = an_owner()
    opened = an_answered_renewal(actor)
    Account.update(identity_type="passport").where(Account.id == account.id).execute()
    with pytest.raises(Refusal) as refused:
        declarations.begin(actor, opened.reference, submission.offer(opened).seal)
    assert refused.value.message == declarations.NO_CIVIL_NUMBER


def test_with_a_closed_account_goes_what_was_signed_and_never_submitted(alis: Card) -> None:
    actor, opened = an_applicant()
    document = sign(actor, opened, alis)
    Account.update(closing_at=now() - dt.timedelta(minutes=1)).where(Account.id == actor.account).execute()
    closing.erase_due()
    assert not Document.select().exists() and not outside.storage.exists(document.digest)


# --- Sweeping up -----------------------------------------------------------------------------------------------------------------


def test_after_a_day_only_the_signed_file_is_kept_and_it_can_be_asked_for_again(alis: Card, clock: Clock) -> None:
    actor, opened = an_applicant()
    document = sign(actor, opened, alis)
    row = Declaration.get()
    declarations.forget()
    assert Declaration.select().exists()
    clock.forward(days=1, minutes=1)
    declarations.forget()
    assert not Declaration.select().exists()
    for gone in (row.drawn, row.prepared["pdf"]):
        with pytest.raises(Missing):
            outside.storage.open(gone)
    assert outside.storage.exists(document.digest)
    assert catalogue.services[opened.service.code].declaration == Wanted(opened.service.declaration.says)
