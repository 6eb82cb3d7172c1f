"""Documents: fixed with the decision, drawn and sealed once, verified by anyone, downloaded by their owner."""

import datetime as dt
import io

import pypdf
import pytest
from asn1crypto.x509 import Certificate
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from engine import numbering
from engine.actor import Actor
from engine.errors import NotFound
from gateways.pdf import qr
from models import Document, RegisterRecord
from operations import applications, documents, outbox, registers
from operations.now import set_business_day
from operations.outside import outside
from tests.support.renewals import a_submitted_renewal, an_owner

pytestmark = pytest.mark.usefixtures("rules")
MANUAL_DAY = dt.date(2018, 3, 19)


def a_paid_renewal(months: int = 24) -> tuple[Actor, Document]:
    set_business_day(MANUAL_DAY)
    _account, actor = an_owner()
    opened = a_submitted_renewal(actor, months)
    applications.paid(applications.lock(actor, opened.reference))
    return actor, Document.get(Document.kind == "certificate")


def test_the_certificate_says_what_the_manual_prints() -> None:
    _actor, document = a_paid_renewal()
    rows = {row["label"]["en"]: (row["value"]["en"], row["value"]["ar"]) for row in document.content["rows"]}
    assert document.content["named"] == {"en": "promising projects", "ar": "المشاريع الواعدة"}
    assert rows == {
        "CR No": ("1229237", "١٢٢٩٢٣٧"),
        "Registered in the grade": ("Fourth", "الرابعة"),
        "OCCI No": ("91868", "٩١٨٦٨"),
        "Date of issue": ("19 March 2018", "١٩ مارس ٢٠١٨"),
        "Date of expiry": ("19 March 2020", "١٩ مارس ٢٠٢٠"),
        "Head office": ("Muscat Governorate", "محافظة مسقط"),
    }


def test_it_is_verifiable_before_its_file_is_drawn() -> None:
    actor, document = a_paid_renewal()
    found = documents.verify(document.code)
    assert found and found.state == "valid"
    assert documents.file_of(actor, document.serial)[1] is None


def test_the_queue_draws_and_seals_it_once() -> None:
    actor, document = a_paid_renewal()
    assert outbox.drain()
    drawn = Document.get_by_id(document.id)
    documents.draw({"serial": document.serial})
    assert Document.get_by_id(document.id).digest == drawn.digest
    _row, file = documents.file_of(actor, document.serial)
    assert file
    content = file.read()
    text = pypdf.PdfReader(io.BytesIO(content)).pages[0].extract_text()
    assert "promising projects" in text and document.serial in text and numbering.grouped(document.code) in text
    signature = PdfFileReader(io.BytesIO(content)).embedded_signatures[0]
    sealed_by = Certificate.load(outside.seal.certificate.public_bytes(Encoding.DER))
    assert validate_pdf_signature(signature, ValidationContext(trust_roots=[sealed_by])).intact


def test_the_square_code_leads_to_the_verification_page_and_proves_itself_offline() -> None:
    _actor, document = a_paid_renewal()
    address, _hash, signed = documents._signed_link(document).partition("#")
    assert address == f"{outside.portal_url}/verify/{document.code}"
    payload = qr.verify_payload(signed, outside.seal.certificate)
    assert (payload.code, payload.expires) == (document.code, dt.date(2020, 3, 19))


def test_it_expires_by_its_printed_date() -> None:
    _actor, document = a_paid_renewal()
    set_business_day(dt.date(2020, 3, 19))
    assert documents.verify(document.code).state == "valid"  # type: ignore[union-attr]
    set_business_day(dt.date(2020, 3, 20))
    assert documents.verify(document.code).state == "expired"  # type: ignore[union-attr]


def test_a_newer_certificate_of_the_same_membership_replaces_it() -> None:
    actor, first = a_paid_renewal(12)
    opened = a_submitted_renewal(actor, 12)
    applications.paid(applications.lock(actor, opened.reference))
    replaced = documents.verify(first.code)
    assert replaced and replaced.state == "replaced" and replaced.changed_at
    newest = Document.select().order_by(Document.id.desc()).get()
    assert documents.verify(newest.code).state == "valid"  # type: ignore[union-attr]
    assert newest.valid_until == dt.date(2020, 3, 19)


def test_unknown_codes_and_other_peoples_documents_look_alike() -> None:
    _actor, document = a_paid_renewal()
    assert documents.verify("000000000000") is None
    _account, stranger = an_owner("7324674")
    for somebody in (stranger, Actor()):
        with pytest.raises(NotFound):
            documents.file_of(somebody, document.serial)
    with pytest.raises(NotFound):
        documents.file_of(stranger, "D-2018-999999")


def test_the_register_says_what_was_paid_for() -> None:
    a_paid_renewal()
    member = registers.find("chamber.memberships", "91868")
    assert member and member.expires == dt.date(2020, 3, 19)


def test_a_register_that_moved_on_is_not_overwritten_and_a_person_looks() -> None:
    set_business_day(MANUAL_DAY)
    _account, actor = an_owner()
    opened = a_submitted_renewal(actor)
    row = RegisterRecord.get(RegisterRecord.number == "91868")
    row.data = {**row.data, "expires": "2030-01-01"}
    row.save()
    applications.paid(applications.lock(actor, opened.reference))
    assert applications.of(actor, opened.reference).state == "in-review"
    assert RegisterRecord.get_by_id(row.id).data["expires"] == "2030-01-01"
    assert not Document.select().exists()
