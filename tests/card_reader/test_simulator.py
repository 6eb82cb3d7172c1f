"""The virtual card as a program: what `make card` uses, and what its certificates say."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

from card_reader.piv import Slot
from card_reader.reader import Readers
from card_reader.simulator import folder
from card_reader.simulator.__main__ import main
from card_reader.simulator.citizen import Citizen, TestAuthority
from tests.card_reader.watching import log_in, seen
from tests.support.card import VirtualReader, until
from tests.support.processes import ROOT, free_port, stop


def run(*command: str, result: int = 0) -> str:
    done = subprocess.run([sys.executable, "-m", *command], capture_output=True, text=True, cwd=ROOT, timeout=60)
    assert done.returncode == result, done.stdout + done.stderr
    return done.stdout + done.stderr


@contextmanager
def inserted(data: Path, port: int, *options: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "card_reader.simulator", "insert", "--data", str(data), "--port", str(port), *options]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True)
    try:
        yield process
    finally:
        stop(process)
        process.stdout.close()


def test_a_card_is_made_put_in_and_logs_in(readers: Readers, slots: VirtualReader, tmp_path: Path):
    run("card_reader.simulator", "make", "--data", str(tmp_path), "--civil-number", "7324674", "--key", "P-384")
    assert (tmp_path / "9a.key").stat().st_mode & 0o077 == 0
    with inserted(tmp_path, slots.port, "--independent", "--packed"):
        seen(readers, "card", "empty")
        with readers.open() as asked:
            certificate = asked.certificate()
            assert (asked.algorithm(), asked.tries()) == ("ES384", 5)
        log_in(readers)
    authority = x509.load_pem_x509_certificate((tmp_path / "authority.pem").read_bytes())
    certificate.verify_directly_issued_by(authority)
    assert certificate.subject.get_attributes_for_oid(NameOID.SERIAL_NUMBER)[0].value == "PNOOM-7324674"
    seen(readers, "empty", "empty")


def test_the_demo_authority_certifies_a_card_that_stays_the_same(tmp_path: Path):
    data, authority = tmp_path / "card", tmp_path / "authority"
    run("card_reader.simulator", "request", "--data", str(data))
    before = (data / "9a.key").read_bytes()
    run("sandbox.authority", "issue", "--data", str(authority), str(data / "9a.request.pem"), "--out", str(data / "9a.pem"))
    signing = ("--out", str(data / "9c.pem"), "--signing")
    run("sandbox.authority", "issue", "--data", str(authority), str(data / "9c.request.pem"), *signing)
    run("card_reader.simulator", "request", "--data", str(data))
    assert (data / "9a.key").read_bytes() == before

    issuing = x509.load_pem_x509_certificate((authority / "issuing.pem").read_bytes())
    virtual = folder.card(data)
    for slot, usage in ((Slot.AUTHENTICATION, "digital_signature"), (Slot.SIGNATURE, "content_commitment")):
        certificate = x509.load_pem_x509_certificate((data / f"{slot.value:x}.pem").read_bytes())
        certificate.verify_directly_issued_by(issuing)
        assert certificate.public_key() == virtual.keys[slot.value].public_key()
        assert getattr(certificate.extensions.get_extension_for_class(x509.KeyUsage).value, usage)
        assert (authority / "issued" / f"{certificate.serial_number:x}.pem").exists(), "its OCSP knows it"


def test_the_demo_authority_refuses_a_request_for_somebody_elses_key(tmp_path: Path):
    folder.prepare(tmp_path, Citizen(), "P-256")
    pem = x509.load_pem_x509_csr((tmp_path / "9a.request.pem").read_bytes())
    broken = bytearray(pem.public_bytes(encoding=folder.serialization.Encoding.DER))
    broken[-1] ^= 1
    bad = x509.load_der_x509_csr(bytes(broken)).public_bytes(folder.serialization.Encoding.PEM)
    (tmp_path / "bad.pem").write_bytes(bad)
    command = ("issue", "--data", str(tmp_path / "ca"), str(tmp_path / "bad.pem"), "--out", str(tmp_path / "out.pem"))
    assert "not signed" in run("sandbox.authority", *command, result=1)
    assert not (tmp_path / "out.pem").exists()
    with pytest.raises(ValueError, match="not signed"):
        TestAuthority().answer(x509.load_pem_x509_csr(bad))


def test_what_the_test_authority_certifies(tmp_path: Path):
    folder.prepare(tmp_path, Citizen("12345678", "سالم", "البلوشي"), "P-256")
    folder.certify(tmp_path, TestAuthority(policy="2.999.1", ocsp="http://localhost:1/ocsp", crl="http://localhost:1/a.crl"))
    certificate = x509.load_pem_x509_certificate((tmp_path / "9a.pem").read_bytes())
    said = {each.oid: each.value for each in certificate.subject}
    assert said[NameOID.SERIAL_NUMBER] == "PNOOM-12345678"
    assert (said[NameOID.COMMON_NAME], said[NameOID.GIVEN_NAME], said[NameOID.SURNAME]) == ("سالم البلوشي", "سالم", "البلوشي")
    of = {type(each.value): each.value for each in certificate.extensions}
    assert of[x509.KeyUsage].digital_signature
    assert not of[x509.KeyUsage].content_commitment
    assert list(of[x509.ExtendedKeyUsage]) == [ExtendedKeyUsageOID.CLIENT_AUTH]
    assert [each.policy_identifier.dotted_string for each in of[x509.CertificatePolicies]] == ["2.999.1"]
    (place,) = of[x509.AuthorityInformationAccess]
    assert (place.access_method, place.access_location.value) == (AuthorityInformationAccessOID.OCSP, "http://localhost:1/ocsp")
    assert of[x509.CRLDistributionPoints][0].full_name[0].value == "http://localhost:1/a.crl"


def test_without_a_reader_the_program_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("card_reader.simulator.__main__.PATIENCE", 0.1)
    assert main(["insert", "--data", str(tmp_path), "--port", str(free_port())]) == 2


def test_a_reader_of_its_own_ends_with_the_program(tmp_path: Path):
    port = free_port(2)
    command = [sys.executable, "-m", "card_reader.simulator", "reader", "--data", str(tmp_path), "--port", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True)
    try:
        assert process.stdout.readline().strip() == f"PCSCLITE_CSOCK_NAME={tmp_path / 'socket'}"
        until(lambda: listens(port))
        process.terminate()  # it alone, not those it started
        process.wait(10)
        assert not listens(port)
    finally:
        stop(process)
        process.stdout.close()


def listens(port: int) -> bool:
    with socket.socket() as door:
        return door.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.parametrize("command", ["make", "request", "insert", "reader"])
def test_each_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    assert "--data" in capsys.readouterr().out


def test_the_program_stands_alone(tmp_path: Path):
    """Without the portal beside it."""
    (tmp_path / "card_reader").symlink_to(ROOT / "card_reader")
    ask = "import sys; sys.path.insert(0, '.'); import card_reader.reader, card_reader.simulator.__main__"
    done = subprocess.run([sys.executable, "-P", "-c", ask], cwd=tmp_path, capture_output=True, text=True, env=dict(os.environ))
    assert done.returncode == 0, done.stderr
