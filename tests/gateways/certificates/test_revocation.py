"""Revoked is revoked, unknown is refused, and what an issuer says is believed only when it is his, fresh and meant for us."""

import datetime as dt
from collections.abc import Callable

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.x509 import ocsp
from flask import Response

from gateways.certificates import CertificateValidator, Reason, Revocation, Source, Untrusted
from tests.gateways.certificates.conftest import MakeValidator
from tests.gateways.certificates.issuer import Answer, Issuer, down, only, serial

SECOND, MINUTE, HOUR = dt.timedelta(seconds=1), dt.timedelta(minutes=1), dt.timedelta(hours=1)
OCSP_ALONE = Revocation(source=Source.OCSP)
LISTS_ALONE = Revocation(source=Source.CRL)


def outcome(validator: CertificateValidator, certificate: bytes, at: dt.datetime) -> Reason | None:
    try:
        validator.person(certificate, at=at)
    except Untrusted as refusal:
        return refusal.reason
    return None


@pytest.mark.parametrize("source", list(Source))
def test_revoked_is_revoked_whomever_we_ask(source: Source, issuer: Issuer, trusting: MakeValidator, now: dt.datetime) -> None:
    good, bad = issuer.certificate("1"), issuer.certificate("2")
    issuer.authority.revoke(serial(bad))
    validator = trusting(revocation=Revocation(source=source))
    assert outcome(validator, good, now) is None
    assert outcome(validator, bad, now) is Reason.REVOKED


@pytest.mark.parametrize("settings", [OCSP_ALONE, LISTS_ALONE])
def test_an_issuer_whose_clock_runs_ahead_still_revokes_now(
    settings: Revocation, issuer: Issuer, trusting: MakeValidator, now: dt.datetime
) -> None:
    certificate = issuer.certificate()
    issuer.authority.revoke(serial(certificate), at=now + 30 * SECOND)
    assert outcome(trusting(revocation=settings), certificate, now) is Reason.REVOKED


def test_a_revoked_intermediate_takes_its_certificates_along(issuer: Issuer, trusting: MakeValidator, now: dt.datetime) -> None:
    issuer.authority.revoke(issuer.authority.issuing.certificate.serial_number)
    assert outcome(trusting(), issuer.certificate(), now) is Reason.REVOKED


def test_an_intermediate_nobody_can_ask_about_is_refused(issuer: Issuer, trusting: MakeValidator, now: dt.datetime) -> None:
    issuer.instead["/crl/root.crl"] = down
    assert outcome(trusting(), issuer.certificate(), now) is Reason.REVOCATION_UNKNOWN


def test_the_list_stands_in_for_ocsp(issuer: Issuer, trusting: MakeValidator, now: dt.datetime) -> None:
    good, bad = issuer.certificate("1"), issuer.certificate("2")
    issuer.authority.revoke(serial(bad))
    issuer.instead["/ocsp"] = down
    assert outcome(trusting(), good, now) is None
    assert outcome(trusting(), bad, now) is Reason.REVOKED
    assert only(issuer.asked, "issuing.crl")


def test_when_nobody_answers_it_is_refused_and_told_plainly(issuer: Issuer, trusting: MakeValidator, now: dt.datetime) -> None:
    issuer.instead = {"/ocsp": down, "/crl/issuing.crl": down}
    with pytest.raises(Untrusted) as caught:
        trusting().person(issuer.certificate(), at=now)
    assert caught.value.reason is Reason.REVOCATION_UNKNOWN
    assert "try again" in str(caught.value.message)


def test_an_address_that_nobody_listens_on_is_no_answer(issuer: Issuer, trusting: MakeValidator, now: dt.datetime) -> None:
    issuer.authority.url = "http://127.0.0.1:1"
    assert outcome(trusting(), issuer.certificate(), now) is Reason.REVOCATION_UNKNOWN


def test_both_means_both(issuer: Issuer, trusting: MakeValidator, now: dt.datetime) -> None:
    both = Revocation(source=Source.OCSP_AND_CRL)
    for silent in ("/ocsp", "/crl/issuing.crl"):
        issuer.instead = {silent: down}
        assert outcome(trusting(revocation=both), issuer.certificate(), now) is Reason.REVOCATION_UNKNOWN


def test_a_certificate_the_issuer_never_issued_is_refused(issuer: Issuer, trusting: MakeValidator, now: dt.datetime) -> None:
    certificate = issuer.certificate()
    (issuer.authority.folder / "issued" / f"{serial(certificate):x}.pem").unlink()
    assert outcome(trusting(revocation=OCSP_ALONE), certificate, now) is Reason.REVOCATION_UNKNOWN


# --- OCSP answers that are not to be believed ---


def without_nonce(issuer: Issuer) -> Answer:
    return lambda question: _answered(issuer, _question(question, nonce=None))


def with_anothers_nonce(issuer: Issuer) -> Answer:
    return lambda question: _answered(issuer, _question(question, nonce=b"somebody else's."))


def about_another(issuer: Issuer) -> Answer:
    other = serial(issuer.certificate("99"))
    return lambda question: _answered(issuer, _question(question, serial_number=other))


def with_a_broken_signature(issuer: Issuer) -> Answer:
    def answer(question: bytes) -> Response:
        honest = issuer.authority.answer(question)
        signature = ocsp.load_der_ocsp_response(honest).signature
        broken = signature[:-1] + bytes([signature[-1] ^ 1])
        return _ocsp(honest.replace(signature, broken))

    return answer


def of_endless_length(issuer: Issuer) -> Answer:
    return lambda question: _ocsp(issuer.authority.answer(question) + bytes(70_000))


def somewhere_else(issuer: Issuer) -> Answer:
    return lambda question: Response("", 302, {"Location": f"{issuer.authority.url}/elsewhere"})


def with_an_error(issuer: Issuer) -> Answer:
    return lambda question: Response(issuer.authority.answer(question), 500)


def nonsense(issuer: Issuer) -> Answer:
    return lambda question: _ocsp(b"nonsense")


@pytest.mark.parametrize(
    "misbehaving",
    [
        without_nonce,
        with_anothers_nonce,
        about_another,
        with_a_broken_signature,
        of_endless_length,
        somewhere_else,
        with_an_error,
        nonsense,
    ],
)
def test_an_ocsp_answer_is_believed_only_when_it_is_the_issuers_for_us(
    misbehaving: Callable[[Issuer], Answer], issuer: Issuer, trusting: MakeValidator, now: dt.datetime
) -> None:
    certificate = issuer.certificate()
    validator = trusting(revocation=OCSP_ALONE)
    issuer.instead["/ocsp"] = misbehaving(issuer)
    assert outcome(validator, certificate, now) is Reason.REVOCATION_UNKNOWN
    assert "/elsewhere" not in issuer.asked
    issuer.instead.clear()
    assert outcome(validator, certificate, now) is None, "a bad answer is not remembered"


def test_an_old_ocsp_answer_is_no_answer(issuer: Issuer, trusting: MakeValidator, now: dt.datetime) -> None:
    certificate, later = issuer.certificate(), now + 5 * MINUTE
    strict = Revocation(source=Source.OCSP, oldest_ocsp=2 * MINUTE)
    assert outcome(trusting(revocation=strict), certificate, later) is Reason.REVOCATION_UNKNOWN
    assert outcome(trusting(revocation=OCSP_ALONE), certificate, later) is None


def test_an_issuer_that_signs_in_advance_may_leave_the_nonce_out(
    issuer: Issuer, trusting: MakeValidator, now: dt.datetime
) -> None:
    issuer.instead["/ocsp"] = without_nonce(issuer)
    assert outcome(trusting(revocation=Revocation(source=Source.OCSP, nonce=False)), issuer.certificate(), now) is None


def test_a_list_past_its_next_update_is_no_answer(issuer: Issuer, trusting: MakeValidator, now: dt.datetime) -> None:
    assert outcome(trusting(revocation=LISTS_ALONE), issuer.certificate(), now + 2 * HOUR) is Reason.REVOCATION_UNKNOWN


# --- Remembering ---


def test_an_issuer_is_asked_once_while_the_answer_is_fresh(issuer: Issuer, trusting: MakeValidator, now: dt.datetime) -> None:
    validator, certificate = trusting(), issuer.certificate()
    for _ in range(3):
        validator.person(certificate, at=now)
    assert len(only(issuer.asked, "/ocsp")) == len(only(issuer.asked, "root.crl")) == 1


def test_a_revocation_is_noticed_once_the_answer_has_had_its_time(
    issuer: Issuer, trusting: MakeValidator, now: dt.datetime
) -> None:
    validator, certificate = trusting(), issuer.certificate()
    assert outcome(validator, certificate, now) is None
    issuer.authority.revoke(serial(certificate))
    assert outcome(validator, certificate, now + MINUTE) is None
    assert outcome(validator, certificate, now + 2 * MINUTE) is Reason.REVOKED


def test_one_persons_answer_is_not_anothers(issuer: Issuer, trusting: MakeValidator, now: dt.datetime) -> None:
    validator, bad = trusting(revocation=OCSP_ALONE), issuer.certificate("2")
    issuer.authority.revoke(serial(bad))
    assert outcome(validator, issuer.certificate("1"), now) is None
    assert outcome(validator, bad, now) is Reason.REVOKED


def test_a_list_is_remembered_no_longer_than_its_next_update(issuer: Issuer, trusting: MakeValidator, now: dt.datetime) -> None:
    validator = trusting(revocation=Revocation(source=Source.CRL, remember_crl=24 * HOUR))
    certificate = issuer.certificate()
    assert outcome(validator, certificate, now) is None
    asked = len(only(issuer.asked, "issuing.crl"))
    outcome(validator, certificate, now + HOUR - 2 * SECOND)
    assert len(only(issuer.asked, "issuing.crl")) == asked
    outcome(validator, certificate, now + HOUR + SECOND)
    assert len(only(issuer.asked, "issuing.crl")) == asked + 1


def _question(honest: bytes, **changes: object) -> bytes:
    """The same question with another serial number or another nonce (None: no nonce)."""
    asked = ocsp.load_der_ocsp_request(honest)
    number = changes.get("serial_number", asked.serial_number)
    assert isinstance(number, int)
    builder = ocsp.OCSPRequestBuilder().add_certificate_by_hash(
        asked.issuer_name_hash, asked.issuer_key_hash, number, asked.hash_algorithm
    )
    honest_nonce = next(
        (extension.value.nonce for extension in asked.extensions if isinstance(extension.value, x509.OCSPNonce)), None
    )
    nonce = changes.get("nonce", honest_nonce)
    if isinstance(nonce, bytes):
        builder = builder.add_extension(x509.OCSPNonce(nonce), critical=False)
    return builder.build().public_bytes(serialization.Encoding.DER)


def _answered(issuer: Issuer, question: bytes) -> Response:
    return _ocsp(issuer.authority.answer(question))


def _ocsp(content: bytes) -> Response:
    return Response(content, mimetype="application/ocsp-response")
