"""The agent by its HTTP, over the true PC/SC: whom it answers, what it answers, and what it spends on whom it does not."""

import base64
import hashlib
import http.client
import json
import logging
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, encode_dss_signature
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from card_reader.__main__ import LARGEST_BODY
from card_reader.agent import HEADER
from card_reader.guards import KNOWS_USERS
from card_reader.piv import Slot
from card_reader.reader import Readers
from card_reader.simulator.card import PIN, VirtualCard
from tests.card_reader.counter import NONCE, PORTAL, Counter, cancel, counter, read, type_pin, until_read
from tests.card_reader.shelf import CardOnShelf, Shelf
from tests.card_reader.watching import seen
from tests.support.card import PIN as SECRET
from tests.support.card import VirtualReader, card, until
from tests.support.processes import free_port, running

GENERAL_AUTHENTICATE = 0x87
LOGIN = {"challengeNonce": NONCE, "lang": "en"}
DIGEST = hashlib.sha256(b"a document").digest()
SIGNING = {"hash": base64.b64encode(DIGEST).decode(), "hashFunction": "SHA-256", "what": "Declaration 2026-0042"}


@pytest.fixture(scope="module")
def one_for_all(readers: Readers) -> Iterator[Counter]:
    with counter(readers) as made:
        yield made


@pytest.fixture
def at(one_for_all: Counter) -> Iterator[Counter]:
    yield one_for_all
    one_for_all.cleared()


@pytest.fixture
def held(plugged: VirtualCard, pcsc: VirtualReader, plain: list[VirtualCard]) -> Callable[[str], VirtualCard]:
    """A fresh card of that kind in the first reader."""

    def hold(kind: str) -> VirtualCard:
        pcsc.links[0].card = fresh = card(kind)
        plain[:] = [fresh]
        return fresh

    return hold


def fits(certificate: x509.Certificate, signature: bytes, digest: bytes, hashed: hashes.HashAlgorithm) -> None:
    """Raises InvalidSignature. Written from the token's specification, not with the agent's functions."""
    key = certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        key.verify(signature, digest, padding.PKCS1v15(), Prehashed(hashed))
    else:
        assert isinstance(key, ec.EllipticCurvePublicKey)
        half = len(signature) // 2
        assert half == key.key_size // 8
        r, s = int.from_bytes(signature[:half]), int.from_bytes(signature[half:])
        key.verify(encode_dss_signature(r, s), digest, ec.ECDSA(Prehashed(hashed)))


@pytest.mark.parametrize(
    ("kind", "algorithm", "hashed"),
    [("P-256", "ES256", hashes.SHA256()), ("P-384", "ES384", hashes.SHA384()), ("RSA-2048", "RS256", hashes.SHA256())],
)
def test_a_login_is_a_web_eid_token_over_the_origin_and_the_nonce(
    at: Counter, held: Callable[[str], VirtualCard], kind: str, algorithm: str, hashed: hashes.HashAlgorithm
):
    held(kind)
    answer, window = at.begin()
    page = type_pin(window, SECRET).text
    assert "Your card was accepted" in page
    token = answer.result(10).json()
    assert set(token) == {"unverifiedCertificate", "algorithm", "signature", "format", "appVersion"}
    assert (token["algorithm"], token["format"]) == (algorithm, "web-eid:1.0")
    certificate = x509.load_der_x509_certificate(base64.b64decode(token["unverifiedCertificate"], validate=True))
    digest = lambda data: hashlib.new(hashed.name, data).digest()  # noqa: E731
    signed = digest(digest(PORTAL.encode()) + digest(NONCE.encode()))
    fits(certificate, base64.b64decode(token["signature"], validate=True), signed, hashed)


def test_the_origin_signed_is_the_browsers_not_one_the_page_claims(at: Counter, plugged: VirtualCard):
    answer, window = at.begin(body=LOGIN | {"origin": "https://bank.example.om"})
    assert PORTAL in type_pin(window, SECRET).text
    token = answer.result(10).json()
    certificate = x509.load_der_x509_certificate(base64.b64decode(token["unverifiedCertificate"]))
    signed = hashlib.sha256(hashlib.sha256(PORTAL.encode()).digest() + hashlib.sha256(NONCE.encode()).digest()).digest()
    fits(certificate, base64.b64decode(token["signature"]), signed, hashes.SHA256())


def test_a_signature_is_over_the_given_hash_by_the_signing_key_with_the_pin(at: Counter, plugged: VirtualCard):
    answer, window = at.begin("/v1/sign", SIGNING)
    assert SIGNING["what"] in until_read(window, "Your card&#39;s PIN")
    type_pin(window, SECRET)
    signed = answer.result(10).json()
    assert signed["signatureAlgorithm"] == {"cryptoAlgorithm": "ECC", "paddingScheme": "NONE", "hashFunction": "SHA-256"}
    certificate = x509.load_der_x509_certificate(base64.b64decode(signed["certificate"]))
    assert certificate.extensions.get_extension_for_class(x509.KeyUsage).value.content_commitment
    fits(certificate, base64.b64decode(signed["signature"]), DIGEST, hashes.SHA256())


def test_the_signing_certificate_needs_a_yes_and_no_pin(at: Counter, plugged: VirtualCard):
    answer, window = at.begin("/v1/certificate", {"lang": "en"})
    until_read(window, "asks to see your signing certificate")
    assert not answer.done()
    type_pin(window, "")
    said = answer.result(10).json()
    assert {"cryptoAlgorithm": "ECC", "paddingScheme": "NONE", "hashFunction": "SHA-384"} in said["supportedSignatureAlgorithms"]
    assert b"PNOOM-" in base64.b64decode(said["certificate"])
    assert plugged.tries[PIN] == 3


# Who is answered.

FOREIGN_ORIGINS = [
    None, "", "null", "https://evil.example", PORTAL + ".evil.example", "https://evil-portal.example.om", PORTAL + "/", PORTAL + ":443",
    PORTAL + ":8443", PORTAL.upper(), "https://Portal.example.om", PORTAL.replace("https", "http"), "https://user@portal.example.om",
    f"{PORTAL}, https://evil.example", f"x {PORTAL}", "*", "file://", "chrome-extension://abc", PORTAL.replace("l.", "l。"),
]  # fmt: skip
FOREIGN_HOSTS = [
    "evil.example", "127.0.0.1", "127.0.0.1:1", "localhost:80", "evil.example:{port}", "127.0.0.1.evil.example:{port}", "LOCALHOST:{port}",
    "localhost.:{port}", "0.0.0.0:{port}", "127.0.0.2:{port}", "127.1:{port}", "2130706433:{port}", "[::]:{port}", "user@127.0.0.1:{port}", "",
]  # fmt: skip


@pytest.mark.parametrize("origin", FOREIGN_ORIGINS)
def test_no_other_origin_is_answered(at: Counter, origin: str | None):
    for path, body in (("/v1/status", None), ("/v1/authenticate", LOGIN), ("/v1/sign", SIGNING), ("/v1/nothing", None)):
        refused = at.ask(path, body, headers={"Origin": origin if origin is None else origin.encode()})
        assert refused.status_code == 403
        assert refused.json()["code"] == "forbidden"
        assert "Access-Control-Allow-Origin" not in refused.headers
        preflight = at.ask(path, method="OPTIONS", headers={"Origin": origin if origin is None else origin.encode()})
        assert (preflight.status_code, preflight.headers.get("Access-Control-Allow-Origin")) == (403, None)
    assert at.windows.empty()


@pytest.mark.parametrize("host", FOREIGN_HOSTS)
def test_no_other_name_of_this_computer_is_answered(at: Counter, host: str):
    named = {"Host": host.format(port=at.settings.port)}
    for path in ("/v1/status", "/v1/authenticate", "/window/anything", "/window/static/window.css"):
        assert at.ask(path, headers=named).status_code == 403
    assert at.ask(method="OPTIONS", headers=named).status_code == 403
    assert at.ask("/v1/authenticate", LOGIN, headers=named).status_code == 403
    assert at.windows.empty()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
def test_its_own_names_are_answered(at: Counter, host: str):
    assert at.ask(headers={"Host": f"{host}:{at.settings.port}"}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {HEADER: None},
        {"Content-Type": None},
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "text/plain;application/json"},
    ],
)
def test_what_a_page_can_send_without_a_preflight_is_not_answered(at: Counter, headers: dict[str, str | None]):
    assert at.ask("/v1/authenticate", content=json.dumps(LOGIN).encode(), headers=headers).status_code == 403
    assert at.windows.empty()


def test_a_preflight_is_answered_for_a_portal_alone_and_for_no_other_network_than_asked(at: Counter):
    plain = at.ask("/v1/authenticate", method="OPTIONS", headers={HEADER: None, "Access-Control-Request-Method": "POST"})
    assert plain.status_code == 204
    assert plain.headers["Access-Control-Allow-Origin"] == PORTAL
    assert "Origin" in plain.headers["Vary"]
    assert HEADER.lower() in plain.headers["Access-Control-Allow-Headers"].lower()
    assert "Access-Control-Allow-Credentials" not in plain.headers
    assert "Access-Control-Allow-Private-Network" not in plain.headers
    for network in ("Private", "Local"):
        asked = at.ask("/v1/status", method="OPTIONS", headers={f"Access-Control-Request-{network}-Network": "true"})
        assert asked.headers[f"Access-Control-Allow-{network}-Network"] == "true"


@pytest.mark.skipif(not KNOWS_USERS or os.geteuid() != 0, reason="only root can be somebody else")
@pytest.mark.parametrize("family", ["AF_INET", "AF_INET6"])
def test_another_user_of_the_computer_is_not_answered(at: Counter, family: str):
    """Also through a socket of IPv6, which stands in another of the system's tables."""
    address = "127.0.0.1" if family == "AF_INET" else "::ffff:127.0.0.1"
    ask = (
        f"import socket; s = socket.socket(socket.{family}); s.connect(('{address}', {at.settings.port}));"
        f"s.sendall(b'GET /v1/status HTTP/1.1\\r\\nHost: 127.0.0.1:{at.settings.port}\\r\\nOrigin: {PORTAL}\\r\\n{HEADER}: 1\\r\\n"
        "Connection: close\\r\\n\\r\\n'); print(s.recv(99).split()[1].decode())"
    )
    try:
        socket.socket(getattr(socket, family)).close()
    except OSError:
        pytest.skip("no IPv6 here")
    for user, status in ((None, "200"), ("nobody", "403")):
        said = subprocess.run(["/usr/bin/python3", "-c", ask], user=user, capture_output=True, text=True, timeout=10)
        assert said.stdout.strip() == status, said.stderr


def test_it_listens_on_this_computer_only(at: Counter):
    others = {address[4][0] for address in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)} - {"127.0.0.1"}
    for address in others | {"127.0.0.2"}:
        with socket.socket() as door:
            assert door.connect_ex((address, at.settings.port)) != 0


# What is asked.


@pytest.mark.parametrize(
    "body",
    [
        None, [], "text", 7, {}, {"challengeNonce": None}, {"challengeNonce": 7}, {"challengeNonce": "short"}, {"challengeNonce": "A" * 129},
        {"challengeNonce": NONCE[:-2] + "\n="}, {"challengeNonce": NONCE + "\n"}, {"challengeNonce": "٣" * 44}, {"challengeNonce": [NONCE]},
    ],
)  # fmt: skip
def test_a_login_needs_a_nonce_of_256_bits(at: Counter, body: Any):
    refused = at.ask("/v1/authenticate", content=json.dumps(body).encode())
    assert (refused.status_code, refused.json()["code"]) == (400, "bad-request")
    assert at.windows.empty()


@pytest.mark.parametrize(
    "change",
    [
        {"hash": ""}, {"hash": "AAAA"}, {"hash": SIGNING["hash"] + "AAAA"}, {"hash": "٣" * 44}, {"hash": None}, {"hashFunction": "SHA-1"},
        {"hashFunction": "SHA-384"}, {"hashFunction": ["SHA-256"]}, {"hashFunction": None}, {"what": ""}, {"what": "  "}, {"what": None},
        {"what": "x" * 201}, {"what": "pay \u202e001\u202c rials"}, {"what": "two\nlines"}, {"what": "\ud800"}, {"what": "nul\0"},
    ],
)  # fmt: skip
def test_a_signature_needs_a_whole_hash_and_plain_words_of_what_is_signed(at: Counter, change: dict[str, Any]):
    refused = at.ask("/v1/sign", content=json.dumps(SIGNING | change).encode())
    assert (refused.status_code, refused.json()["code"]) == (400, "bad-request")
    assert at.windows.empty()


def test_a_body_is_small_and_shallow(at: Counter):
    deep = at.ask("/v1/authenticate", content=b"[" * (LARGEST_BODY - 1))
    assert (deep.status_code, deep.json()["code"]) == (400, "bad-request")
    assert at.ask("/v1/authenticate", content=b" " * (LARGEST_BODY * 2) + b"{}").status_code == 413
    assert at.ask("/v1/authenticate", content=iter([b" " * 4096] * 8)).status_code == 413


def test_what_the_page_says_to_be_signed_is_text_in_the_window(at: Counter, plugged: VirtualCard):
    answer, window = at.begin("/v1/sign", SIGNING | {"what": "<script>alert(1)</script>"})
    assert "<script>alert" not in until_read(window, 'name="turn"')
    cancel(window)
    assert answer.result(10).json()["code"] == "cancelled"


# One at a time.


def test_of_two_tabs_the_second_is_told_to_wait(at: Counter, plugged: VirtualCard):
    answer, window = at.begin()
    for path, body in (("/v1/authenticate", LOGIN), ("/v1/sign", SIGNING), ("/v1/certificate", {})):
        second = at.ask(path, body)
        assert (second.status_code, second.json()["code"]) == (409, "busy")
    assert at.ask().json()["busy"] is True
    type_pin(window, SECRET)
    assert answer.result(10).status_code == 200
    assert at.windows.empty()
    answer, window = at.begin()
    cancel(window)
    assert answer.result(10).status_code == 422


def test_a_closed_page_gives_the_card_free(at: Counter, plugged: VirtualCard):
    page = http.client.HTTPConnection("127.0.0.1", at.settings.port)
    page.request(
        "POST", "/v1/authenticate", json.dumps(LOGIN), {"Origin": PORTAL, HEADER: "1", "Content-Type": "application/json"}
    )
    window = at.windows.get(timeout=10)
    until_read(window, 'name="turn"')
    page.close()
    until(lambda: not at.ask().json()["busy"])
    assert "The request was cancelled." in read(window)


def test_without_a_browser_it_says_so():
    with counter(Shelf(CardOnShelf())) as at:
        at.desk._show = lambda address: False
        refused = at.ask("/v1/authenticate", LOGIN)
    assert (refused.status_code, refused.json()["code"]) == (500, "no-window")


# The PIN's tries.


def test_the_last_try_is_never_spent(at: Counter, plugged: VirtualCard):
    answer, window = at.begin()
    assert "Two tries left" in type_pin(window, "111111").text
    page = type_pin(window, "222222").text
    assert "we will not spend it" in page
    refused = answer.result(10)
    assert (refused.status_code, refused.json()["code"], refused.json()["tries"]) == (422, "last-try", 1)
    answer, window = at.begin()
    assert answer.result(10).json()["code"] == "last-try"
    assert 'name="pin"' not in read(window)
    assert plugged.tries[PIN] == 1


def test_a_blocked_card_is_told_and_not_tried(at: Counter, plugged: VirtualCard):
    plugged.tries[PIN] = 0
    answer, window = at.begin()
    assert answer.result(10).json()["code"] == "pin-blocked"
    assert "is blocked" in read(window)


def test_a_double_click_spends_one_try(at: Counter, plugged: VirtualCard):
    answer, window = at.begin()
    until_read(window, 'name="turn"')
    turn = read(window).split('name="turn" value="')[1].split('"')[0]
    clicks = [at.pool.submit(type_pin, window, "111111", turn=turn) for _ in range(2)]
    assert all(click.result(10).status_code == 200 for click in clicks)
    assert type_pin(window, "222222", turn=turn).status_code == 200  # late, when the PIN is asked for anew
    assert plugged.tries[PIN] == 2
    cancel(window)
    answer.result(10)


def test_a_second_click_that_comes_late_spends_none(at: Counter, plugged: VirtualCard):
    answer, window = at.begin()
    until_read(window, 'name="turn"')
    turn = read(window).split('name="turn" value="')[1].split('"')[0]
    for _click in range(2):
        type_pin(window, "111111", turn=turn)
    assert plugged.tries[PIN] == 2
    cancel(window)
    answer.result(10)


@pytest.mark.parametrize("pin", ["", "12345", "123456789", "12345x", "٣٣٣", "123 456", "\0" * 6])
def test_what_cannot_be_a_pin_spends_no_try(at: Counter, plugged: VirtualCard, pin: str):
    answer, window = at.begin()
    type_pin(window, pin)
    assert plugged.tries[PIN] == 3
    assert not answer.done()
    type_pin(window, "١٢٣٤٥٦")  # in Arabic's own figures
    assert answer.result(10).status_code == 200


# The card's ways.


def test_a_card_pulled_while_the_pin_is_looked_for_is_waited_for(at: Counter, plugged: VirtualCard, pcsc: VirtualReader):
    answer, window = at.begin()
    until_read(window, 'name="turn"')
    pcsc.pull()
    until_read(window, "was taken out")
    pcsc.insert(card())
    type_pin(window, SECRET)
    assert answer.result(10).status_code == 200


def test_a_card_pulled_in_the_middle_of_its_work_is_waited_for(at: Counter, plugged: VirtualCard, pcsc: VirtualReader):
    answer, window = at.begin()
    until_read(window, 'name="turn"')
    plugged.manners = replace(plugged.manners, pulled_at=GENERAL_AUTHENTICATE)
    assert "was taken out" in type_pin(window, SECRET).text
    pcsc.pull()
    pcsc.insert(card())
    type_pin(window, SECRET)
    assert answer.result(10).status_code == 200


def test_another_card_put_in_meanwhile_does_not_get_the_pin(at: Counter, held: Callable[[str], VirtualCard]):
    held("P-256")
    answer, window = at.begin()
    until_read(window, 'name="turn"')
    other = held("RSA-2048")
    other.pin = "999999"
    assert 'name="turn"' in until_read_after(window, type_pin(window, SECRET).text)
    assert other.tries[PIN] == 3
    cancel(window)
    answer.result(10)


def until_read_after(window: str, page: str) -> str:
    return page if 'name="turn"' in page else until_read(window, 'name="turn"')


def test_a_reader_or_card_that_comes_late_is_waited_for(at: Counter, slots: VirtualReader, readers: Readers):
    seen(readers, "empty", "empty")
    assert at.ask().json()["code"] == "no-card"
    answer, window = at.begin()
    until_read(window, "The reader is ready, and empty.")
    slots.insert(card())
    type_pin(window, SECRET)
    assert answer.result(10).status_code == 200


@pytest.mark.parametrize("code", ["no-service", "no-reader", "reader-busy", "not-supported", "mute-card"])
def test_each_state_of_the_reader_is_told_and_outlived(code: str):
    shelf = Shelf(CardOnShelf())
    shelf.service, shelf.reader = code != "no-service", code != "no-reader"
    shelf.problem = code if shelf.service and shelf.reader else None
    with counter(shelf) as at:
        said = at.ask().json()
        assert (said["ready"], said["code"]) == (False, code)
        answer, window = at.begin()
        until_read(window, said["message"]["en"].split(".")[0].replace("'", "&#39;"))
        shelf.service, shelf.reader, shelf.problem = True, True, None
        type_pin(window, SECRET)
        assert answer.result(10).status_code == 200


def test_a_card_without_a_signing_certificate_is_told(plugged: VirtualCard):
    with counter(Shelf(CardOnShelf(slots=(Slot.AUTHENTICATION,)))) as at:
        answer, window = at.begin("/v1/sign", SIGNING)
        until_read(window, "This card holds no certificate for this purpose.")
        cancel(window)
        assert answer.result(10).json()["code"] == "cancelled"


@pytest.mark.parametrize("code", ["card-answer", "signature-mismatch"])
def test_what_nobody_at_the_reader_can_set_right_ends_it(code: str):
    with counter(Shelf(CardOnShelf(problem=code))) as at:
        answer, window = at.begin()
        type_pin(window, SECRET)
        refused = answer.result(10)
        assert (refused.status_code, refused.json()["code"]) == (422, code)
        assert set(refused.json()["message"]) == {"ar", "en"}


def test_an_unanswered_window_expires():
    with counter(Shelf(CardOnShelf()), patience=0.3) as at:
        answer, window = at.begin()
        assert answer.result(10).json()["code"] == "timeout"
        assert "Time ran out." in read(window)


def test_logs_hold_no_pin_no_nonce_no_certificate_and_no_window(
    at: Counter, plugged: VirtualCard, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)
    answer, window = at.begin()
    type_pin(window, "987650")
    type_pin(window, SECRET)
    token = answer.result(10).json()
    assert "authenticate for https://portal.example.om: done" in caplog.text
    ours = "\n".join(record.getMessage() for record in caplog.records if not record.name.startswith(("httpx", "httpcore")))
    for secret in ("987650", SECRET, NONCE, token["unverifiedCertificate"][:40], token["signature"], window.rsplit("/", 1)[1]):
        assert secret not in ours


# A thousand hostile requests.

texts = st.text(max_size=60)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda some: st.lists(some, max_size=3) | st.dictionaries(texts, some, max_size=3),
    max_leaves=6,
)
bodies = st.one_of(
    st.binary(max_size=200),
    values.map(lambda value: json.dumps(value).encode()),
    st.fixed_dictionaries({"challengeNonce": values}, optional={"lang": values, "origin": texts}).map(
        lambda value: json.dumps(value).encode()
    ),
    st.fixed_dictionaries({"hash": values, "hashFunction": st.sampled_from(["SHA-256", "MD5"]) | values, "what": values}).map(
        lambda value: json.dumps(value).encode()
    ),
)
paths = st.sampled_from(
    [
        "/v1/authenticate",
        "/v1/sign",
        "/v1/authenticate/",
        "/v1",
        "/",
        "/window/SECRET",
        "/window/SECRET/turn",
        "/window/",
        "/window/static/../../agent.py",
        "/v1/certificate",
        "//v1/sign",
        "/%00",
    ]
)
headers_ = st.fixed_dictionaries(
    {},
    optional={
        "Origin": st.sampled_from([PORTAL, "null", "https://evil.example", "OWN"]),
        "Host": st.sampled_from(["evil.example", "OWN"]),
        HEADER: st.just("1"),
        "Content-Type": st.sampled_from(
            ["application/json", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "a/b;" * 9]
        ),
        "Sec-Fetch-Site": st.sampled_from(["cross-site", "same-site", "same-origin", "none"]),
        "Transfer-Encoding": st.sampled_from(["chunked", "gzip"]),
        "Content-Length": st.sampled_from(["-1", "7", "99999999999", "x"]),
        "X-Forwarded-Host": st.just("127.0.0.1"),
        "Cookie": st.just("a=b"),
    },
)


def test_a_thousand_hostile_requests_open_no_window_and_spend_no_try(at: Counter, plugged: VirtualCard):
    """Each lacks something a portal's page would send, or carries what it would not. Some hit while a person's window is open."""
    answer, window = at.begin()
    until_read(window, 'name="turn"')
    secret = window.rsplit("/", 1)[1]

    @settings(max_examples=1000, suppress_health_check=list(HealthCheck), database=None)
    @given(st.sampled_from(["GET", "POST", "PUT", "OPTIONS", "HEAD", "PROPFIND"]), paths, headers_, bodies, st.booleans())
    def hostile(method: str, path: str, headers: dict[str, str], body: bytes, guessed: bool) -> None:
        # the true secret only from another site: whoever has it and is no other site is the person's browser
        path = path.replace("SECRET", secret if guessed else secret[:-1] + ("A" if secret[-1] != "A" else "B"))
        if guessed and "/window/" in path:
            headers = headers | {"Sec-Fetch-Site": "cross-site"}
        own = f"127.0.0.1:{at.settings.port}"
        headers = {name: value.replace("OWN", own if name == "Host" else f"http://{own}") for name, value in headers.items()}
        status = answered(at.settings.port, method, path, headers, body)
        assert status in range(400, 500) or status == 501 or (method, status) == ("OPTIONS", 204)

    hostile()
    assert at.windows.empty()
    assert plugged.tries[PIN] == 3
    assert not answer.done()
    type_pin(window, SECRET)
    assert answer.result(10).status_code == 200


def answered(port: int, method: str, path: str, headers: dict[str, str], body: bytes) -> int:
    """The status, or 400 where the connection is closed upon what is no HTTP. As a hostile program sends it: nothing is put right."""
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    if "Host" not in headers:
        lines.append(f"Host: 127.0.0.1:{port}")
    if not {"Content-Length", "Transfer-Encoding"} & set(headers):
        lines.append(f"Content-Length: {len(body)}")
    with socket.create_connection(("127.0.0.1", port), 5) as door:
        door.sendall("\r\n".join([*lines, "Connection: close", "", ""]).encode() + body)
        door.shutdown(socket.SHUT_WR)
        try:
            said = door.recv(100)
        except ConnectionResetError:
            return 400
    return int(said.split()[1]) if said else 400


def test_the_program_serves_tells_and_ends(pcsc: VirtualReader, plugged: VirtualCard):
    port = free_port()
    command = [sys.executable, "-m", "card_reader", "--portal", PORTAL, "--port", str(port)]
    with running(command, f"http://127.0.0.1:{port}/window/static/window.css", environment=pcsc.environment):
        said = httpx.get(f"http://127.0.0.1:{port}/v1/status", headers={"Origin": PORTAL, HEADER: "1"}).json()
        assert said["ready"] is True
        again = subprocess.run(command, capture_output=True, text=True, timeout=20)
        assert again.returncode == 1
        assert "running already" in again.stderr
