"""A seal for development: a key of its own and a small authority that vouches for it. `make setup` calls it."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

YEARS = 10
NO_USE = dict.fromkeys(
    (
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    ),
    False,
)


class SealFiles(NamedTuple):
    """PEM files for `Seal.from_files(files.key, files.certificate, [files.authority])`."""

    key: Path
    certificate: Path
    authority: Path


def make_development_seal(folder: Path) -> SealFiles:
    """Create the key, its certificate and the authority's in `folder`; one that is there already is left as it is.

    The authority's own key is forgotten at once, so nothing else can ever be issued under it. Files are readable by their owner.
    """
    files = SealFiles(folder / "seal.key", folder / "seal.crt", folder / "authority.crt")
    if files.certificate.exists():
        return files
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    authority_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority = _certificate("Bawaba development authority", authority_key.public_key(), None, authority_key)
    certificate = _certificate("Bawaba development seal", key.public_key(), authority, authority_key)
    # The certificate comes last: until it is there, an interrupted run is simply run again.
    _write(files.key, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    _write(files.authority, authority.public_bytes(Encoding.PEM))
    _write(files.certificate, certificate.public_bytes(Encoding.PEM))
    return files


def _certificate(
    name: str, key: ec.EllipticCurvePublicKey, issuer: x509.Certificate | None, issuer_key: ec.EllipticCurvePrivateKey
) -> x509.Certificate:
    """A certificate of the authority itself (no issuer), or of the seal: one that may sign documents and nothing else."""
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "OM"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Bawaba (development)"),
            x509.NameAttribute(NameOID.COMMON_NAME, name),
        ]
    )
    is_authority = issuer is None
    uses = ("key_cert_sign", "crl_sign") if is_authority else ("digital_signature", "content_commitment")
    start = datetime.now(UTC) - timedelta(days=1)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.subject if issuer else subject)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=365 * YEARS))
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=0 if is_authority else None), critical=True)
        .add_extension(x509.KeyUsage(**{**NO_USE, **dict.fromkeys(uses, True)}), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
        .sign(issuer_key, hashes.SHA256())
    )


def _write(path: Path, content: bytes) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
