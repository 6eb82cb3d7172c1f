"""The Web eID token: accepted when everything fits, and refused for each thing that does not, in the fixed order."""

import base64
import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.errors import Refusal
from gateways.cards import WebEid
from gateways.cards.web_eid import parsed
from gateways.certificates import Reason, Requester, Revocation, Source, Untrusted
from sandbox.authority.authority import Authority, person_name
from tests.gateways.certificates.issuer import Issuer, down, running_issuer
from tests.support.cards import ALI, ORIGIN, Card, a_card, serial, trusting

NONCE = base64.b64encode(bytes(range(32))).decode()
OTHER = base64.b64encode(bytes(32)).decode()
DAY, MINUTE = dt.timedelta(days=1), dt.timedelta(minutes=1)
ALGORITHMS = [family + size for family in ("ES", "PS", "RS") for size in ("256", "384", "512")]


@pytest.fixture(scope="module")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Issuer]:
    with running_issuer(tmp_path_factory.mktemp("issuer") / "authority") as running:
        yield running


@pytest.fixture(autouse=True)
def honest(issuer: Issuer) -> None:
    issuer.asked.clear()
    issuer.instead.clear()


@pytest.fixture(scope="module")
def cards(issuer: Issuer) -> WebEid:
    return trusting(issuer.authority.folder)


@pytest.fixture(scope="module")
def alis(issuer: Issuer) -> Card:
    return a_card(issuer.authority)


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def refused(cards: WebEid, token: str, nonce: str = NONCE) -> Reason:
    with pytest.raises(Untrusted) as caught:
        cards.person(token, nonce=nonce, at=now())
    reason: Reason = caught.value.reason
    return reason


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_card_is_recognised_by_every_algorithm(algorithm: str, issuer: Issuer, cards: WebEid) -> None:
    card = a_card(issuer.authority, algorithm=algorithm)
    assert cards.person(card.token(NONCE), nonce=NONCE, at=now()).civil_number == ALI


@pytest.mark.parametrize("family", ["PS", "RS"])
def test_one_key_serves_every_length_of_hash(family: str, issuer: Issuer, cards: WebEid) -> None:
    card = a_card(issuer.authority, algorithm=f"{family}256")
    for size in ("384", "512"):
        other = Card(card.key, card.certificate, family + size)
        assert cards.person(other.token(NONCE), nonce=NONCE, at=now())


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example", f"{ORIGIN}/", ORIGIN.replace("http", "https"), f"{ORIGIN}.evil.example", ORIGIN.upper(), "null", ""],
)
def test_a_token_made_for_another_site_is_worth_nothing_here(elsewhere: str, alis: Card, cards: WebEid) -> None:
    """The phishing relay."""
    assert refused(cards, alis.token(NONCE, origin=elsewhere)) is Reason.BAD_SIGNATURE


def test_a_token_over_another_nonce_is_worth_nothing(alis: Card, cards: WebEid) -> None:
    assert refused(cards, alis.token(OTHER)) is Reason.BAD_SIGNATURE


def test_another_persons_certificate_does_not_fit_the_signature(issuer: Issuer, alis: Card, cards: WebEid) -> None:
    hers = a_card(issuer.authority, "7324674", "Shamsa")
    swapped = alis.token(NONCE, unverifiedCertificate=base64.b64encode(hers.certificate).decode())
    assert refused(cards, swapped) is Reason.BAD_SIGNATURE


def test_a_forged_certificate_is_refused_and_its_addresses_never_called(issuer: Issuer, cards: WebEid, tmp_path: Path) -> None:
    stranger = Authority(tmp_path / "stranger", f"{issuer.authority.url}/called")
    assert refused(cards, a_card(stranger).token(NONCE)) is Reason.UNKNOWN_ISSUER
    assert issuer.asked == []


FAULTS: dict[str, tuple[dict[str, Any], Reason]] = {
    "expired": ({"not_before": now() - 9 * DAY, "not_after": now() - DAY}, Reason.EXPIRED),
    "not yet valid": ({"not_before": now() + DAY}, Reason.NOT_YET_VALID),
    "for mail": ({"usage": "emailProtection"}, Reason.WRONG_KEY_USAGE),
    "may not sign": ({"digital_signature": False}, Reason.WRONG_KEY_USAGE),
    "another policy": ({"policy": "2.999.968.9"}, Reason.WRONG_POLICY),
    "of a SIM": ({"policy": "2.999.968.1.1"}, Reason.WRONG_POLICY),
    "of nobody": ({"subject": person_name("", "Nobody")}, Reason.NO_CIVIL_NUMBER),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_certificate_with_a_fault_is_refused_for_it(fault: str, issuer: Issuer, cards: WebEid) -> None:
    changes, reason = FAULTS[fault]
    assert refused(cards, a_card(issuer.authority, **changes).token(NONCE)) is reason


def test_a_revoked_card_is_refused(issuer: Issuer, cards: WebEid) -> None:
    card = a_card(issuer.authority)
    issuer.authority.revoke(serial(card))
    assert refused(cards, card.token(NONCE)) is Reason.REVOKED


def test_when_the_issuer_is_silent_the_card_is_refused_and_that_is_told(issuer: Issuer, cards: WebEid) -> None:
    issuer.instead = {"/ocsp": down, "/crl/issuing.crl": down}
    with pytest.raises(Refusal) as caught:
        cards.person(a_card(issuer.authority).token(NONCE), nonce=NONCE, at=now())
    assert "does not answer" in str(caught.value.message)


def test_questions_can_be_signed_for_issuers_that_ask_who_is_asking(issuer: Issuer, tmp_path: Path) -> None:
    """The issuer's own answer tells nothing of it, so the question is looked at on its way."""
    from asn1crypto import ocsp, x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec

    folder = issuer.authority.folder
    asking = Requester(folder / "issuing.key", folder / "issuing.pem")
    heard: list[bytes] = []
    issuer.instead["/ocsp"] = lambda question: heard.append(question) or _honest(issuer, question)  # type: ignore[func-returns-value]
    signed = trusting(folder, revocation=Revocation(source=Source.OCSP, requester=asking))
    assert signed.person(a_card(issuer.authority).token(NONCE), nonce=NONCE, at=now())
    question = ocsp.OCSPRequest.load(heard[0], strict=True)
    ours = issuer.authority.issuing.certificate
    key = ours.public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    key.verify(question["optional_signature"]["signature"].native, question["tbs_request"].dump(), ec.ECDSA(hashes.SHA256()))
    assert [certificate.serial_number for certificate in question["optional_signature"]["certs"]] == [ours.serial_number]
    assert question["tbs_request"]["requestor_name"].chosen == x509.Name.load(ours.subject.public_bytes())


def _honest(issuer: Issuer, question: bytes) -> Any:
    from flask import Response

    return Response(issuer.authority.answer(question), mimetype="application/ocsp-response")


# --- The token itself ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changed",
    [
        {"format": "web-eid:2.0"},
        {"format": "web-eid:1.1"},
        {"format": None},
        {"format": ["web-eid:1.0"]},
        {"algorithm": "none"},
        {"algorithm": "HS256"},
        {"algorithm": "ES999"},
        {"algorithm": "XX256"},
        {"algorithm": None},
        {"algorithm": {"ES256": 1}},
        {"unverifiedCertificate": None},
        {"unverifiedCertificate": "not base64 at all!"},
        {"unverifiedCertificate": ["x"]},
        {"unverifiedCertificate": "é" * 200},
        {"signature": None},
        {"signature": 12},
        {"signature": "AA=A"},
    ],
)
def test_a_token_of_another_shape_is_refused_before_anything_is_asked(
    changed: dict[str, Any], alis: Card, cards: WebEid, issuer: Issuer
) -> None:
    assert refused(cards, alis.token(NONCE, **changed)) is Reason.MALFORMED
    assert issuer.asked == []


@pytest.mark.parametrize(
    "text", ["", "x" * 99, "{}" + " " * 200, "[" * 5000, '"' + "x" * 200 + '"', "1" * 5000, "null" + " " * 200]
)
def test_what_is_no_token_is_refused(text: str, cards: WebEid) -> None:
    assert refused(cards, text) is Reason.MALFORMED


@pytest.mark.parametrize("name", ["unverifiedCertificate", "signature"])
def test_base64_has_one_spelling(name: str, alis: Card, cards: WebEid) -> None:
    honest = json.loads(alis.token(NONCE))
    honest[name] = f" {honest[name]}\n"
    assert refused(cards, json.dumps(honest)) is Reason.MALFORMED


def test_size_is_asked_first(alis: Card, cards: WebEid) -> None:
    honest = alis.token(NONCE)
    padded = honest + " " * (10_000 - len(honest))
    assert cards.person(padded, nonce=NONCE, at=now())
    assert refused(cards, padded + " ") is Reason.MALFORMED


def test_an_unknown_member_is_left_aside(alis: Card, cards: WebEid) -> None:
    assert cards.person(alis.token(NONCE, supported="more"), nonce=NONCE, at=now())


@pytest.mark.parametrize("fake", [{"origin": ORIGIN}, {"challengeNonce": NONCE}, {"nonce": NONCE}])
def test_what_the_token_says_of_origin_and_nonce_counts_for_nothing(fake: dict[str, str], alis: Card, cards: WebEid) -> None:
    relayed = json.loads(alis.token(NONCE, origin="https://evil.example")) | fake
    assert refused(cards, json.dumps(relayed)) is Reason.BAD_SIGNATURE


def test_a_certificate_whose_country_is_no_text_is_refused(alis: Card, cards: WebEid) -> None:
    token = json.loads(alis.token(NONCE))
    text, bits = b"\x55\x04\x06\x13\x02OM", b"\x55\x04\x06\x03\x02OM"
    assert text in alis.certificate
    token["unverifiedCertificate"] = base64.b64encode(alis.certificate.replace(text, bits)).decode()
    assert refused(cards, json.dumps(token)) is Reason.MALFORMED


def mangled(token: str, draw: st.DrawFn) -> str:
    """The honest token, hurt somewhere: its text, its members, or bits of its certificate and signature."""
    how = draw(st.sampled_from(["text", "member", "certificate", "signature"]))
    if how == "text":
        at = draw(st.integers(0, len(token) - 1))
        return token[:at] + draw(st.text(max_size=5)) + token[at + draw(st.integers(0, 9)) :]
    members = json.loads(token)
    if how == "member":
        odd = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=300) | st.lists(st.text(max_size=5))
        members[draw(st.sampled_from(sorted(members)))] = draw(odd)
        return json.dumps(members)
    name = {"certificate": "unverifiedCertificate", "signature": "signature"}[how]
    content = bytearray(base64.b64decode(members[name]))
    for _ in range(draw(st.integers(1, 4))):
        content[draw(st.integers(0, len(content) - 1))] ^= draw(st.integers(1, 255))
    members[name] = base64.b64encode(content).decode()
    return json.dumps(members)


@settings(max_examples=1000, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_thousand_mangled_tokens_are_all_refused_and_none_breaks_anything(
    data: st.DataObject, alis: Card, cards: WebEid
) -> None:
    honest = alis.token(NONCE)
    token = data.draw(st.composite(lambda draw: mangled(honest, draw))())
    try:
        same = parsed(token) == parsed(honest)
    except Untrusted:
        same = False
    if same:
        return  # hurt only where nothing is read: a space, the program's version
    with pytest.raises(Untrusted):
        cards.person(token, nonce=NONCE, at=now())
