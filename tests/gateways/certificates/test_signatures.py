"""Signatures by every accepted algorithm, and what is not accepted."""

import datetime as dt
from functools import cache

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from gateways.certificates import Reason, Untrusted, hash_of, verify_signature

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
HASHES = {"256": hashes.SHA256(), "384": hashes.SHA384(), "512": hashes.SHA512()}
CURVES: dict[str, ec.EllipticCurve] = {"256": ec.SECP256R1(), "384": ec.SECP384R1(), "512": ec.SECP521R1()}
ALGORITHMS = [family + size for family in ("ES", "PS", "RS") for size in HASHES]
DATA = b"origin and nonce"


@cache
def key_for(algorithm: str) -> Key:
    return ec.generate_private_key(CURVES[algorithm[2:]]) if algorithm.startswith("ES") else rsa_key()


@cache
def rsa_key(size: int = 2048) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=size)


@cache
def certificate_of(key: Key) -> bytes:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Ali")])
    now = dt.datetime.now(dt.UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + dt.timedelta(days=1))
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def signed(algorithm: str, key: Key) -> bytes:
    chosen = HASHES[algorithm[2:]]
    if isinstance(key, ec.EllipticCurvePrivateKey):
        half = (key.key_size + 7) // 8
        r, s = decode_dss_signature(key.sign(DATA, ec.ECDSA(chosen)))
        return r.to_bytes(half) + s.to_bytes(half)
    pss = padding.PSS(padding.MGF1(chosen), salt_length=chosen.digest_size)
    return key.sign(DATA, pss if algorithm.startswith("PS") else padding.PKCS1v15(), chosen)


def refused(certificate: bytes, algorithm: str, digest: bytes, signature: bytes) -> Reason:
    with pytest.raises(Untrusted) as caught:
        verify_signature(certificate, algorithm, digest, signature)
    return caught.value.reason


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_signature_holds_for_its_own_hash_and_no_other(algorithm: str) -> None:
    key = key_for(algorithm)
    certificate, signature, digest = certificate_of(key), signed(algorithm, key), hash_of(algorithm, DATA)
    verify_signature(certificate, algorithm, digest, signature)
    tampered = bytes([signature[0] ^ 1]) + signature[1:]
    assert refused(certificate, algorithm, digest, tampered) is Reason.BAD_SIGNATURE
    assert refused(certificate, algorithm, hash_of(algorithm, b"another"), signature) is Reason.BAD_SIGNATURE
    assert refused(certificate, algorithm, digest[:-1], signature) is Reason.BAD_SIGNATURE
    assert refused(certificate, algorithm, digest, b"") is Reason.BAD_SIGNATURE


def test_another_persons_key_does_not_do() -> None:
    digest, signature = hash_of("ES256", DATA), signed("ES256", key_for("ES256"))
    assert refused(certificate_of(ec.generate_private_key(ec.SECP256R1())), "ES256", digest, signature) is Reason.BAD_SIGNATURE


@pytest.mark.parametrize(("claimed", "real"), [("PS256", "RS256"), ("RS256", "PS256"), ("RS256", "ES256"), ("ES256", "RS256")])
def test_a_signature_is_judged_by_the_algorithm_it_claims(claimed: str, real: str) -> None:
    key = key_for(real)
    assert refused(certificate_of(key), claimed, hash_of(claimed, DATA), signed(real, key)) is Reason.BAD_SIGNATURE


def test_ecdsa_as_asn1_is_not_the_agreed_form() -> None:
    key = key_for("ES256")
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    assert (
        refused(certificate_of(key), "ES256", hash_of("ES256", DATA), key.sign(DATA, ec.ECDSA(hashes.SHA256())))
        is Reason.BAD_SIGNATURE
    )


def test_both_halves_of_ecdsa_are_written_in_full_length() -> None:
    """A zero at the beginning of S may not be left out: one signature has one form."""
    key = key_for("ES256")
    signature = next(made for made in (signed("ES256", key) for _ in range(10_000)) if made[32] == 0)
    certificate, digest = certificate_of(key), hash_of("ES256", DATA)
    verify_signature(certificate, "ES256", digest, signature)
    assert refused(certificate, "ES256", digest, signature[:32] + signature[33:]) is Reason.BAD_SIGNATURE


def test_a_small_rsa_key_proves_nothing() -> None:
    key = rsa_key(1024)
    for algorithm in ("RS256", "PS256"):
        assert refused(certificate_of(key), algorithm, hash_of(algorithm, DATA), signed(algorithm, key)) is Reason.BAD_SIGNATURE


@pytest.mark.parametrize("algorithm", ["none", "", "HS256", "ES1", "ES256K", "es256", "SHA256WithECEncryption"])
def test_other_algorithms_are_refused(algorithm: str) -> None:
    assert refused(certificate_of(key_for("ES256")), algorithm, bytes(32), bytes(64)) is Reason.BAD_SIGNATURE


def test_what_is_no_certificate_signs_nothing() -> None:
    assert refused(b"nonsense", "ES256", bytes(32), bytes(64)) is Reason.MALFORMED
