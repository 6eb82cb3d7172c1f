"""A person's card signs a PDF by its hash alone: validators agree, and what was not signed is not taken."""

import base64
import datetime as dt
import io
import json
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from pyhanko.keys import load_cert_from_pemder
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import PdfSignatureStatus
from pyhanko_certvalidator import ValidationContext

from gateways.certificates import Reason, Untrusted
from gateways.pdf.card_signature import CardSignature
from gateways.pdf.prepared import Prepared
from gateways.pdf.xhtml import XhtmlRenderer
from sandbox.authority.authority import Authority
from tests.support.cards import Card, a_signing_card

NOW = dt.datetime.now(dt.UTC).replace(microsecond=0)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"), "http://localhost:1")


@pytest.fixture(scope="module")
def place(authority: Authority) -> CardSignature:
    return CardSignature([authority.folder / "issuing.pem"])


@pytest.fixture(scope="module")
def paper(renderer: XhtmlRenderer) -> bytes:
    return renderer.render("<html><body><p>I declare that this is true.</p></body></html>", created=NOW)


@pytest.fixture(scope="module")
def card(authority: Authority) -> Card:
    return a_signing_card(authority)


@pytest.fixture(scope="module")
def prepared(place: CardSignature, paper: bytes, card: Card) -> Prepared:
    return place.prepare(paper, card.certificate, reason="Declaration", at=NOW)


@pytest.fixture(scope="module")
def signed(place: CardSignature, prepared: Prepared, card: Card) -> bytes:
    return place.complete(prepared, by(card, prepared))


def by(card: Card, prepared: Prepared) -> bytes:
    answer = card.answer(base64.b64encode(prepared.hash).decode())
    return base64.b64decode(json.loads(answer)["signature"])


def check(pdf: bytes, authority: Authority) -> PdfSignatureStatus:
    trust = ValidationContext(trust_roots=[load_cert_from_pemder(str(authority.folder / "root.pem"))])
    [signature] = PdfFileReader(io.BytesIO(pdf), strict=False).embedded_signatures
    return validate_pdf_signature(signature, trust)


@pytest.mark.parametrize("algorithm", ["ES256", "ES384", "RS256"])
def test_the_signature_is_valid_trusted_and_covers_the_whole_file(
    algorithm: str, authority: Authority, place: CardSignature, paper: bytes
) -> None:
    card = a_signing_card(authority, algorithm=algorithm)
    prepared = place.prepare(paper, card.certificate, reason="Declaration", at=NOW)
    status = check(place.complete(prepared, by(card, prepared)), authority)
    assert prepared.algorithm == algorithm
    assert status.bottom_line, status.pretty_print_details()
    assert status.coverage.name == "ENTIRE_FILE"
    assert status.signer_reported_dt == NOW


def test_it_is_pades_names_its_certificate_and_brings_the_chain(signed: bytes) -> None:
    [signature] = PdfFileReader(io.BytesIO(signed)).embedded_signatures
    assert signature.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    assert signature.docmdp_level.name == "NO_CHANGES"
    attributes = {attribute["type"].native for attribute in signature.signer_info["signed_attrs"]}
    assert {"message_digest", "signing_certificate_v2"} <= attributes
    assert [issuer.subject.native["common_name"] for issuer in signature.other_embedded_certs] == ["Bawaba Demo Issuing CA"]


def test_poppler_agrees(signed: bytes, tmp_path: Path) -> None:
    (tmp_path / "signed.pdf").write_bytes(signed)
    said = subprocess.run(["pdfsig", "-nocert", "signed.pdf"], cwd=tmp_path, capture_output=True, text=True, timeout=30).stdout
    assert "Signature is Valid." in said
    assert "Total document signed" in said
    assert "Ali Said Al Jahdhami" in said


def test_one_changed_byte_or_an_addition_breaks_it(signed: bytes, authority: Authority) -> None:
    changed = bytearray(signed)
    changed[changed.index(b"/Reason") + 10] ^= 1
    assert not check(bytes(changed), authority).bottom_line
    writer = IncrementalPdfFileWriter(io.BytesIO(signed))
    writer.root["/Added"] = writer.root["/Type"]
    writer.update_root()
    added = io.BytesIO()
    writer.write(added)
    assert not check(added.getvalue(), authority).bottom_line


def refused(place: CardSignature, prepared: Prepared, signature: bytes) -> bool:
    with pytest.raises(Untrusted) as refusal:
        place.complete(prepared, signature)
    return refusal.value.reason is Reason.BAD_SIGNATURE


def test_a_signature_over_other_bytes_is_refused(place: CardSignature, prepared: Prepared, paper: bytes, card: Card) -> None:
    other = place.prepare(paper, card.certificate, reason="Another", at=NOW)
    assert refused(place, prepared, by(card, other))
    assert refused(place, prepared, b"")


def test_another_cards_signature_is_refused(place: CardSignature, prepared: Prepared, authority: Authority) -> None:
    assert refused(place, prepared, by(a_signing_card(authority), prepared))


@pytest.mark.parametrize("where", ["before", "after"])
def test_a_document_changed_since_it_was_prepared_is_refused(
    where: str, place: CardSignature, prepared: Prepared, card: Card
) -> None:
    changed = bytearray(prepared.pdf)
    changed[10 if where == "before" else prepared.room[1] + 10] ^= 1
    assert refused(place, replace(prepared, pdf=bytes(changed)), by(card, prepared))


def test_what_is_prepared_outlives_the_request(
    place: CardSignature, prepared: Prepared, card: Card, authority: Authority
) -> None:
    thawed = Prepared.thaw(json.loads(json.dumps(prepared.frozen())), prepared.pdf)
    assert thawed == prepared
    assert check(place.complete(thawed, by(card, thawed)), authority).bottom_line


def test_the_card_is_never_asked_to_sign_the_same_twice(place: CardSignature, paper: bytes, card: Card) -> None:
    hashes = {place.prepare(paper, card.certificate, reason="Declaration", at=NOW).hash for _time in range(2)}
    assert len(hashes) == 2


def test_what_is_no_certificate_is_refused(place: CardSignature, paper: bytes) -> None:
    with pytest.raises(Untrusted) as refusal:
        place.prepare(paper, b"not a certificate", reason="Declaration", at=NOW)
    assert refusal.value.reason is Reason.MALFORMED
