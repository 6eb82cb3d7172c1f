"""The running program: its API's faults, the phone's page with and without scripts, the authority it hosts."""

import base64
import re
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from playwright.sync_api import BrowserContext, expect

from sandbox.authority.authority import Authority, person_name, private_key
from tests.sandbox.mobile_id.running import ALI, ALIS_NUMBER, PIN, RunningTelecom

GOOD = {
    "relyingPartyUUID": "00000000-0000-0000-0000-000000000000",
    "relyingPartyName": "بوابة",
    "phoneNumber": ALI,
    "nationalIdentityNumber": ALIS_NUMBER,
    "hash": base64.b64encode(bytes(32)).decode(),
    "hashType": "SHA256",
    "language": "ARA",
    "displayText": "تجديد العضوية",
    "displayTextFormat": "UCS-2",
}


@pytest.fixture
def ring(telecom: RunningTelecom) -> Iterator[Callable[..., httpx.Response]]:
    yield lambda **changes: telecom.http.post("/authentication", json=GOOD | changes)
    while telecom.state(ALI)["request"]:
        telecom.answer(ALI, cancel=True)


@pytest.mark.parametrize(
    ("change", "status"),
    [
        *(({name: None}, 400) for name in GOOD if not name.startswith("display")),
        ({"hash": "not base64"}, 400),
        ({"hash": base64.b64encode(bytes(20)).decode()}, 400),
        ({"hashType": "SHA1"}, 400),
        ({"language": "FRA"}, 400),
        ({"displayText": "x" * 21}, 400),
        ({"displayText": "x" * 41, "displayTextFormat": "GSM-7"}, 400),
        ({"displayTextFormat": "ASCII"}, 400),
        ({"relyingPartyUUID": "11111111-0000-0000-0000-000000000000"}, 401),
    ],
)
def test_a_faulty_request_rings_nobody(
    change: dict[str, Any], status: int, ring: Callable[..., httpx.Response], telecom: RunningTelecom
) -> None:
    answer = ring(**change)
    assert answer.status_code == status
    assert set(answer.json()) == {"error", "time", "traceId"}
    assert telecom.state(ALI)["request"] is None


def test_the_api_knows_its_methods_and_its_sessions(telecom: RunningTelecom) -> None:
    assert telecom.http.get("/authentication").status_code == 405
    assert telecom.http.get("/authentication/session/unknown").status_code == 404


def test_answering_when_nothing_rings_is_said(telecom: RunningTelecom) -> None:
    assert telecom.answer(ALI, pin=PIN).status_code == 409
    assert telecom.answer("+96800000000", pin=PIN).status_code == 404


@pytest.mark.parametrize(("lang", "direction"), [("ar", "rtl"), ("en", "ltr")])
def test_the_page_works_without_scripts(
    lang: str, direction: str, telecom: RunningTelecom, ring: Callable[..., httpx.Response]
) -> None:
    ring()
    page = f"/phone/{ALI}"
    shown = telecom.http.get(page, params={"lang": lang})
    assert f'<html lang="{lang}" dir="{direction}">' in shown.text
    assert "0000" in shown.text and "بوابة" in shown.text
    action = re.search(r'action="([^"]+)"', shown.text)
    assert action
    wrong = telecom.http.post(action[1], data={"pin": "9999"}, follow_redirects=True)
    assert 'class="wrong"' in wrong.text and f'lang="{lang}" dir' in wrong.text
    done = telecom.http.post(action[1], data={"pin": PIN}, follow_redirects=True)
    assert 'class="last OK"' in done.text


def test_the_page_allows_nothing_inline_and_nobody_elses(telecom: RunningTelecom) -> None:
    for path in ("/phone", f"/phone/{ALI}"):
        shown = telecom.http.get(path)
        policy = shown.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy
        assert not re.search(r"<style|style=|<script>| on[a-z]+=", shown.text)
        assert not re.search(r'(src|href)="https?:', shown.text)


def test_the_phone_rings_by_itself_and_a_half_typed_pin_stays(
    telecom: RunningTelecom, ring: Callable[..., httpx.Response], new_context: Callable[..., BrowserContext]
) -> None:
    page = new_context(locale="ar-OM").new_page()
    page.goto(f"{telecom.url}/phone/{ALI}")
    expect(page.get_by_role("heading", name="لا توجد طلبات")).to_be_visible()
    ring()
    page.get_by_label("الرقم السري").fill("12")
    page.wait_for_timeout(1_200)
    expect(page.get_by_label("الرقم السري")).to_have_value("12")
    page.get_by_label("الرقم السري").fill(PIN)
    page.get_by_role("button", name="تأكيد").click()
    expect(page.get_by_text("تم التأكيد")).to_be_visible()


def test_making_the_authority_again_changes_nothing(tmp_path: Path) -> None:
    def files() -> dict[str, bytes]:
        return {file.name: file.read_bytes() for file in tmp_path.iterdir() if file.is_file()}

    Authority(tmp_path, "http://localhost:1")
    before = files()
    Authority(tmp_path, "http://localhost:1")
    Authority(tmp_path)
    assert files() == before
    for key in ("root.key", "issuing.key"):
        assert stat.S_IMODE((tmp_path / key).stat().st_mode) == 0o600


def test_at_another_address_the_root_stays_as_pinned(tmp_path: Path) -> None:
    before, after = Authority(tmp_path, "http://localhost:1"), Authority(tmp_path, "http://localhost:2")
    assert after.root.certificate == before.root.certificate
    assert after.issuing.certificate != before.issuing.certificate
    assert after.issuing.certificate.public_key() == before.issuing.certificate.public_key()


def test_ocsp_gives_the_nonce_back_and_knows_only_what_it_issued(tmp_path: Path, telecom: RunningTelecom) -> None:
    authority = Authority(telecom.authority)
    known = authority.issue(person_name("1", "A"), private_key(tmp_path / "a.key").public_key())
    unknown = Authority(tmp_path / "other").issue(person_name("1", "A"), private_key(tmp_path / "a.key").public_key())
    for certificate, status in ((known, ocsp.OCSPCertStatus.GOOD), (unknown, ocsp.OCSPCertStatus.UNKNOWN)):
        question = ocsp.OCSPRequestBuilder().add_certificate(certificate, authority.issuing.certificate, SHA1())
        question = question.add_extension(x509.OCSPNonce(b"0123456789abcdef"), critical=False)
        said = telecom.http.post("/ocsp", content=question.build().public_bytes(Encoding.DER))
        answer = ocsp.load_der_ocsp_response(said.content)
        assert answer.certificate_status is status
        assert answer.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce == b"0123456789abcdef"


def test_ocsp_answers_for_no_other_authority_and_to_no_nonsense(tmp_path: Path) -> None:
    ours, other = Authority(tmp_path / "ours"), Authority(tmp_path / "other")
    certificate = other.issue(person_name("1", "A"), private_key(tmp_path / "a.key").public_key())
    question = ocsp.OCSPRequestBuilder().add_certificate(certificate, other.issuing.certificate, SHA1()).build()
    refused = ocsp.load_der_ocsp_response(ours.answer(question.public_bytes(Encoding.DER)))
    assert refused.response_status is ocsp.OCSPResponseStatus.UNAUTHORIZED
    assert ocsp.load_der_ocsp_response(ours.answer(b"x")).response_status is ocsp.OCSPResponseStatus.MALFORMED_REQUEST
