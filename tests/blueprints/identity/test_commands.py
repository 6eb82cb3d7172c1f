"""flask identity explain: says check by check why a certificate is or is not accepted."""

from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from flask import Flask

from operations.outside import outside
from sandbox.authority.authority import Authority
from tests.support.cards import Card, a_card, a_signing_card, serial, signers


def explained(portal: Flask, certificate: bytes, folder: Path, *options: str) -> tuple[int, str]:
    file = folder / "certificate.pem"
    file.write_bytes(certificate)
    done = portal.test_cli_runner().invoke(args=["identity", "explain", str(file), *options])
    return done.exit_code, done.output


def pem(card: Card) -> bytes:
    return x509.load_der_x509_certificate(card.certificate).public_bytes(Encoding.PEM)


def marks(output: str) -> str:
    return "".join(line[0] for line in output.splitlines() if line[:1] in "✓✗")


def test_a_good_card_passes_every_check(portal: Flask, alis: Card, tmp_path: Path) -> None:
    code, said = explained(portal, pem(alis), tmp_path)
    assert (code, marks(said)) == (0, "✓" * 8)
    assert "accepted · مقبولة" in said and "2.999.968.1.2" in said and "digitalSignature, clientAuth" in said


def test_der_is_read_too(portal: Flask, alis: Card, tmp_path: Path) -> None:
    assert explained(portal, alis.certificate, tmp_path)[0] == 0


FAULTS = {
    "usage": ({"usage": "emailProtection"}, "✓✗✓✓✓✓✓✗", "not made for logging in"),
    "policy": ({"policy": "2.999.1"}, "✓✓✗✓✓✓✓✗", "kind of certificate is not accepted"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_named_and_the_other_checks_go_on(fault: str, portal: Flask, authority: Authority, tmp_path: Path) -> None:
    changes, found, words = FAULTS[fault]
    code, said = explained(portal, pem(a_card(authority, **changes)), tmp_path)
    assert (code, marks(said)) == (1, found) and words in said


def test_a_revoked_card_is_said_to_be_revoked(portal: Flask, authority: Authority, tmp_path: Path) -> None:
    card = a_card(authority)
    authority.revoke(serial(card))
    code, said = explained(portal, pem(card), tmp_path)
    assert (code, marks(said)) == (1, "✓✓✓✓✓✗✓✗") and "has been cancelled" in said


def test_nobody_is_asked_about_a_strangers_certificate(portal: Flask, tmp_path: Path) -> None:
    stranger = Authority(tmp_path / "stranger", "http://127.0.0.1:1")
    code, said = explained(portal, pem(a_card(stranger)), tmp_path)
    assert (code, marks(said)) == (1, "✓✓✓✓✗✓✗") and "revoked" not in said


def test_what_is_no_certificate_is_said_to_be_none(portal: Flask, tmp_path: Path) -> None:
    for content in (b"nonsense", b"-----BEGIN CERTIFICATE-----\nno\n-----END CERTIFICATE-----\n"):
        code, said = explained(portal, content, tmp_path)
        assert (code, marks(said)) == (1, "✗✗")


def test_a_sims_certificate_is_judged_by_the_rules_for_sims(portal: Flask, authority: Authority, tmp_path: Path) -> None:
    sim = pem(a_card(authority, policy="2.999.968.1.1"))
    assert explained(portal, sim, tmp_path)[0] == 1
    assert explained(portal, sim, tmp_path, "--mobile-id")[0] == 0


def test_without_trust_it_says_what_is_missing(portal: Flask, alis: Card, tmp_path: Path) -> None:
    outside.cards = None
    code, said = explained(portal, pem(alis), tmp_path)
    assert code == 1 and "No card is accepted here yet" in said


def test_the_rules_for_signing_documents_can_be_asked_for(portal: Flask, authority: Authority, tmp_path: Path) -> None:
    outside.signers = signers(authority.folder)
    signing = a_signing_card(authority)
    code, said = explained(portal, pem(signing), tmp_path, "--signing")
    assert (code, marks(said)) == (0, "✓" * 8) and "contentCommitment" in said
    assert explained(portal, pem(signing), tmp_path)[0] == 1
    assert explained(portal, pem(a_card(authority)), tmp_path, "--signing")[0] == 1
