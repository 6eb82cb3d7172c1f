"""The authority itself: a folder of files, so that a command in another process (revoke) counts at once.

root.pem, root.key         what a portal pins
issuing.pem, issuing.key   the intermediate that issues to people
issued/<serial>.pem        every certificate ever issued
revoked/<serial>           when it was revoked (ISO 8601, UTC)
url                        where OCSP and lists are served
"""

import datetime as dt
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

# 2.999 is the arc set aside for examples (ITU-T X.660). A portal in a demo accepts this policy.
PERSON_POLICY = "2.999.968.1.1"
CARD_POLICY = "2.999.968.1.2"  # a phone's provider signs any digest it is sent: a SIM must never pass for a card
SIGNING_POLICY = "2.999.968.1.3"  # of a card's other certificate, whose key signs documents
USAGES = {"clientAuth": ExtendedKeyUsageOID.CLIENT_AUTH, "emailProtection": ExtendedKeyUsageOID.EMAIL_PROTECTION}

DEFAULT_URL = "http://localhost:8002"
DAY = dt.timedelta(days=1)
AUTHORITIES_LIVE = 10 * 365 * DAY
PEOPLE_LIVE = 3 * 365 * DAY
LIST_LIVES = dt.timedelta(hours=1)
ANSWER_LIVES = dt.timedelta(minutes=10)
PersonKey = ec.EllipticCurvePublicKey | rsa.RSAPublicKey
KEY_USAGES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)
ANY_POLICY = x509.ObjectIdentifier("2.5.29.32.0")
CRITICAL = (x509.BasicConstraints, x509.KeyUsage)


@dataclass(frozen=True)
class SelfSigned:
    """Who signs its own certificate."""

    subject: x509.Name
    key: ec.EllipticCurvePrivateKey


@dataclass(frozen=True)
class Signer:
    """A certificate with its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def subject(self) -> x509.Name:
        """Its name as an issuer."""
        return self.certificate.subject


class Authority:
    """The authority in a folder, made on first use. `url` is where its OCSP and lists are served, None for as before.

    Certificates carry it: when it changes, the issuing certificate is written anew for the same key. The root stays as pinned.
    """

    def __init__(self, folder: Path, url: str | None = None) -> None:
        for place in (folder / "issued", folder / "revoked"):
            place.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.url = self._known_url(url)
        self.root = self._kept("root", self._new_root)
        self.issuing = self._kept("issuing", self._new_issuing, fits=lambda known: _names_list(known, self._list_url("root")))

    def issue(
        self,
        subject: x509.Name,
        public_key: PersonKey,
        *,
        usage: str = "clientAuth",
        policy: str = PERSON_POLICY,
        not_before: dt.datetime | None = None,
        not_after: dt.datetime | None = None,
        digital_signature: bool = True,
    ) -> x509.Certificate:
        """A person's certificate for logging in; three years, unless told otherwise. Tests change the rest to get bad ones."""
        answers_at = x509.AccessDescription(
            AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier(f"{self.url}/ocsp")
        )
        certificate = _certificate(
            subject,
            public_key,
            self.issuing,
            (not_before or _now() - dt.timedelta(minutes=5), not_after or _now() + PEOPLE_LIVE),
            x509.BasicConstraints(ca=False, path_length=None),
            _usage("digital_signature" if digital_signature else "content_commitment"),
            x509.ExtendedKeyUsage([USAGES[usage]]),
            x509.CertificatePolicies([x509.PolicyInformation(x509.ObjectIdentifier(policy), None)]),
            x509.AuthorityInformationAccess([answers_at]),
            _list_at(self._list_url("issuing")),
        )
        _write(self.folder / "issued" / f"{certificate.serial_number:x}.pem", _pem(certificate))
        return certificate

    def answer_request(self, pem: bytes, *, signing: bool = False) -> x509.Certificate:
        """The certificate a card asks for (PKCS#10): for logging in, or for signing documents.

        Raises ValueError when whoever asks does not hold the key, or holds one of a kind not used for people.
        """
        asked = x509.load_pem_x509_csr(pem)
        key = asked.public_key()
        if not asked.is_signature_valid or not isinstance(key, PersonKey):
            raise ValueError("the request is not signed by a key for a person")
        usage = "emailProtection" if signing else "clientAuth"
        policy = SIGNING_POLICY if signing else CARD_POLICY
        return self.issue(asked.subject, key, usage=usage, policy=policy, digital_signature=not signing)

    def revoke(self, serial: int, *, at: dt.datetime | None = None) -> None:
        """From now on OCSP and the lists say so. Revoking twice keeps the first date."""
        mark = self.folder / "revoked" / f"{serial:x}"
        if not mark.exists():
            mark.write_text((at or _now()).isoformat())

    def issued_to(self, civil_number: str) -> list[x509.Certificate]:
        """All certificates of a person, the revoked too."""
        issued = [x509.load_pem_x509_certificate(file.read_bytes()) for file in sorted((self.folder / "issued").glob("*.pem"))]
        wanted = x509.NameAttribute(NameOID.SERIAL_NUMBER, f"PNOOM-{civil_number}")
        return [certificate for certificate in issued if wanted in certificate.subject]

    def answer(self, request_der: bytes) -> bytes:
        """The OCSP answer to one question (RFC 6960), its nonce given back; unknown for what was never issued here."""
        try:
            request = ocsp.load_der_ocsp_request(request_der)
        except ValueError:
            return _unanswered(ocsp.OCSPResponseStatus.MALFORMED_REQUEST)
        if request.issuer_key_hash != _key_hash(self.issuing.certificate, request.hash_algorithm):
            return _unanswered(ocsp.OCSPResponseStatus.UNAUTHORIZED)

        revoked_at = self._revoked_at(request.serial_number)
        builder = (
            ocsp.OCSPResponseBuilder()
            .add_response_by_hash(
                issuer_name_hash=request.issuer_name_hash,
                issuer_key_hash=request.issuer_key_hash,
                serial_number=request.serial_number,
                algorithm=request.hash_algorithm,
                cert_status=self._status(request.serial_number),
                this_update=_now(),
                next_update=_now() + ANSWER_LIVES,
                revocation_time=revoked_at,
                revocation_reason=None,
            )
            .responder_id(ocsp.OCSPResponderEncoding.HASH, self.issuing.certificate)
            .certificates([self.issuing.certificate])
        )
        for extension in request.extensions:
            if isinstance(extension.value, x509.OCSPNonce):
                builder = builder.add_extension(extension.value, critical=False)
        return builder.sign(self.issuing.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)

    def revocation_list(self, name: str) -> bytes:
        """The list of the "issuing" authority (people) or of the "root" (the issuing authority), signed now."""
        signer = {"issuing": self.issuing, "root": self.root}[name]
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(signer.certificate.subject)
            .last_update(_now())
            .next_update(_now() + LIST_LIVES)
            .add_extension(x509.CRLNumber(int(_now().timestamp())), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.key.public_key()), critical=False)
        )
        for mark in (self.folder / "revoked").iterdir():
            serial = int(mark.name, 16)
            if (serial == self.issuing.certificate.serial_number) == (name == "root"):
                entry = (
                    x509.RevokedCertificateBuilder()
                    .serial_number(serial)
                    .revocation_date(dt.datetime.fromisoformat(mark.read_text()))
                )
                builder = builder.add_revoked_certificate(entry.build())
        return builder.sign(signer.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)

    def _kept(
        self,
        name: str,
        new: Callable[[ec.EllipticCurvePrivateKey], x509.Certificate],
        fits: Callable[[x509.Certificate], bool] = lambda known: True,
    ) -> Signer:
        """The signer in the folder, or a new one put there."""
        key, file = private_key(self.folder / f"{name}.key"), self.folder / f"{name}.pem"
        if file.exists():
            known = x509.load_pem_x509_certificate(file.read_bytes())
            if known.public_key() == key.public_key() and fits(known):
                return Signer(known, key)
        certificate = new(key)
        _write(file, _pem(certificate))
        return Signer(certificate, key)

    def _new_root(self, key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
        subject = _authority_name("Bawaba Demo Root CA")
        return _certificate(subject, key.public_key(), SelfSigned(subject, key), _decade(), *_for_authority(path_length=1))

    def _new_issuing(self, key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
        subject = _authority_name("Bawaba Demo Issuing CA")
        any_policy = x509.CertificatePolicies([x509.PolicyInformation(ANY_POLICY, None)])
        extensions = (*_for_authority(path_length=0), any_policy, _list_at(self._list_url("root")))
        return _certificate(subject, key.public_key(), self.root, _decade(), *extensions)

    def _known_url(self, url: str | None) -> str:
        file = self.folder / "url"
        known = url or (file.read_text() if file.exists() else DEFAULT_URL)
        _write(file, known.rstrip("/").encode())
        return known.rstrip("/")

    def _list_url(self, name: str) -> str:
        return f"{self.url}/crl/{name}.crl"

    def _status(self, serial: int) -> ocsp.OCSPCertStatus:
        if self._revoked_at(serial):
            return ocsp.OCSPCertStatus.REVOKED
        known = (self.folder / "issued" / f"{serial:x}.pem").exists()
        return ocsp.OCSPCertStatus.GOOD if known else ocsp.OCSPCertStatus.UNKNOWN

    def _revoked_at(self, serial: int) -> dt.datetime | None:
        mark = self.folder / "revoked" / f"{serial:x}"
        return dt.datetime.fromisoformat(mark.read_text()) if mark.exists() else None


def person_name(civil_number: str, name: str) -> x509.Name:
    """The subject of a person's certificate; the number as ETSI EN 319 412-1 section 5.1.3 writes it."""
    attributes = ((NameOID.COUNTRY_NAME, "OM"), (NameOID.COMMON_NAME, name), (NameOID.SERIAL_NUMBER, f"PNOOM-{civil_number}"))
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in attributes])


def private_key(file: Path) -> ec.EllipticCurvePrivateKey:
    """The P-256 key in the file, readable by its owner alone; made if there is none."""
    if not file.exists():
        new = ec.generate_private_key(ec.SECP256R1())
        pem = new.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        _write(file, pem, mode=0o600)
    key = serialization.load_pem_private_key(file.read_bytes(), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ValueError(f"{file} is not a key on an elliptic curve")
    return key


def _certificate(
    subject: x509.Name,
    public_key: PersonKey,
    signer: Signer | SelfSigned,
    lives: tuple[dt.datetime, dt.datetime],
    *extensions: x509.ExtensionType,
) -> x509.Certificate:
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(signer.subject)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(lives[0])
        .not_valid_after(lives[1])
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.key.public_key()), critical=False)
    )
    for extension in extensions:
        builder = builder.add_extension(extension, critical=isinstance(extension, CRITICAL))
    return builder.sign(signer.key, hashes.SHA256())


def _for_authority(path_length: int) -> tuple[x509.ExtensionType, ...]:
    return x509.BasicConstraints(ca=True, path_length=path_length), _usage("digital_signature", "key_cert_sign", "crl_sign")


def _usage(*allowed: str) -> x509.KeyUsage:
    return x509.KeyUsage(**{usage: usage in allowed for usage in KEY_USAGES})


def _list_at(url: str) -> x509.CRLDistributionPoints:
    return x509.CRLDistributionPoints([x509.DistributionPoint([x509.UniformResourceIdentifier(url)], None, None, None)])


def _names_list(certificate: x509.Certificate, url: str) -> bool:
    return certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value == _list_at(url)


def _authority_name(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "OM"), x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _key_hash(certificate: x509.Certificate, algorithm: hashes.HashAlgorithm) -> bytes:
    """Of the key's bit string, as RFC 6960 section 4.1.1 counts it."""
    point = certificate.public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    digest = hashes.Hash(algorithm)
    digest.update(point)
    return digest.finalize()


def _unanswered(status: ocsp.OCSPResponseStatus) -> bytes:
    return ocsp.OCSPResponseBuilder.build_unsuccessful(status).public_bytes(serialization.Encoding.DER)


def _decade() -> tuple[dt.datetime, dt.datetime]:
    return _now() - DAY, _now() + AUTHORITIES_LIVE


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC).replace(microsecond=0)


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _write(file: Path, content: bytes, mode: int = 0o644) -> None:
    """Whole or not at all, and never for a moment readable by others."""
    part = file.with_suffix(f".{os.getpid()}.part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as stream:
        stream.write(content)
    part.replace(file)
