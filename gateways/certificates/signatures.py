"""Signatures over a hash, by the names of RFC 7518 section 3.1: ES, PS and RS with 256, 384 and 512.

ECDSA comes as raw R‖S, each half as long as the curve's order: the form of Web eID and, by its public clients, of Mobile-ID.
"""

import hashlib
from dataclasses import dataclass

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, encode_dss_signature

from gateways.certificates.refusals import Reason, Untrusted

HASHES: dict[str, hashes.HashAlgorithm] = {"256": hashes.SHA256(), "384": hashes.SHA384(), "512": hashes.SHA512()}
SMALLEST_RSA_KEY = 2048
CURVES = {256: "ES256", 384: "ES384", 521: "ES512"}  # by the size of the key


@dataclass(frozen=True, slots=True)
class Signed:
    """What the person's key should have signed: `digest` is our own hash, `algorithm` and `signature` are what came back."""

    algorithm: str
    digest: bytes
    signature: bytes


def hash_of(algorithm: str, data: bytes) -> bytes:
    """The digest that `algorithm` (such as ES384) signs for these data."""
    return hashlib.new(_hash(algorithm).name, data).digest()


def algorithm_of(certificate_der: bytes) -> str:
    """The algorithm by which this certificate's key signs documents here: the hash of a curve's own size; PKCS#1 v1.5 for RSA.

    Raises Untrusted for a key of another kind.
    """
    key = _parsed(certificate_der).public_key()
    if isinstance(key, rsa.RSAPublicKey):
        return "RS256"
    if isinstance(key, ec.EllipticCurvePublicKey) and key.key_size in CURVES:
        return CURVES[key.key_size]
    raise Untrusted(Reason.BAD_SIGNATURE, "a key of another kind")


def as_der(certificate_der: bytes, signature: bytes) -> bytes:
    """A signature as CMS holds it: R‖S of an elliptic curve becomes DER (RFC 5753 section 7.2), RSA's stays. Raises Untrusted."""
    key = _parsed(certificate_der).public_key()
    try:
        return _der(signature, key) if isinstance(key, ec.EllipticCurvePublicKey) else signature
    except InvalidSignature as trouble:
        raise Untrusted(Reason.BAD_SIGNATURE, str(trouble)) from trouble


def verify_signature(certificate_der: bytes, algorithm: str, digest: bytes, signature: bytes) -> None:
    """Refuse (Untrusted) unless the certificate's key made this signature over this digest."""
    verify(_parsed(certificate_der), Signed(algorithm, digest, signature))


def _parsed(certificate_der: bytes) -> x509.Certificate:
    try:
        return x509.load_der_x509_certificate(certificate_der)
    except ValueError as trouble:
        raise Untrusted(Reason.MALFORMED, str(trouble)) from trouble


def verify(certificate: x509.Certificate, signed: Signed) -> None:
    """As `verify_signature`, for a certificate already parsed."""
    prehashed = Prehashed(_hash(signed.algorithm))
    if len(signed.digest) != prehashed.digest_size:
        raise Untrusted(Reason.BAD_SIGNATURE, f"a digest of {len(signed.digest)} bytes for {signed.algorithm}")
    try:
        _verify(certificate.public_key(), signed, prehashed)
    except InvalidSignature as trouble:
        raise Untrusted(Reason.BAD_SIGNATURE, f"{signed.algorithm} over our digest does not verify") from trouble


def _verify(key: object, signed: Signed, prehashed: Prehashed) -> None:
    family = signed.algorithm[:2]
    if family == "ES" and isinstance(key, ec.EllipticCurvePublicKey):
        key.verify(_der(signed.signature, key), signed.digest, ec.ECDSA(prehashed))
    elif family == "PS" and isinstance(key, rsa.RSAPublicKey) and key.key_size >= SMALLEST_RSA_KEY:
        pss = padding.PSS(padding.MGF1(_hash(signed.algorithm)), salt_length=prehashed.digest_size)
        key.verify(signed.signature, signed.digest, pss, prehashed)
    elif family == "RS" and isinstance(key, rsa.RSAPublicKey) and key.key_size >= SMALLEST_RSA_KEY:
        key.verify(signed.signature, signed.digest, padding.PKCS1v15(), prehashed)
    else:
        raise InvalidSignature("the key is of another kind, or too small")


def _der(raw: bytes, key: ec.EllipticCurvePublicKey) -> bytes:
    half = (key.key_size + 7) // 8
    if len(raw) != 2 * half:
        raise InvalidSignature("R‖S is not two halves of the curve's length")
    return encode_dss_signature(int.from_bytes(raw[:half]), int.from_bytes(raw[half:]))


def _hash(algorithm: str) -> hashes.HashAlgorithm:
    chosen = HASHES.get(algorithm[2:])
    if chosen is None:
        raise Untrusted(Reason.BAD_SIGNATURE, f"the algorithm {algorithm[:40]!r} is not accepted")
    return chosen
