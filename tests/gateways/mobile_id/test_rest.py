"""The adapter against the telecom that really runs, and the answer judged as the portal judges it."""

import datetime as dt
import hashlib
import ipaddress
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from flask import Flask, Response, jsonify
from werkzeug.serving import make_server

from engine.errors import Unavailable
from gateways.certificates import CertificateValidator, Person, Reason, Signed, Untrusted
from gateways.mobile_id import MESSAGES, Complete, MobileId, Result, Running, verification_code
from gateways.mobile_id.rest import RestMobileId
from sandbox.authority.authority import PERSON_POLICY, Authority, person_name, private_key
from tests.sandbox.mobile_id.running import ALI, ALIS_NUMBER, PIN, SHAMSA, SHAMSAS_NUMBER, RunningTelecom, running_telecom
from tests.support.processes import ROOT

PARTY = "00000000-0000-0000-0000-000000000000"
DIGEST = hashlib.sha256(b"what is being proven").digest()
Start = Callable[..., str]


def adapter(url: str, **changes: Any) -> RestMobileId:
    return RestMobileId(**({"url": url, "relying_party_uuid": PARTY, "relying_party_name": "Bawaba"} | changes))


@pytest.fixture(scope="module")
def mobile_id(telecom: RunningTelecom) -> MobileId:
    return adapter(telecom.url)


@pytest.fixture
def start(mobile_id: MobileId, telecom: RunningTelecom) -> Iterator[Start]:
    """Ring a phone; whatever still rings in the end is put down."""

    def ring(
        phone: str = ALI, civil_number: str = ALIS_NUMBER, digest: bytes = DIGEST, hash_type: str = "SHA256", **said: str
    ) -> str:
        shown = {"language": "ar", "text": "بوابة"} | said
        return mobile_id.start(phone=phone, civil_number=civil_number, digest=digest, hash_type=hash_type, **shown)

    yield ring
    for phone in (ALI, SHAMSA):
        telecom.settings(phone, confirm_after_ms=None)
        while telecom.state(phone)["request"]:
            telecom.answer(phone, cancel=True)


def judged(telecom: RunningTelecom, answer: Running | Complete, digest: bytes = DIGEST) -> Person:
    assert isinstance(answer, Complete) and answer.certificate and answer.signature and answer.algorithm
    roots, intermediates = ([telecom.authority / f"{name}.pem"] for name in ("root", "issuing"))
    validator = CertificateValidator(roots=roots, intermediates=intermediates, policies={PERSON_POLICY})
    return validator.person(
        answer.certificate, at=dt.datetime.now(dt.UTC), signed=Signed(answer.algorithm, digest, answer.signature)
    )


def test_a_confirmed_request_proves_the_person(mobile_id: MobileId, telecom: RunningTelecom, start: Start) -> None:
    session = start()
    assert mobile_id.poll(session, wait_ms=100) == Running()
    assert telecom.answer(ALI, pin=PIN).json() == {"result": "OK"}
    answer = mobile_id.poll(session, wait_ms=5_000)
    assert isinstance(answer, Complete) and answer.result is Result.OK
    assert judged(telecom, answer).civil_number == ALIS_NUMBER


@pytest.mark.parametrize(("hash_type", "algorithm"), [("SHA384", "ES384"), ("SHA512", "ES512")])
def test_longer_hashes_are_signed_too(
    hash_type: str, algorithm: str, mobile_id: MobileId, telecom: RunningTelecom, start: Start
) -> None:
    digest = hashlib.new(hash_type, b"x").digest()
    session = start(digest=digest, hash_type=hash_type)
    telecom.answer(ALI, pin=PIN)
    answer = mobile_id.poll(session, wait_ms=5_000)
    assert isinstance(answer, Complete) and answer.algorithm == algorithm
    assert judged(telecom, answer, digest).civil_number == ALIS_NUMBER


def test_a_signature_over_another_hash_is_refused(mobile_id: MobileId, telecom: RunningTelecom, start: Start) -> None:
    session = start()
    telecom.answer(ALI, pin=PIN)
    with pytest.raises(Untrusted) as caught:
        judged(telecom, mobile_id.poll(session, wait_ms=5_000), hashlib.sha256(b"something else").digest())
    assert caught.value.reason is Reason.BAD_SIGNATURE


def test_a_telecom_that_says_ok_is_not_believed_for_that(mobile_id: MobileId, telecom: RunningTelecom, start: Start) -> None:
    liar = "+96890000006"
    session = start(liar, "20000006")
    telecom.answer(liar, pin=PIN)
    with pytest.raises(Untrusted) as caught:
        judged(telecom, mobile_id.poll(session, wait_ms=5_000))
    assert caught.value.reason is Reason.BAD_SIGNATURE


def test_a_persons_certificate_stays_the_same(mobile_id: MobileId, telecom: RunningTelecom, start: Start) -> None:
    certificates = set()
    for _ in range(2):
        session = start()
        telecom.answer(ALI, pin=PIN)
        answer = mobile_id.poll(session, wait_ms=5_000)
        assert isinstance(answer, Complete)
        certificates.add(answer.certificate)
    assert len(certificates) == 1


def test_after_revoking_the_issuer_says_so(mobile_id: MobileId, telecom: RunningTelecom, start: Start) -> None:
    session = start(SHAMSA, SHAMSAS_NUMBER)
    telecom.answer(SHAMSA, pin=PIN)
    answer = mobile_id.poll(session, wait_ms=5_000)
    assert judged(telecom, answer).civil_number == SHAMSAS_NUMBER
    command = [sys.executable, "-m", "sandbox.authority", "revoke", SHAMSAS_NUMBER, "--data", str(telecom.authority)]
    assert "revoked" in subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    with pytest.raises(Untrusted) as caught:
        judged(telecom, answer)
    assert caught.value.reason is Reason.REVOKED


def test_cancelling_on_the_phone(mobile_id: MobileId, telecom: RunningTelecom, start: Start) -> None:
    session = start()
    telecom.answer(ALI, cancel=True)
    assert mobile_id.poll(session, wait_ms=5_000) == Complete(Result.USER_CANCELLED)


def test_the_third_wrong_pin_ends_it(mobile_id: MobileId, telecom: RunningTelecom, start: Start) -> None:
    session = start()
    assert [telecom.answer(ALI, pin="0000").json()["tries_left"] for _ in range(2)] == [2, 1]
    assert mobile_id.poll(session, wait_ms=100) == Running()
    assert telecom.answer(ALI, pin="0000").status_code == 422
    assert mobile_id.poll(session, wait_ms=5_000) == Complete(Result.USER_CANCELLED)


def test_an_unanswered_request_times_out(tmp_path: Path) -> None:
    with running_telecom(tmp_path, "--rings", "0.3") as impatient:
        mobile_id = adapter(impatient.url)
        session = mobile_id.start(
            phone=ALI, civil_number=ALIS_NUMBER, digest=DIGEST, hash_type="SHA256", language="en", text="Bawaba"
        )
        assert mobile_id.poll(session, wait_ms=5_000) == Complete(Result.TIMEOUT)


@pytest.mark.parametrize(
    ("number", "result"),
    [
        (1, Result.NOT_MID_CLIENT),
        (2, Result.PHONE_ABSENT),
        (3, Result.DELIVERY_ERROR),
        (4, Result.SIM_ERROR),
        (5, Result.SIGNATURE_HASH_MISMATCH),
    ],
)
def test_each_way_to_fail(number: int, result: Result, mobile_id: MobileId, start: Start) -> None:
    assert mobile_id.poll(start(f"+9689000000{number}", f"2000000{number}"), wait_ms=5_000) == Complete(result)


def test_every_failure_has_a_sentence_for_the_person() -> None:
    assert set(MESSAGES) == set(Result) - {Result.OK}


@pytest.mark.parametrize(("phone", "civil_number"), [(ALI, SHAMSAS_NUMBER), ("+96891234567", ALIS_NUMBER)])
def test_phone_and_civil_number_belong_together(phone: str, civil_number: str, mobile_id: MobileId, start: Start) -> None:
    assert mobile_id.poll(start(phone, civil_number), wait_ms=5_000) == Complete(Result.NOT_MID_CLIENT)


def test_a_long_poll_ends_when_the_person_answers(mobile_id: MobileId, telecom: RunningTelecom, start: Start) -> None:
    telecom.settings(ALI, confirm_after_ms=300)
    began = dt.datetime.now(dt.UTC)
    answer = mobile_id.poll(start(), wait_ms=20_000)
    assert isinstance(answer, Complete) and answer.result is Result.OK
    assert dt.timedelta(seconds=0.2) < dt.datetime.now(dt.UTC) - began < dt.timedelta(seconds=10)


def test_cancelling_stops_the_phone(mobile_id: MobileId, telecom: RunningTelecom, start: Start) -> None:
    session = start()
    assert telecom.state(ALI)["request"] == session
    mobile_id.cancel(session)
    assert telecom.state(ALI)["request"] is None


def test_cancelling_never_fails(mobile_id: MobileId) -> None:
    mobile_id.cancel("unknown")
    adapter("http://127.0.0.1:1").cancel("unknown")


def test_a_session_the_provider_no_longer_knows_has_timed_out(mobile_id: MobileId) -> None:
    assert mobile_id.poll("gone", wait_ms=100) == Complete(Result.TIMEOUT)
    assert mobile_id.poll("../../healthz", wait_ms=100) == Complete(Result.TIMEOUT)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Renew", "Renew"),
        ("Renewal of a membership in the chamber of commerce", "Renewal of a membership in the chamber"),
        ("x" * 50, "x" * 40),
        ("تجديد العضوية", "تجديد العضوية"),
        ("تجديد عضوية المؤسسة في الغرفة", "تجديد عضوية المؤسسة"),
        ("Fee: 25 €", "Fee: 25 €"),
        ("Twenty letters € yes more", "Twenty letters € yes"),
    ],
)
def test_the_phone_shows_as_many_whole_words_as_fit(text: str, shown: str, telecom: RunningTelecom, start: Start) -> None:
    start(text=text, language="en")
    assert f"<bdi>{shown}</bdi>" in telecom.http.get(f"/phone/{ALI}").text


def test_an_unknown_relying_party_gets_nothing(telecom: RunningTelecom) -> None:
    stranger = adapter(telecom.url, relying_party_uuid="de305d54-75b4-431b-adb2-eb6b9e546014")
    with pytest.raises(Unavailable):
        stranger.start(phone=ALI, civil_number=ALIS_NUMBER, digest=DIGEST, hash_type="SHA256", language="ar", text="")
    assert telecom.state(ALI)["request"] is None


def test_a_provider_out_of_reach_is_unavailable() -> None:
    nobody = adapter("http://127.0.0.1:1")
    with pytest.raises(Unavailable):
        nobody.start(phone=ALI, civil_number=ALIS_NUMBER, digest=DIGEST, hash_type="SHA256", language="ar", text="")
    with pytest.raises(Unavailable):
        nobody.poll("x", wait_ms=100)


GOOD: dict[str, Any] = {
    "state": "COMPLETE",
    "result": "OK",
    "signature": {"value": "AAAA", "algorithm": "sha256WithRSAEncryption"},
    "cert": "AAAA",
    "field of tomorrow": 1,
}


@pytest.mark.parametrize(
    "answer",
    [
        GOOD | {"state": "SLEEPING"},
        GOOD | {"result": "SURPRISE"},
        GOOD | {"cert": None},
        GOOD | {"cert": "AAAA!"},
        GOOD | {"signature": None},
        GOOD | {"signature": {"value": "AAAA", "algorithm": "md5"}},
        {"state": "COMPLETE"},
        [],
        "text",
    ],
)
def test_an_answer_that_makes_no_sense_is_no_answer(answer: Any) -> None:
    with provider(lambda: jsonify(answer)) as url, pytest.raises(Unavailable):
        adapter(url).poll("x", wait_ms=100)


def test_fields_of_tomorrow_do_no_harm_and_rsa_is_named_as_elsewhere() -> None:
    with provider(lambda: jsonify(GOOD)) as url:
        assert adapter(url).poll("x", wait_ms=100) == Complete(Result.OK, b"\0\0\0", "RS256", b"\0\0\0")


@pytest.mark.parametrize(
    "answer", [Response("<h1>Bad gateway", 502), Response('{"sessionID": "x"}', 500), Response("{}"), Response("[]")]
)
def test_a_session_is_started_only_by_a_good_answer(answer: Response) -> None:
    with provider(lambda: answer) as url, pytest.raises(Unavailable):
        adapter(url).start(phone=ALI, civil_number=ALIS_NUMBER, digest=DIGEST, hash_type="SHA256", language="ar", text="")


def test_https_is_trusted_only_from_the_pinned_authority(tmp_path: Path) -> None:
    ours, others = Authority(tmp_path / "ours"), Authority(tmp_path / "others")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*server_certificate(ours, tmp_path))
    with provider(lambda: jsonify(state="RUNNING"), context) as url:
        assert adapter(url, pinned_ca=ours.folder / "root.pem").poll("x", wait_ms=100) == Running()
        for pinned in (others.folder / "root.pem", None):
            with pytest.raises(Unavailable):
                adapter(url, pinned_ca=pinned).poll("x", wait_ms=100)


@pytest.mark.parametrize(
    ("digest", "code"),
    [
        (bytes.fromhex("2f665f6a6999e0ef0752e00ec9f453adf59d8cb6"), "1462"),  # the specification's own example, section 2.4.1
        (bytes(32), "0000"),
        (b"\xff" * 32, "8191"),
        (bytes(31) + b"\x29", "0041"),
        (b"\x03" + bytes(30) + b"\x80", "0000"),
        (b"\x04" + bytes(31), "0128"),
    ],
)
def test_verification_codes(digest: bytes, code: str) -> None:
    assert verification_code(digest) == code


def test_both_ends_show_the_same_code(telecom: RunningTelecom, start: Start) -> None:
    for number in range(3):
        digest = hashlib.sha256(bytes([number])).digest()
        start(digest=digest)
        assert telecom.state(ALI)["code"] == verification_code(digest)
        telecom.answer(ALI, cancel=True)


def server_certificate(authority: Authority, folder: Path) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 with its chain, and its key, as files."""
    key, now = private_key(folder / "server.key"), dt.datetime.now(dt.UTC)
    builder = (
        x509.CertificateBuilder(authority.root.subject, person_name("1", "server"), key.public_key(), x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.root.key.public_key()), critical=False)
    )
    certificate = folder / "server.pem"
    certificate.write_bytes(builder.sign(authority.root.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    return certificate, folder / "server.key"


@contextmanager
def provider(answer: Callable[[], Response], tls: ssl.SSLContext | None = None) -> Iterator[str]:
    """A provider that says the same to everybody."""
    app = Flask(__name__)
    app.add_url_rule("/<path:any>", view_func=lambda any: answer(), methods=["GET", "POST"])
    server = make_server("127.0.0.1", 0, app, threaded=True, ssl_context=tls)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield f"{'https' if tls else 'http'}://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
