"""The seal holds: validators agree, and one changed byte breaks it."""

import io
import stat
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509 import CertificateBuilder, Name, random_serial_number
from pyhanko.keys import load_cert_from_pemder
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import PdfSignatureStatus
from pyhanko_certvalidator import ValidationContext

from gateways.pdf.development_seal import SealFiles, make_development_seal
from gateways.pdf.seal import Seal

NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture(scope="module")
def signed(seal: Seal, drawn: Callable[[str], bytes]) -> bytes:
    return seal.sign(drawn("receipt_short"), reason="Issued by the portal", signed_at=NOW)


def check(pdf: bytes, files: SealFiles) -> PdfSignatureStatus:
    trust = ValidationContext(trust_roots=[load_cert_from_pemder(str(files.authority))])
    [signature] = PdfFileReader(io.BytesIO(pdf), strict=False).embedded_signatures
    return validate_pdf_signature(signature, trust)


def test_the_signature_is_valid_trusted_and_covers_the_whole_file(signed: bytes, seal_files: SealFiles) -> None:
    status = check(signed, seal_files)
    assert status.bottom_line, status.pretty_print_details()
    assert status.coverage.name == "ENTIRE_FILE"
    assert status.signer_reported_dt == NOW


def test_it_is_a_pades_certification_that_allows_no_change(signed: bytes) -> None:
    [signature] = PdfFileReader(io.BytesIO(signed)).embedded_signatures
    assert signature.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    assert signature.sig_object["/Reason"] == "Issued by the portal"
    assert signature.docmdp_level.name == "NO_CHANGES"
    assert [authority.subject.native["common_name"] for authority in signature.other_embedded_certs] == [
        "Bawaba development authority"
    ]


def test_poppler_agrees(signed: bytes, tmp_path: Path) -> None:
    (tmp_path / "signed.pdf").write_bytes(signed)
    said = subprocess.run(["pdfsig", "-nocert", "signed.pdf"], cwd=tmp_path, capture_output=True, text=True, timeout=30).stdout
    assert "Signature is Valid." in said
    assert "Total document signed" in said
    assert "ETSI.CAdES.detached" in said


@pytest.mark.parametrize("place", [0.1, 0.4, 0.6])
def test_one_changed_byte_breaks_it(signed: bytes, drawn: Callable[[str], bytes], seal_files: SealFiles, place: float) -> None:
    changed = bytearray(signed)
    changed[int(len(drawn("receipt_short")) * place)] ^= 1
    try:
        assert not check(bytes(changed), seal_files).bottom_line
    except Exception as unreadable:  # a byte of the structure: then it is not even a document
        assert "Pdf" in type(unreadable).__name__


def test_even_an_addition_breaks_it(signed: bytes, seal_files: SealFiles) -> None:
    writer = IncrementalPdfFileWriter(io.BytesIO(signed))
    writer.root["/Added"] = writer.root["/Type"]
    writer.update_root()
    added = io.BytesIO()
    writer.write(added)
    assert not check(added.getvalue(), seal_files).bottom_line


def test_another_authority_does_not_vouch_for_it(signed: bytes, tmp_path: Path) -> None:
    assert not check(signed, make_development_seal(tmp_path / "other")).trusted


def test_the_development_seal_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    files = make_development_seal(tmp_path / "seal")
    before = [path.read_bytes() for path in files]
    assert make_development_seal(tmp_path / "seal") == files
    assert [path.read_bytes() for path in files] == before
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}


def test_an_interrupted_making_is_made_again(tmp_path: Path) -> None:
    (tmp_path / "seal.key").write_text("half a k")
    files = make_development_seal(tmp_path)
    assert Seal.from_files(files.key, files.certificate, [files.authority]).certificate


def test_what_is_not_a_key_is_refused(tmp_path: Path, seal_files: SealFiles) -> None:
    (tmp_path / "broken.key").write_text("not a key")
    with pytest.raises(ValueError, match=r"broken\.key"):
        Seal.from_files(tmp_path / "broken.key", seal_files.certificate)


@pytest.mark.parametrize(
    "key", [ec.generate_private_key(ec.SECP384R1()), rsa.generate_private_key(65537, 2048)], ids=["P-384", "RSA"]
)
def test_a_key_of_another_kind_is_refused(tmp_path: Path, key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> None:
    certificate = (
        CertificateBuilder(Name([]), Name([]), key.public_key(), random_serial_number(), NOW, NOW + timedelta(days=1))
    ).sign(key, hashes.SHA256())
    pem = serialization.Encoding.PEM
    (tmp_path / "key").write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    (tmp_path / "crt").write_bytes(certificate.public_bytes(pem))
    with pytest.raises(ValueError, match="P-256"):
        Seal.from_files(tmp_path / "key", tmp_path / "crt")
