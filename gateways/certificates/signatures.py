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


@dataclass(frozen=True, slots=True)
class Signed:
    """What the person's key should have signed: `digest` is our own hash, `algorithm` and `signature` are what came back."""

    algorithm: str
    digest: bytes
    signature: bytes


def hash_of(algorithm: str, data: bytes) -> bytes:
    """The digest that `algorithm` (such as ES384) signs for these data."""
    return hashlib.new(_hash(algorithm).name, data).digest()


def verify_signature(certificate_der: bytes, algorithm: str, digest: bytes, signature: bytes) -> None:
    """Refuse (Untrusted) unless the certificate's key made this signature over this digest."""
    try:
        certificate = x509.load_der_x509_certificate(certificate_der)
    except ValueError as trouble:
        raise Untrusted(Reason.MALFORMED, str(trouble)) from trouble
    verify(certificate, Signed(algorithm, digest, signature))


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
