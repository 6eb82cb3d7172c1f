"""Each check of the validator, and that they come in their order."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from cryptography.x509.oid import NameOID

from engine.wording import Text
from gateways.certificates import PersonRule, Purpose, Reason, Signed, Untrusted
from gateways.certificates.refusals import MESSAGES
from sandbox.authority.authority import Authority, person_name
from tests.gateways.certificates.conftest import MakeValidator
from tests.gateways.certificates.issuer import Issuer, der, down, serial, subject_with

MINUTE, DAY = dt.timedelta(minutes=1), dt.timedelta(days=1)
FORGED = Signed("ES256", bytes(32), bytes(64))


def refused(validator: Any, certificate: bytes, at: dt.datetime, signed: Signed | None = None) -> Reason:
    with pytest.raises(Untrusted) as caught:
        validator.person(certificate, at=at, signed=signed)
    assert caught.value.detail
    reason: Reason = caught.value.reason
    return reason


def test_a_good_certificate_names_its_person(issuer: Issuer, trusting: MakeValidator, now: dt.datetime) -> None:
    certificate = issuer.certificate("1526575")
    person = trusting().person(certificate, at=now)
    assert (person.civil_number, person.name, person.serial) == ("1526575", "Ali Said Al Jahdhami", serial(certificate))
    assert "Bawaba Demo Issuing CA" in person.issuer
    assert person.not_before < now < person.not_after


def test_every_reason_has_a_sentence_for_the_person() -> None:
    assert set(MESSAGES) == set(Reason)
    assert all(isinstance(Untrusted(reason).message, Text) for reason in Reason)


@pytest.mark.parametrize("content", [b"", b"x" * 99, b"x" * 500, b"\x30\x82" + b"x" * 1000])
def test_what_is_no_certificate_is_malformed(content: bytes, trusting: MakeValidator, now: dt.datetime) -> None:
    assert refused(trusting(), content, now) is Reason.MALFORMED


def test_a_certificate_of_more_than_ten_thousand_bytes_is_not_even_parsed(
    issuer: Issuer, trusting: MakeValidator, now: dt.datetime
) -> None:
    large = issuer.certificate(subject=subject_with(*[(NameOID.ORGANIZATIONAL_UNIT_NAME, "x" * 60)] * 200))
    assert len(large) > 10_000
    assert refused(trusting(), large, now) is Reason.MALFORMED


def test_a_certificate_for_other_purposes_is_refused(issuer: Issuer, trusting: MakeValidator, now: dt.datetime) -> None:
    assert refused(trusting(), issuer.certificate(usage="emailProtection"), now) is Reason.WRONG_KEY_USAGE


def test_a_certificate_that_may_not_sign_is_refused(issuer: Issuer, trusting: MakeValidator, now: dt.datetime) -> None:
    assert refused(trusting(), issuer.certificate(digital_signature=False), now) is Reason.WRONG_KEY_USAGE


def test_a_document_is_signed_by_the_key_for_it_and_no_other(issuer: Issuer, trusting: MakeValidator, now: dt.datetime) -> None:
    signers = trusting(purpose=Purpose.SIGNING)
    signing = issuer.certificate(usage="emailProtection", digital_signature=False)
    assert signers.person(signing, at=now).civil_number == "1526575"
    assert refused(signers, issuer.certificate(), now) is Reason.NOT_FOR_SIGNING
    assert refused(signers, der(issuer.authority.issuing.certificate), now) is Reason.NOT_FOR_SIGNING
    assert "contentCommitment" in [found.known for found in signers.findings(signing, at=now)][1]


def test_the_certificate_of_an_authority_is_nobodys(issuer: Issuer, trusting: MakeValidator, now: dt.datetime) -> None:
    assert refused(trusting(), der(issuer.authority.issuing.certificate), now) is Reason.WRONG_KEY_USAGE


def test_only_listed_policies_are_accepted(issuer: Issuer, trusting: MakeValidator, now: dt.datetime) -> None:
    other = issuer.certificate(policy="2.999.968.1.2")
    assert refused(trusting(), other, now) is Reason.WRONG_POLICY
    assert trusting(policies={"2.999.968.1.2"}).person(other, at=now)


def test_an_expired_certificate_is_refused(issuer: Issuer, trusting: MakeValidator, now: dt.datetime) -> None:
    expired = issuer.certificate(not_before=now - DAY, not_after=now - 2 * MINUTE)
    assert refused(trusting(), expired, now) is Reason.EXPIRED


def test_a_certificate_of_tomorrow_is_refused_today(issuer: Issuer, trusting: MakeValidator, now: dt.datetime) -> None:
    assert refused(trusting(), issuer.certificate(not_before=now + 2 * MINUTE), now) is Reason.NOT_YET_VALID


def test_clocks_may_differ_by_the_skew_but_no_more(issuer: Issuer, trusting: MakeValidator, now: dt.datetime) -> None:
    just_expired = issuer.certificate(not_before=now - DAY, not_after=now - 2 * MINUTE)
    about_to_start = issuer.certificate(not_before=now + 2 * MINUTE)
    patient = trusting(clock_skew=3 * MINUTE)
    assert patient.person(just_expired, at=now) and patient.person(about_to_start, at=now)


def test_another_authoritys_certificate_is_refused(
    trusting: MakeValidator, now: dt.datetime, issuer: Issuer, tmp_path: Path
) -> None:
    stranger = Authority(tmp_path / "stranger", issuer.authority.url)
    forged = der(stranger.issue(person_name("1526575", "Ali Said Al Jahdhami"), issuer.key.public_key()))
    assert refused(trusting(), forged, now) is Reason.UNKNOWN_ISSUER


def test_the_addresses_in_a_forged_certificate_are_never_called(
    issuer: Issuer, trusting: MakeValidator, now: dt.datetime, tmp_path: Path
) -> None:
    """Otherwise anybody could make the portal call any address."""
    stranger = Authority(tmp_path / "stranger", f"{issuer.authority.url}/called")
    forged = der(stranger.issue(person_name("1526575", "Ali"), issuer.key.public_key()))
    assert refused(trusting(), forged, now) is Reason.UNKNOWN_ISSUER
    assert not [path for path in issuer.asked if path.startswith("/called")]


def test_without_its_intermediate_a_certificate_leads_nowhere(issuer: Issuer, trusting: MakeValidator, now: dt.datetime) -> None:
    assert refused(trusting(intermediates=[]), issuer.certificate(), now) is Reason.UNKNOWN_ISSUER


def test_a_validator_that_trusts_nobody_or_accepts_nothing_cannot_be_made(trusting: MakeValidator) -> None:
    with pytest.raises(ValueError):
        trusting(roots=[])
    with pytest.raises(ValueError):
        trusting(policies=set())


@pytest.mark.parametrize("number", ["1", "123456789", "012345678"])
def test_civil_numbers_have_one_to_nine_digits(number: str, issuer: Issuer, trusting: MakeValidator, now: dt.datetime) -> None:
    assert trusting().person(issuer.certificate(number), at=now).civil_number == number


@pytest.mark.parametrize("value", ["PNOOM-", "PNOOM-1234567890", "PNOOM-12a4", "PNOEE-1234", "IDCOM-1234", "1234", "xPNOOM-1"])
def test_what_the_rule_does_not_know_is_no_civil_number(
    value: str, issuer: Issuer, trusting: MakeValidator, now: dt.datetime
) -> None:
    subject = subject_with((NameOID.COMMON_NAME, "Ali"), (NameOID.SERIAL_NUMBER, value))
    assert refused(trusting(), issuer.certificate(subject=subject), now) is Reason.NO_CIVIL_NUMBER


def test_a_certificate_with_two_civil_numbers_or_none_is_nobodys(
    issuer: Issuer, trusting: MakeValidator, now: dt.datetime
) -> None:
    two = subject_with((NameOID.SERIAL_NUMBER, "PNOOM-1"), (NameOID.SERIAL_NUMBER, "PNOOM-2"))
    for subject in (two, subject_with((NameOID.COMMON_NAME, "PNOOM-1"))):
        assert refused(trusting(), issuer.certificate(subject=subject), now) is Reason.NO_CIVIL_NUMBER


def test_the_rule_can_be_another(issuer: Issuer, trusting: MakeValidator, now: dt.datetime) -> None:
    elsewhere = PersonRule(attribute=NameOID.USER_ID.dotted_string, pattern=r"om/(\d{1,9})")
    subject = subject_with((NameOID.GIVEN_NAME, "Ali"), (NameOID.SURNAME, "Al Jahdhami"), (NameOID.USER_ID, "om/77"))
    person = trusting(person_rule=elsewhere).person(issuer.certificate(subject=subject), at=now)
    assert (person.civil_number, person.name) == ("77", "Ali Al Jahdhami")
    arabic = subject_with((NameOID.USER_ID, "om/٧٧"))
    assert refused(trusting(person_rule=elsewhere), issuer.certificate(subject=arabic), now) is Reason.NO_CIVIL_NUMBER


def test_the_checks_come_in_their_order(issuer: Issuer, trusting: MakeValidator, now: dt.datetime) -> None:
    """A certificate in which everything is wrong, mended step by step."""
    nobody = subject_with((NameOID.COMMON_NAME, "Nobody"))
    past = {"not_before": now - DAY, "not_after": now - DAY / 2}
    wrong: dict[str, Any] = {"subject": nobody, "usage": "emailProtection", "policy": "2.999.1", **past}
    asked_before = len(issuer.asked)
    assert refused(trusting(), issuer.certificate(**wrong), now, FORGED) is Reason.WRONG_KEY_USAGE
    wrong["usage"] = "clientAuth"
    assert refused(trusting(), issuer.certificate(**wrong), now, FORGED) is Reason.WRONG_POLICY
    del wrong["policy"]
    assert refused(trusting(), issuer.certificate(**wrong), now, FORGED) is Reason.EXPIRED
    assert len(issuer.asked) == asked_before, "the local checks ask nobody"
    del wrong["not_before"], wrong["not_after"]

    issuer.instead = {"/ocsp": down, "/crl/issuing.crl": down}
    assert refused(trusting(), issuer.certificate(**wrong), now, FORGED) is Reason.REVOCATION_UNKNOWN
    issuer.instead = {}
    assert refused(trusting(), issuer.certificate(**wrong), now, FORGED) is Reason.BAD_SIGNATURE
    assert refused(trusting(), issuer.certificate(**wrong), now) is Reason.NO_CIVIL_NUMBER
